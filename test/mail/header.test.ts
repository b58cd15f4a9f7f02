/** A mail's header field by field, and the one that programs print above a mail that they quote. */
import { describe, expect, test } from 'vitest';
import {
  canonicalAddress,
  charsetHint,
  fieldText,
  isUnequivocal,
  readAddresses,
  readDate,
  readIds,
  readText,
  splitHead,
  withoutComments,
} from '../../core/mail/header.ts';
import { bareLine, quotedField, quotedHeaderAt, spreadOneLineHeader } from '../../core/mail/quoted-header.ts';

test.each<[field: string, people: string]>([
  ['Ada Ohm <ada@example.org>', 'Ada Ohm <ada@example.org>'],
  ['ada@example.org', ' <ada@example.org>'],
  ['"Ohm, Ada" <ada@example.org>, bob@example.org', 'Ohm, Ada <ada@example.org>;  <bob@example.org>'],
  [
    'Team: ada@example.org, bob@example.org;, eve@example.org',
    ' <ada@example.org>;  <bob@example.org>;  <eve@example.org>',
  ],
  ["'Ada' <ada@example.org>", 'Ada <ada@example.org>'],
  ['=?utf-8?Q?J=C3=B6rg?= <joerg@example.org>', 'Jörg <joerg@example.org>'],
  ['=?utf-8?Q?Ohm,_Ada?= <ada@example.org>', 'Ohm, Ada <ada@example.org>'],
  ['=?utf-8?B?QWRhIDxhZGFAZXhhbXBsZS5vcmc+?=', 'Ada <ada@example.org>'],
  ['Ada <ada@>', ''],
  ['nobody', ''],
  ['Ada <ADA@EXAMPLE.ORG>', 'Ada <ada@example.org>'],
  ['Ada <ada@bücher.example>', 'Ada <ada@xn--bcher-kva.example>'],
  ['Ada <ada@example.org.>', 'Ada <ada@example.org>'],
  ['<ada@example.org> (Ada)', 'Ada <ada@example.org>'],
  ['"a b"@example.org', ' <"a b"@example.org>'],
  ['ada@example.org <bob@example.org>', 'ada@example.org <bob@example.org>'],
  ['', ''],
])('of addresses «%s» names %s', (field, people) => {
  expect(
    readAddresses(field)
      .map(({ name, address }) => `${name} <${address}>`)
      .join('; '),
  ).toBe(people);
});

test.each<[text: string, address: string | null]>([
  ['ada@example.org', 'ada@example.org'],
  [' mailto:Ada@Example.org ', 'ada@example.org'],
  ['ada@example.org.', 'ada@example.org'],
  ['ada@', null],
  ['@example.org', null],
  ['ada@@example.org', null],
  ['ada example@example.org', null],
  ['"ada ohm"@example.org', '"ada ohm"@example.org'],
  ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
  ['ada@exa mple.org', null],
  ['ada@.', null],
])('«%s» is the address %s', (text, address) => {
  expect(canonicalAddress(text)).toBe(address);
});

test('a name before the @ has at most 64 characters', () => {
  expect(canonicalAddress(`${'a'.repeat(64)}@example.org`)).toBe(`${'a'.repeat(64)}@example.org`);
  expect(canonicalAddress(`${'a'.repeat(65)}@example.org`)).toBeNull();
});

test.each<[field: string, is: boolean]>([
  ['Ada <ada@example.org>', true],
  ['Team: ada@example.org;', false],
  ['ada@example.org\rbob@example.org', false],
  ['=?utf-8?Q?a:b?= <ada@example.org>', true],
  ['ada@example.org, bob@example.org', true],
])('whether From can be read in one way only: %j, %s', (field, is) => {
  expect(isUnequivocal(field)).toBe(is);
});

