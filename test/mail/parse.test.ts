import { describe, expect, test } from 'vitest';
import {
  MAX_LINES,
  MAX_MAIL_BYTES,
  MAX_NESTING,
  MAX_PARTS,
  parseEmail,
  type UnreadableEmailError,
} from '../../core/mail/parse.ts';
import { read, written } from './written.ts';

const names = (email: { attachments: { name: string }[] }) => email.attachments.map(({ name }) => name);

describe('characters', () => {
  test('eight bits without a charset are read as what they most likely are', async () => {
    const email = await read('eight-bits-without-charset');
    expect(email.subject).toBe('Drucker im Büro');
    expect(email.text).toBe('Der Drucker druckt „Müll“.\n');
  });

  test('windows-1252 that says it is UTF-8 is believed by its octets', async () => {
    expect((await read('windows-1252-said-to-be-utf-8')).text).toBe(
      'Das Gerät für Übungen läuft – manchmal.\n',
    );
  });

  test('one bad octet does not turn UTF-8 into something else', async () => {
    const octets = Buffer.concat([
      Buffer.from('Content-Type: text/plain; charset=utf-8\n\nПривет, '),
      Buffer.from([0xaa]),
      Buffer.from(' мир'),
    ]);
    expect((await parseEmail(octets)).text).toBe('Привет, \uFFFD мир');
  });

  test('Japanese subject and body', async () => {
    const email = await read('japanese');
    expect(email.subject).toBe('プリンタの故障');
    expect(email.text).toBe('印刷できません。\n');
  });

  test('UTF-7', async () => {
    expect((await read('utf-7')).text).toBe('The café is closed.\n');
  });

  test.each([
    ['gbk', 'b4f2d3a1bbfa', '打印机'],
    ['big5', 'a643a64cbef7', '列印機'],
    ['euc-kr', 'c7c1b8b0c5cd', '프린터'],
    ['shift_jis', '83768389', 'プラ'],
    ['koi8-r', 'f0d2c9d7c5d4', 'Привет'],
    ['windows-1251', 'cff0e8e2e5f2', 'Привет'],
    ['iso-8859-2', 'a3f3d57a', 'ŁóŐz'],
    ['cp850', '8194', 'üö'],
  ])('text in %s', async (charset, hex, text) => {
    const head = Buffer.from(`Content-Type: text/plain; charset=${charset}\n\n`);
    expect((await parseEmail(Buffer.concat([head, Buffer.from(hex, 'hex')]))).text).toBe(text);
  });

  test('an encoded word may be split inside a character', async () => {
    expect((await read('encoded-word-split-in-a-character')).subject).toBe('Zugang für Praktikanten');
  });

  test('a charset named like a part of every object decodes to something', async () => {
    expect((await written({ Subject: '=?constructor?Q?abc?=' })).subject).toBe('abc');
  });
});

