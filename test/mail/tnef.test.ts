import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { MAX_TNEF_ATTRIBUTES, MAX_TNEF_FILES } from '../../core/mail/limits.ts';
import { parseEmail } from '../../core/mail/parse.ts';
import { openTnef } from '../../core/mail/tnef.ts';
import {
  attribute,
  body,
  compressedRtf,
  file,
  mailWith,
  type Property,
  rtf,
  stream,
  utf16,
} from './outlook.ts';

const opened = async (tnef: Buffer, text: string | null = null) => parseEmail(mailWith(tnef, text));
const files = (email: { attachments: { name: string; contentType: string; size: number }[] }) =>
  email.attachments.map(({ name, contentType, size }) => [name, contentType, size]);
const pdf = Buffer.from('%PDF-1.7 invented');

describe('a winmail.dat', () => {
  test('its files are the mail’s attachments, by their long names', async () => {
    const email = await opened(
      stream(
        file(
          'PLAN~1.PDF',
          pdf,
          [0x1f, 0x3707, utf16('Plan für Müller.pdf')],
          [0x1f, 0x370e, utf16('application/pdf')],
        ),
        file('notes.txt', Buffer.from('abc')),
      ),
      'See the plan.',
    );
    expect(email.text.trim()).toBe('See the plan.');
    expect(files(email)).toEqual([
      ['Plan für Müller.pdf', 'application/pdf', pdf.length],
      ['notes.txt', 'text/plain', 3],
    ]);
    expect(Buffer.from(email.attachments[0]?.content ?? []).equals(pdf)).toBe(true);
  });

  test('a short name is in the code page that it says', async () => {
    expect(files(await opened(stream(file('Prüfung.txt', Buffer.from('x')))))[0]?.[0]).toBe('Prüfung.txt');
  });

  test('its HTML becomes the text of a mail that has none, and shows its pictures', async () => {
    const html = Buffer.from('<p>Der Drucker im B\xfcro</p><img src="cid:pic1">', 'latin1');
    const email = await opened(
      stream(
        body([0x03, 0x3fde, Buffer.from([0xe4, 0x04, 0, 0])], [0x102, 0x1013, html]),
        file('pic.png', Buffer.from('png'), [0x1f, 0x3712, utf16('pic1')]),
      ),
    );
    expect(email.text).toBe('Der Drucker im Büro');
    expect(email.attachments.map(({ name, inline }) => [name, inline])).toEqual([['pic.png', true]]);
  });

  test('its HTML is in Unicode, or in what it says, or else in the code page of the mail', async () => {
    const koi8 = [0x03, 0x3fde, Buffer.from([0x82, 0x51, 0, 0])] as Property;
    const read = async (...all: Property[]) => (await opened(stream(body(...all)))).text;
    const octets = iconv.encode('<p>Принтер</p>', 'koi8-r');
    const meta = iconv.encode('<meta charset="windows-1251"><p>Принтер</p>', 'windows-1251');
    expect(await read([0x1f, 0x1013, utf16('<p>Принтер</p>')], koi8)).toBe('Принтер');
    expect(await read([0x102, 0x1013, octets], koi8)).toBe('Принтер');
    expect(await read([0x102, 0x1013, meta], koi8)).toBe('Принтер');
    expect(await read([0x102, 0x1013, meta])).toBe('Принтер');
    expect(await read([0x102, 0x1013, Buffer.from('<p>Hello</p>')])).toBe('Hello');
  });

  test('a text of the mail’s own comes first', async () => {
    const email = await opened(stream(body([0x1f, 0x1000, utf16('from inside')])), 'from outside');
    expect(email.text.trim()).toBe('from outside');
  });

  test('HTML that Outlook wrapped in RTF is unwrapped', async () => {
    const wrapped =
      "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\deff0{\\fonttbl{\\f0\\fswiss Arial;}}{\\*\\htmltag64 <p>}Der Drucker im B\\'fcro{\\*\\htmltag72 </p>}}";
    for (const packed of [rtf(wrapped), compressedRtf(wrapped)]) {
      const email = await opened(stream(body([0x102, 0x1009, packed])));
      expect([email.html, email.text]).toEqual(['<p>Der Drucker im Büro</p>', 'Der Drucker im Büro']);
    }
  });

  test('RTF of its own becomes plain', async () => {
    const own =
      '{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fswiss Arial;}}{\\colortbl;\\red0\\green0\\blue255;}{\\*\\generator Riched20;}\\viewkind4\\uc1\\pard\\f0\\fs20 It is \\b broken\\b0 .\\par\r\nPlease help.\\par\r\n}';
    expect((await opened(stream(body([0x102, 0x1009, compressedRtf(own)])))).text.trim()).toBe(
      'It is broken.\nPlease help.',
    );
  });

  test('a message inside gives its words as a file, and its files', async () => {
    const inner = stream(
      body([0x1f, 0x0037, utf16('Old order')], [0x1f, 0x1000, utf16('We need two.')]),
      file('order.pdf', pdf),
    );
    const email = await opened(
      stream(file('untitled', Buffer.alloc(0), [0x0d, 0x3701, Buffer.concat([Buffer.alloc(16), inner])])),
      'Look.',
    );
    expect(files(email)).toEqual([
      ['Old order.txt', 'text/plain', 12],
      ['order.pdf', 'application/pdf', pdf.length],
    ]);
  });

  test('named properties, several values and flags before it do not hide a body', async () => {
    const email = await opened(
      stream(
        body(
          [0x1f, 0x8005, utf16('x')],
          [0x1f, 0x9005, utf16('x')],
          [0x0b, 0x0e1f, Buffer.from([1, 0])],
          [0x40, 0x0039, Buffer.alloc(8)],
          [0x1f, 0x1000, utf16('still read')],
        ),
      ),
    );
    expect(email.text).toBe('still read');
  });
});