test.each<[field: string, text: string]>([
  ['Hello', 'Hello'],
  ['=?utf-8?Q?J=C3=B6rg_Ohm?=', 'Jörg Ohm'],
  ['=?utf-8?B?SsO2cmc=?=', 'Jörg'],
  ['=?utf-8?Q?J?= =?utf-8?Q?=C3?= =?utf-8?Q?=B6rg?=', 'Jörg'],
  ['=?iso-8859-1?Q?J=F6rg?= and =?utf-8?Q?Ada?=', 'Jörg and Ada'],
  ['a =?utf-8?Q?b?= c', 'a b c'],
  ['=?utf-8?Q?cut off', 'cut off'],
  ['=?utf-8?Q?cut =?utf-8?Q?next?=', 'cutnext'],
  ['=?utf-8?X?no?=', '=?utf-8?X?no?='],
  ['two\r\n lines', 'two lines'],
  ['\u0007bell', 'bell'],
  ['=?utf-8?q?a=20b?c?=', 'a b?c'],
  ['=?UTF-8?q?a?==?utf-8?q?b?=', 'ab'],
  ['=?iso-2022-jp?B?GyRCRnxLXBsoQg==?= =?iso-2022-jp?B?GyRCOGwbKEI=?=', '日本語'],
  ['  spaces  ', 'spaces'],
])('of text %j is “%s”', (field, text) => {
  expect(readText(field)).toBe(text);
});

test.each<[octets: string, likely: string | null, text: string]>([
  ['Jörg', null, 'Jörg'],
  ['JÃ¶rg', null, 'Jörg'],
  ['Jörg', 'iso-8859-1', 'Jörg'],
  ['Jörg', 'unknown-8bit', 'J�rg'],
  ['Jorg', null, 'Jorg'],
  ['=?utf-8?q?JÃ¶rg?=', null, '=?utf-8?q?J=c3=b6rg?='],
])('octets %j that are likely %s are “%s”', (octets, likely, text) => {
  expect(fieldText(octets, likely)).toBe(text);
});

test.each<[octets: string, charset: string | null]>([
  ['=?utf-8?Q?a?=', 'utf-8'],
  ['=?x-none?Q?a?=', null],
  ['plain', null],
])('the charset that %j hints at is %s', (octets, charset) => {
  expect(charsetHint([{ name: 'subject', octets }])).toBe(charset);
});

test.each<[field: string, ids: string]>([
  ['<a@example.org> <b@example.org>', 'a@example.org b@example.org'],
  ['<a@example.org>,<b@example.org>', 'a@example.org b@example.org'],
  ['<a@example.org> <a@example.org>', 'a@example.org'],
  ['<a@exam\r\n ple.org>', 'a@example.org'],
  ['a@example.org', 'a@example.org'],
  ['nothing at all', ''],
  ['<>', ''],
  ['<no-at>', 'no-at'],
  ['"a" <b@example.org>', 'b@example.org'],
  ['', ''],
])('of ids %j names %s', (field, ids) => {
  expect(readIds(field).join(' ')).toBe(ids);
});

test.each<[field: string, at: string | null]>([
  ['Sun, 1 Nov 2026 18:05:30 +0200', '2026-11-01T16:05:30.000Z'],
  ['1 Nov 2026 18:05 GMT', '2026-11-01T18:05:00.000Z'],
  ['Sun, 01 Nov 26 18:05:30 EST', '2026-11-01T23:05:30.000Z'],
  ['1 Nov 99 18:05', '1999-11-01T18:05:00.000Z'],
  ['1 Nov 126 18:05', '2026-11-01T18:05:00.000Z'],
  ['Sun Nov  1 18:05:30 2026', '2026-11-01T18:05:30.000Z'],
  ['Sun Nov  1 18:05:30 EST 2026', '2026-11-01T23:05:30.000Z'],
  ['Sun Nov 1 6:05pm 2026', '2026-11-01T18:05:00.000Z'],
  ['Nov 1 18:05', null],
  ['Nov 1, 2026 6:05 PM', '2026-11-01T18:05:00.000Z'],
  ['Nov 1, 2026 12:05 AM', '2026-11-01T00:05:00.000Z'],
  ['2026-11-01T18:05:30Z', '2026-11-01T18:05:30.000Z'],
  ['2026-11-01 18:05', '2026-11-01T18:05:00.000Z'],
  ['2026-11-01T18:05:30+05:30', '2026-11-01T12:35:30.000Z'],
  ['Sun, 1 Nov 2026 18:05:30 +0200 (CEST)', '2026-11-01T16:05:30.000Z'],
  ['Sun, 1 Nov 2026 18.05.30 -0330', '2026-11-01T21:35:30.000Z'],
  ['1 November 2026 18:05', '2026-11-01T18:05:00.000Z'],
  ['1-Nov-2026 18:05', '2026-11-01T18:05:00.000Z'],
  ['32 Nov 2026 18:05', null],
  ['0 Nov 2026 18:05', null],
  ['1 Foo 2026 18:05', null],
  ['1 Nov 2026 25:05', null],
  ['1 Nov 2026 24:00', '2026-11-02T00:00:00.000Z'],
  ['1 Nov 2026 18:60', null],
  ['1 Nov 2026 18:05:60', '2026-11-01T18:05:59.000Z'],
  ['1 Nov 2026 18:05 XYZ', '2026-11-01T18:05:00.000Z'],
  ['1 Nov 2026 18:05 +9900', '2026-11-01T18:05:00.000Z'],
  ['1 Nov 2026 18:05 jst', '2026-11-01T09:05:00.000Z'],
  ['yesterday', null],
  ['', null],
  ['Sun, 1 Nov 2026 6:05 pm +0100', '2026-11-01T17:05:00.000Z'],
  ['Sun (it is), 1 Nov (eleven) 2026 18:05 +0000', '2026-11-01T18:05:00.000Z'],
])('of dates «%s» is %s', (field, at) => {
  expect(readDate(field)).toBe(at);
});