describe('the header', () => {
  test('addresses are lower case, names decoded, groups opened', async () => {
    const email = await written({
      To: 'Staff: "Ohm, Ada" <Ada@Example.ORG>, =?utf-8?Q?J=C3=B6rg?= <joerg@example.org>;',
      Cc: 'not an address',
    });
    expect(email.to).toEqual([
      { address: 'ada@example.org', name: 'Ohm, Ada' },
      { address: 'joerg@example.org', name: 'Jörg' },
    ]);
    expect(email.cc).toEqual([]);
  });

  test('an address hidden in a name is not the sender', async () => {
    expect((await written({ From: '"boss@example.test" <mallory@elsewhere.example>' })).from).toEqual({
      address: 'mallory@elsewhere.example',
      name: 'boss@example.test',
    });
  });

  test('a look-alike domain shows its true letters', async () => {
    expect((await written({ From: 'x@\u0435xample.test' })).from?.address).toBe('x@xn--xample-2of.test');
  });

  test('every From address is kept', async () => {
    const email = await read('two-from-addresses');
    expect(email.fromAll.map(({ address }) => address)).toEqual([
      'boss@example.test',
      'mallory@elsewhere.example',
    ]);
  });

  test('references may be parted by commas, folded and repeated', async () => {
    const email = await read('references-with-commas');
    expect(email.references).toEqual(['a1@example.com', 'b2@example.com', 'c3@example.com']);
    expect(email.inReplyTo).toBe('b2@example.com');
  });

  test('no line end or control character gets through a subject, a name or a file name', async () => {
    const email = await written({
      Subject: '=?utf-8?Q?Hi=0D=0ABcc:_x@example.net=00?=',
      From: '=?utf-8?Q?A=0D=0AX:_1?= <a@example.org>',
    });
    expect(email.subject).toBe('Hi Bcc: x@example.net');
    expect(email.from?.name).toBe('A X: 1');
    expect(email.headers.get('bcc')).toBeUndefined();
  });

  test.each([
    ['Mon, 02 Nov 2026 09:12:00 +0100', '2026-11-02T08:12:00.000Z'],
    ['2 Nov 26 09:12 EST', '2026-11-02T14:12:00.000Z'],
    ['Mon, 2 Nov 2026 ((tricky) comment) 09:12:07 -0030', '2026-11-02T09:42:07.000Z'],
    ['2026-11-02T09:12:00Z', '2026-11-02T09:12:00.000Z'],
    ['yesterday-ish', null],
    ['Thu, 01 Jan 99999 10:00:00 +0000', null],
  ])('the date %s', async (said, date) => {
    expect((await written({ Date: said })).date).toBe(date);
  });

  test('a header without the blank line that ends it', async () => {
    const email = await parseEmail(
      Buffer.from('Subject: a\r\nFrom: ada@example.org\r\nthe text begins at once'),
    );
    expect([email.subject, email.text]).toEqual(['a', 'the text begins at once']);
  });

  test.each([
    ['lone carriage returns', 'From: ada@example.org\rSubject: x\r\rHello'],
    ['a byte order mark', '\uFEFFFrom: ada@example.org\nSubject: x\n\nHello'],
    [
      'an mbox separator',
      'From ada@example.org Mon Nov  2 09:12:00 2026\nFrom: ada@example.org\nSubject: x\n\nHello',
    ],
  ])('%s before or in the header', async (_, raw) => {
    const email = await parseEmail(Buffer.from(raw));
    expect([email.from?.address, email.subject, email.text]).toEqual(['ada@example.org', 'x', 'Hello']);
  });

  test.each([
    ['nothing', ''],
    ['line ends', '\r\n\r\n'],
    ['zeros', '\0\0\0'],
  ])('a mail of %s is an empty mail', async (_, raw) => {
    const email = await parseEmail(Buffer.from(raw));
    expect([email.from, email.subject, email.text.trim()]).toEqual([null, '', '']);
  });
});

describe('the body', () => {
  test('flowed lines are joined, quotes and the signature kept apart', async () => {
    expect((await read('flowed')).text).toBe(
      'The printer in room 4 shows an error since Monday.\n> What does it show?\nE-23.\n-- \nAda\n',
    );
  });

  test('HTML alone is made plain', async () => {
    const email = await read('html-only');
    expect(email.text).toBe(
      'Hello desk,\n\nthe guide <https://wiki.example.test/vpn> is wrong:\n\n- step one\n- step two',
    );
    expect(email.html).toContain('<p>Hello');
  });

  test('a plain part that only points to the HTML is not the text', async () => {
    expect((await read('text-that-says-see-html')).text).toContain('My laptop does not start');
  });

  test('a delimiter may carry white space', async () => {
    const email = await read('delimiter-with-white-space');
    expect([email.text.trim(), names(email)]).toEqual(['first', ['log.txt']]);
  });

  test('an inner multipart that is never closed ends with the outer one', async () => {
    const email = await read('inner-multipart-never-closed');
    expect([email.text.trim(), names(email)]).toEqual(['the text', ['a.pdf']]);
  });

  test('a multipart that does not name its boundary is read by the one it uses', async () => {
    expect((await read('boundary-not-named')).text.trim()).toBe('still readable');
  });

  test('signed mail is read, its signature kept', async () => {
    const email = await read('signed');
    expect([email.text.trim(), email.attachments.map(({ contentType }) => contentType)]).toEqual([
      'This is really me.',
      ['application/pgp-signature'],
    ]);
  });

  test('encrypted mail is kept as a file', async () => {
    expect(names(await read('encrypted'))).toEqual(['smime.p7m']);
  });
});