describe('a broken or hostile one', () => {
  test('what is no such stream stays a file', async () => {
    expect(files(await opened(Buffer.from('not a stream at all')))).toEqual([
      ['winmail.dat', 'application/ms-tnef', 19],
    ]);
  });

  test('a stream that ends early gives what it has, is said to be cut, and stays beside it', async () => {
    const whole = stream(file('a.txt', Buffer.from('abc')), file('b.txt', Buffer.alloc(5_000)));
    const email = await opened(whole.subarray(0, whole.length - 2_000), 'Look.');
    expect(email.attachments.map(({ name }) => name)).toEqual(['winmail.dat', 'a.txt', 'b.txt']);
    expect(email.cut).toEqual(['winmail']);
  });

  test('lengths that lie cost nothing', async () => {
    const lies = [
      stream(attribute(2, 0x0006800f, Buffer.from('x'), 0xffffffff)),
      stream(attribute(1, 0x00069003, Buffer.from('ffffffff1f000010ffffffffffffffff', 'hex'))),
      stream(body([0x102, 0x1009, Buffer.from('ffffff7fffffff7f4c5a467500000000000000', 'hex')])),
      stream(attribute(1, 0x00069003, Buffer.from('ffffff7f1e100080'.repeat(1_000), 'hex'))),
    ];
    for (const lie of lies) expect(await openTnef(lie)).not.toBeNull();
  });

  test('every cut of a stream is read without a fault', async () => {
    const whole = stream(
      body([0x1f, 0x1000, utf16('text')], [0x102, 0x1009, compressedRtf('{\\rtf1\\ansi a}')]),
      file('a.txt', Buffer.from('abc'), [0x1f, 0x3707, utf16('long.txt')]),
    );
    for (let length = 0; length < whole.length; length += 1) await openTnef(whole.subarray(0, length));
    expect((await openTnef(whole))?.files).toHaveLength(1);
  });

  test('more files than are read', async () => {
    const many = stream(
      ...Array.from({ length: MAX_TNEF_FILES + 5 }, (_, at) => file(`${at}.txt`, Buffer.from('x'))),
    );
    const tnef = await openTnef(many);
    expect([tnef?.files.length, tnef?.cut]).toEqual([MAX_TNEF_FILES, true]);
  });

  test('more attributes than are read', async () => {
    const many = (count: number) => stream(Buffer.alloc(11 * (count - 1)), file('a.txt', Buffer.from('x')));
    const [all, some] = [
      await openTnef(many(MAX_TNEF_ATTRIBUTES - 3)),
      await openTnef(many(MAX_TNEF_ATTRIBUTES - 2)),
    ];
    expect([all?.files.length, all?.cut, some?.cut]).toEqual([1, false, true]);
  });

  test('a message inside that is cut', async () => {
    const inner = stream(file('a.txt', Buffer.from('x'), [0x1f, 0x3707, utf16('a.txt')])).subarray(0, -3);
    const whole = stream(
      file('m', Buffer.alloc(0), [0x0d, 0x3701, Buffer.concat([Buffer.alloc(16), inner])]),
    );
    expect((await openTnef(whole))?.cut).toBe(true);
  });

  test('messages in messages end', async () => {
    let inner = stream(body([0x1f, 0x1000, utf16('deep')]));
    for (let depth = 0; depth < 50; depth += 1)
      inner = stream(file('m', Buffer.alloc(0), [0x0d, 0x3701, Buffer.concat([Buffer.alloc(16), inner])]));
    expect((await openTnef(inner))?.files.length).toBeLessThan(10);
  });
});