test.each<[field: string, without: string]>([
  ['a (b) c', 'a  c'],
  ['a (b (c) d) e', 'a  e'],
  ['a \\(b', 'a \\'],
  ['(a \\) b) c', ' c'],
  ['a) b', 'a) b'],
  ['(a', ''],
  ['a', 'a'],
])('without comments «%s» is «%s»', (field, without) => {
  expect(withoutComments(field)).toBe(without);
});

test.each<[raw: string, read: string]>([
  ['A: 1\r\nB: 2\r\n\r\nText', 'a=1 | b=2 … Text … 3'],
  ['A: 1\nB: 2\n\nText', 'a=1 | b=2 … Text … 3'],
  ['A: 1\r\n 2\r\n\t3\r\n\r\nText', 'a=1 2\t3 … Text … 4'],
  ['A : 1\r\n\r\nText', 'a=1 … Text … 2'],
  ['A: 1\r\nno field\r\n', 'a=1 … no field\r\n … 2'],
  ['From ada Sun Nov 1\r\nA: 1\r\n\r\nText', 'a=1 … Text … 3'],
  ['>From ada Sun Nov 1\r\nA: 1\r\n\r\nText', 'a=1 … Text … 3'],
  [
    'Content-Type: multipart/mixed;\r\nboundary=x\r\n\r\nText',
    'content-type=multipart/mixed;boundary=x … Text … 3',
  ],
  [
    'Content-Type: text/plain\r\nboundary=x\r\n\r\nText',
    'content-type=text/plain … boundary=x\r\n\r\nText … 2',
  ],
  [' folded first\r\nA: 1\r\n\r\nText', 'a=1 … Text … 3'],
  ['A: 1', 'a=1 …  … 1'],
  ['', ' …  … 0'],
  ['\r\nText', ' … Text … 1'],
  ['a-B: 1\r\n\r\nText', 'a-b=1 … Text … 2'],
])('the header of %j, what is behind it, and its lines: %s', (raw, read) => {
  const { fields, end, lines } = splitHead(Buffer.from(raw, 'latin1'));
  const found = fields.map(({ name, octets }) => `${name}=${octets}`).join(' | ');
  expect([found, raw.slice(end), lines].join(' … ')).toBe(read);
});