describe('attachments', () => {
  test('a file name in pieces', async () => {
    expect(names(await read('file-name-in-pieces'))).toEqual(['Vertrag für Müller.pdf']);
  });

  test('an image that the HTML shows is inline, an attached one is not', async () => {
    const email = await read('inline-image');
    expect(email.attachments.map(({ name, inline, contentId }) => [name, inline, contentId])).toEqual([
      ['logo.png', true, 'logo@example.org'],
      ['screen.png', false, null],
    ]);
  });

  test('nameless parts get a name from their type', async () => {
    expect(names(await read('nameless-parts'))).toEqual(['image-1.jpg', 'image-2.bin']);
  });

  test('an invitation and a winmail.dat are attachments', async () => {
    expect(names(await read('calendar-invitation'))).toEqual(['text-1.ics']);
    expect(names(await read('winmail'))).toEqual(['winmail.dat']);
  });

  test('a message inside is an attachment, and what it says is read', async () => {
    const [file] = (await read('attached-message')).attachments;
    expect(file).toMatchObject({
      name: 'VPN does not connect-1.eml',
      contentType: 'message/rfc822',
      inline: false,
    });
    expect(file?.message).toMatchObject({
      from: { address: 'joerg@customer.example', name: 'Jörg Ohm' },
      messageId: 'orig1@customer.example',
      text: 'Das VPN läuft nicht.',
    });
  });

  test('the parts of a report are reports and not text', async () => {
    const email = await read('not-delivered');
    expect(email.text).not.toContain('Reporting-MTA');
    expect(email.reports.map(({ contentType }) => contentType)).toEqual(['message/delivery-status']);
    expect(email.reports[0]?.text).toContain('Status: 5.1.1');
  });
});

describe('limits', () => {
  const reason = async (raw: Uint8Array) =>
    parseEmail(raw).then(
      () => null,
      (fault: UnreadableEmailError) => fault.reason,
    );

  test('too many parts', async () => {
    const raw = `From: mallory@elsewhere.example\nContent-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(MAX_PARTS + 10)}--b--\n`;
    const fault = await parseEmail(Buffer.from(raw)).catch((thrown: UnreadableEmailError) => thrown);
    expect(fault).toMatchObject({
      name: 'UnreadableEmailError',
      reason: 'too-many-parts',
      head: { from: { address: 'mallory@elsewhere.example' } },
    });
  });

  test('nested too deep', async () => {
    const depth = MAX_NESTING + 20;
    const open = Array.from(
      { length: depth },
      (_, at) => `--b${at}\nContent-Type: multipart/mixed; boundary=b${at + 1}\n\n`,
    ).join('');
    expect(
      await reason(Buffer.from(`Content-Type: multipart/mixed; boundary=b0\n\n${open}--b${depth}\n\ndeep\n`)),
    ).toBe('nested-too-deep');
  });

  test('too large, too many lines, too much header', async () => {
    expect(await reason(new Uint8Array(MAX_MAIL_BYTES + 1))).toBe('too-large');
    expect(await reason(Buffer.from(`From: a@example.org\n\n${'\n'.repeat(MAX_LINES + 1)}`))).toBe(
      'too-many-lines',
    );
    expect(await reason(Buffer.from(`From: a@example.org\nX-Big: ${'x'.repeat(3_000_000)}\n\nx`))).toBe(
      'header-too-large',
    );
  });

  test('one field of a megabyte is read', async () => {
    expect((await written({ 'X-Big': 'x'.repeat(1_000_000), Subject: 'fine' })).subject).toBe('fine');
  });
});
