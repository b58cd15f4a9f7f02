import { describe, expect, test } from 'vitest';
import { safeName, shownName, shownNames } from '../../core/mail/file-name.ts';

/** What senders call their files, what we store it under, and what people see. */
const NAMES: [what: string, given: string, stored: string, shown: string][] = [
  ['a plain name', 'Report 3.pdf', 'Report_3.pdf', 'Report 3.pdf'],
  ['letters of other scripts', 'Prüfbericht Δ.pdf', 'Prüfbericht_Δ.pdf', 'Prüfbericht Δ.pdf'],
  ['a path', '../../etc/passwd', '_.._etc_passwd', '.._.._etc_passwd'],
  ['a path of Windows', 'C:\\Windows\\system.ini', 'C_Windows_system.ini', 'C__Windows_system.ini'],
  ['line breaks and controls', 'a\r\nBcc: b\0.txt', 'a_Bcc_b_.txt', 'a Bcc_ b .txt'],
  ['an extension that is turned around', 'cod\u202efdp.exe', 'cod_fdp.exe', 'codfdp.exe'],
  ['marks without width', 're\u200bport\ufeff.pdf', 're_port_.pdf', 'report.pdf'],
  ['a device of Windows', 'con', '_con', '_con'],
  ['a device with an extension', 'LPT1.txt', '_LPT1.txt', '_LPT1.txt'],
  ['a word that begins like a device', 'contract.txt', 'contract.txt', 'contract.txt'],
  ['dots and spaces at the end', 'invoice.pdf. . ', 'invoice.pdf._._', 'invoice.pdf'],
  ['a hidden file', '.bashrc', 'bashrc', '.bashrc'],
  ['what a shell would read', '$(rm -rf ~);`x`"\'&|.sh', '_rm_-rf_x_.sh', "$(rm -rf ~);`x`_'&_.sh"],
  ['nothing', '', 'file', 'file-1'],
  ['nothing but blanks', ' \t ', '_', 'file-1'],
  ['nothing but dots', '...', 'file', 'file-1'],
  ['half a letter', 'a\ud800.txt', 'a_.txt', 'a\ufffd.txt'],
];

describe('the name of a file', () => {
  test.each(NAMES)('%s', (_, given, stored, shown) => {
    expect([safeName(given), shownName(given, 0)]).toEqual([stored, shown]);
  });

  test('that is very long is cut before its extension', () => {
    const name = `${'long '.repeat(10_000)}.tar.gz`;
    expect(safeName(name)).toMatch(/^(long_)+.*\.tar\.gz$/);
    expect([...safeName(name)]).toHaveLength(80);
    expect(shownName(name, 0)).toMatch(/….tar.gz$/);
    expect([...shownName(name, 0)]).toHaveLength(120);
    expect([...safeName('𝒳'.repeat(500))]).toHaveLength(80);
  });

  test('of several is never the same, whatever its capitals', () => {
    expect(shownNames(['scan.pdf', 'Scan.pdf', 'scan.pdf', 'scan (2).pdf', '', ''])).toEqual([
      'scan.pdf',
      'Scan (2).pdf',
      'scan (3).pdf',
      'scan (2) (2).pdf',
      'file-5',
      'file-6',
    ]);
  });

  test('of a thousand alike costs no more than a thousand steps or so', () => {
    const names = shownNames(Array.from({ length: 1_000 }, () => 'image001.png'));
    expect(new Set(names).size).toBe(1_000);
    expect(names.at(-1)).toBe('image001 (1000).png');
  });
});