describe('above a quoted mail', () => {
  test.each<[line: string, read: string | null]>([
    ['From: Ada', 'from=Ada'],
    ['*From:* Ada', 'from=Ada'],
    ['> From: Ada', 'from=Ada'],
    ['**Von:** Ada', 'from=Ada'],
    ['_Subject:_ VPN', 'subject=VPN'],
    ['Betreff : VPN', 'subject=VPN'],
    ['Envoyé le : lundi', 'date=lundi'],
    ['差出人：Ada', 'from=Ada'],
    ['FROM: Ada', 'from=Ada'],
    ['Fromage: Ada', null],
    ['From Ada', null],
    [': Ada', null],
    ['X-Mailer: 1', 'other=1'],
    ['| To: Ada', 'to=Ada'],
    ['To:', 'to='],
    ['Kopie (CC): Ada', 'cc=Ada'],
    ['Cc*: Ada', 'cc=Ada'],
    ['Reply-To: Ada', 'other=Ada'],
  ])('the line %j is the field %s', (line, read) => {
    const found = quotedField(line);
    expect(found && `${found.field}=${found.value}`).toBe(read);
  });

  test.each<[text: string, read: string | null]>([
    ['From: Ada\nTo: Bob\nSubject: VPN\n\nHi', 'from=Ada | to=Bob | subject=VPN … 0 … 3'],
    ['From: Ada\nSubject: VPN\n\nHi', null],
    ['To: Bob\nDate: today\nSubject: VPN', null],
    ['From: Ada\n\nTo: Bob\n\nSubject: VPN\nHi', 'from=Ada | to=Bob | subject=VPN … 0 … 5'],
    ['From: Ada\n\n\n\nTo: Bob\nSubject: VPN', null],
    ['From: Ada\nTo: Bob,\n Eve\nSubject: VPN', 'from=Ada | to=Bob, Eve | subject=VPN … 0 … 4'],
    [
      'From: Ada\nTo: Bob\nSubject: VPN\nCc: eve@example.org,\nmax@example.org\nHi',
      'from=Ada | to=Bob | subject=VPN | cc=eve@example.org, max@example.org … 0 … 5',
    ],
    ['From: Ada\nTo: Bob\nSubject: VPN\nFrom: Eve', 'from=Ada | to=Bob | subject=VPN … 0 … 3'],
    [
      'From: Ada\nX-Mailer: 1\nX-Mailer: 2\nTo: Bob\nSubject: VPN',
      'from=Ada | other=1 | to=Bob | subject=VPN … 0 … 5',
    ],
    ['From: Ada\nX-Mailer: 1\nReply-To: Eve', null],
    ['Hi\nFrom: Ada', null],
    ['From: Ada\nSubject: VPN\nand more\nTo: Bob\nHi', 'from=Ada | subject=VPN and more | to=Bob … 0 … 4'],
  ])('the block %j has, from where to where: %s', (text, read) => {
    const found = quotedHeaderAt(text.split('\n'), 0);
    const values = Object.entries(found?.values ?? {})
      .map(([field, value]) => `${field}=${value}`)
      .join(' | ');
    expect(found && [values, found.start, found.end].join(' … ')).toBe(read);
  });

  test.each<[line: string, lines: string]>([
    [
      '----- Forwarded Message ----- From: Ada <ada@example.org>To: bob@example.org <bob@example.org>Sent: Sunday, November 1, 2026, 06:00:00 PM GMTSubject: VPN',
      '----- Forwarded Message ----- ⏎ From: Ada <ada@example.org> ⏎ To: bob@example.org <bob@example.org> ⏎ Sent: Sunday, November 1, 2026, 06:00:00 PM GMT ⏎ Subject: VPN',
    ],
    ['----- Forwarded Message -----', '----- Forwarded Message -----'],
    ['From: Ada <ada@example.org>To: Bob', 'From: Ada <ada@example.org>To: Bob'],
    [
      '----- Mensagem encaminhada ----- De: Ada <ada@example.org>Para: Bob <bob@example.org>Enviado: domingo, 1 de novembro de 2026 18:00:00 BRTAssunto VPN caiu',
      '----- Mensagem encaminhada ----- ⏎ De: Ada <ada@example.org> ⏎ Para: Bob <bob@example.org> ⏎ Enviado: domingo, 1 de novembro de 2026 18:00:00 BRT ⏎ Assunto: VPN caiu',
    ],
    ['--- a rule --- and text', '--- a rule --- and text'],
  ])('a block on one line is broken before its labels: %j', (line, lines) => {
    expect(spreadOneLineHeader(line).join(' ⏎ ')).toBe(lines);
  });

  test.each<[line: string, bare: string]>([
    ['> > a', 'a'],
    ['  a  ', 'a'],
    ['\u200ba\u200b', 'a'],
    ['| a', 'a'],
    ['a b', 'a b'],
    ['', ''],
  ])('the line %j without its marks is %j', (line, bare) => {
    expect(bareLine(line)).toBe(bare);
  });
});
