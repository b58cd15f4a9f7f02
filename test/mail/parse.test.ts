import { describe, expect, test } from 'vitest';
import { signedContent } from '../../core/mail/cms.ts';
import type { Cut } from '../../core/mail/email.ts';
import { describeInvitation } from '../../core/mail/invitation.ts';
import {
  MAX_ADDRESSES,
  MAX_ATTACHMENTS,
  MAX_HTML_CHARS,
  MAX_LINES,
  MAX_LINKS,
  MAX_MAIL_BYTES,
  MAX_MESSAGES_READ,
  MAX_NESTING,
  MAX_PARTS,
  MAX_REFERENCES,
  MAX_TEXT_CHARS,
} from '../../core/mail/limits.ts';
import { parseEmail, type UnreadableEmailError } from '../../core/mail/parse.ts';
import { read, written } from './written.ts';

/** An element of X.690 with its length. */
function der(tag: number, ...content: Buffer[]): Buffer {
  const octets = Buffer.concat(content);
  const length = octets.length < 128 ? [octets.length] : [0x82, octets.length >> 8, octets.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), octets]);
}

const SIGNED_DATA = Buffer.from('2a864886f70d010702', 'hex');
const DATA = Buffer.from('2a864886f70d010701', 'hex');

/** Signed data (RFC 5652 5.1) without the signatures, which nobody asks for here. */
function definite(content: Buffer): Buffer {
  const encapsulated = der(0x30, der(0x06, DATA), der(0xa0, der(0x04, content)));
  const signed = der(0x30, der(0x02, Buffer.from([1])), der(0x31), encapsulated, der(0x31));
  return der(0x30, der(0x06, SIGNED_DATA), der(0xa0, signed));
}

/** The same as programs write it that do not know the length before: everything open, the content in pieces. */
function indefinite(content: Buffer): Buffer {
  const open = (tag: number, ...inner: Buffer[]) =>
    Buffer.concat([Buffer.from([tag, 0x80]), ...inner, Buffer.from([0, 0])]);
  const pieces = open(0x24, der(0x04, content.subarray(0, 50)), der(0x04, content.subarray(50)));
  const encapsulated = open(0x30, der(0x06, DATA), open(0xa0, pieces));
  const signed = open(0x30, der(0x02, Buffer.from([1])), der(0x31), encapsulated, der(0x31));
  return open(0x30, der(0x06, SIGNED_DATA), open(0xa0, signed));
}

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

  test.each([
    ['=?utf-8?Q?B=C3=BCro_kaputt', 'Büro kaputt'],
    ['=?utf-8?B?QsO8cm8ga2FwdXR0?', 'Büro kaputt'],
    ['=?utf-8?Q?B=C3=BCro =?utf-8?Q?_kaputt?=', 'Büro kaputt'],
    ['=?UTF-8?q?B=C3?= =?UTF-8?q?=BCro?=', 'Büro'],
    ['=?utf-8?Q?a?==?utf-8?Q?b?=', 'ab'],
    ['is =?a question', 'is =?a question'],
  ])('the encoded word %s', async (Subject, subject) => {
    expect((await written({ Subject })).subject).toBe(subject);
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

  test('a flowed line goes on in no other’s quote, and in no signature', async () => {
    const lines = ['Mine ', '> theirs ', '> goes on', '>> other', 'a > b', ' > mine', 'Above ', '-- ', 'Ada'];
    const head = 'From: ada@example.org\r\nContent-Type: text/plain; format=flowed\r\n\r\n';
    expect((await parseEmail(Buffer.from(head + lines.join('\r\n')))).text.trimEnd()).toBe(
      'Mine \n> theirs goes on\n>> other\na > b\n> mine\nAbove \n-- \nAda',
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

  test('a parameter that lost the white space of its folding is read, inside and out', async () => {
    const raw =
      'Subject: x\nContent-Type: multipart/mixed;\nboundary="a"\n\n--a\nContent-Type: multipart/alternative;\nboundary="c"\n\n--c\nContent-Type: text/plain;\ncharset=iso-8859-1\n\nstill readable\n--c--\n--a--\n';
    expect((await parseEmail(Buffer.from(raw))).text.trim()).toBe('still readable');
  });

  test('a delimiter of a multipart that is over is nobody’s text', async () => {
    const raw =
      'Content-Type: multipart/mixed; boundary=ab\n\n--ab\nContent-Type: multipart/mixed; boundary=c\n\n--ab\n\nhello\n--c\n--ab--\n';
    expect((await parseEmail(Buffer.from(raw))).text.trim()).toBe('hello');
  });

  test('what a signature wraps is read, with its files', async () => {
    const inner = Buffer.from(
      'Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\nsigned words\r\n--i\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\npdf\r\n--i--\r\n',
    );
    for (const cms of [definite(inner), indefinite(inner)]) {
      const email = await parseEmail(
        Buffer.from(
          `Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n${cms.toString('base64')}\r\n`,
        ),
      );
      expect([email.text.trim(), names(email)]).toEqual(['signed words', ['a.pdf']]);
    }
  });

  test('every cut of a signature is kept as a file or read', async () => {
    const cms = definite(Buffer.from('Content-Type: text/plain\r\n\r\nhello\r\n'));
    for (let length = 0; length < cms.length; length += 1) signedContent(cms.subarray(0, length));
    expect(Buffer.from(signedContent(cms) ?? []).toString()).toContain('hello');
    expect(signedContent(Buffer.from('3080'.repeat(1_000), 'hex'))).toBeNull();
  });

  test('signed mail is read, its signature kept', async () => {
    const email = await read('signed');
    expect([email.text.trim(), email.attachments.map(({ contentType }) => contentType)]).toEqual([
      'This is really me.',
      ['application/pgp-signature'],
    ]);
  });

  test('encrypted mail is kept as a file, and says that it is encrypted', async () => {
    const email = await read('encrypted');
    expect(names(email)).toEqual(['smime.p7m']);
    expect(email.text).toBe(
      '[This email is encrypted with S/MIME. It cannot be read here and is kept as a file.]',
    );
    expect(email.labels).toEqual([email.text]);
  });

  test('an invitation says what and when', async () => {
    const email = await read('calendar-invitation');
    expect(email.labels).toEqual([
      '[Invitation: Moving the printers, 2026-11-05 09:00 to 10:00 (UTC), Room 4]',
    ]);
    expect(email.text).toBe(`Please join.\n\n${email.labels[0]}`);
  });

  test.each([
    [
      'REQUEST',
      'DTSTART;TZID=Europe/Berlin:20261105T100000\r\nDTEND;TZID=Europe/Berlin:20261105T113000\r\nLOCATION:Room 3',
      '[Invitation: Server move, 2026-11-05 10:00 to 11:30 (Europe/Berlin), Room 3]',
    ],
    [
      'CANCEL',
      'DTSTART:20261105T090000Z\r\nDTEND:20261106T090000Z',
      '[Cancelled: Server move, 2026-11-05 09:00 to 2026-11-06 09:00 (UTC)]',
    ],
    [
      'REPLY',
      'DTSTART;VALUE=DATE:20261105\r\nATTENDEE;PARTSTAT=DECLINED:mailto:ada@example.org',
      '[Answer to an invitation: Server move, declined, 2026-11-05]',
    ],
  ])('a calendar with the method %s', async (method, lines, said) => {
    const calendar = `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nMETHOD:${method}\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Server move\r\n${lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;
    expect(await describeInvitation(calendar)).toBe(said);
  });

  test('what is no event is a file and no line', async () => {
    for (const calendar of ['', 'BEGIN:VCALENDAR', 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n', 'x'.repeat(1_000)])
      expect(await describeInvitation(calendar)).toBeNull();
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

  test.each([
    [
      'a picture that the HTML shows, though it says that it is attached',
      'image/png',
      'attachment',
      '<img src="cid:x@y">',
      true,
    ],
    ['a picture beside the HTML', 'image/png', 'inline', '<p>hi</p>', true],
    ['a document beside the HTML', 'application/pdf', 'inline', '<p>hi</p>', false],
  ])('%s', async (_, type, disposition, html, inline) => {
    const raw = `Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n${html}\n--b\nContent-Type: ${type}\nContent-Disposition: ${disposition}; filename=f\nContent-ID: <x@y>\n\nx\n--b--\n`;
    expect((await parseEmail(Buffer.from(raw))).attachments.map((file) => file.inline)).toEqual([inline]);
  });

  test('equal files have equal hashes', async () => {
    const part = (name: string, octets: string) =>
      `--b\nContent-Type: image/png; name=${name}\n\n${octets}\n`;
    const raw = `Content-Type: multipart/mixed; boundary=b\n\n${part('a', 'x')}${part('b', 'x')}${part('c', 'y')}--b--\n`;
    const [a, b, c] = (await parseEmail(Buffer.from(raw))).attachments;
    expect([a?.sha256 === b?.sha256, a?.sha256 === c?.sha256]).toEqual([true, false]);
    expect(a?.sha256).toBe('2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881');
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

  test.each([
    ['the longest that is read', `Subject: ${'s'.repeat(65_535)}\n`, 's'.repeat(65_535)],
    ['left out when it is longer', `Subject: ${'s'.repeat(65_536)}\n`, ''],
    ['read as the thousandth field', `${'X: y\n'.repeat(998)}Subject: VPN\n`, 'VPN'],
    ['left out behind a thousand', `${'X: y\n'.repeat(999)}Subject: VPN\n`, ''],
  ])('of too much header it is told who sent it; the subject is %s', async (_, fields, subject) => {
    const raw = `From: mallory@elsewhere.example\n${fields}X-Big: ${'x'.repeat(3_000_000)}\n\nx`;
    const fault = await parseEmail(Buffer.from(raw)).catch((thrown: UnreadableEmailError) => thrown);
    expect(fault).toMatchObject({
      reason: 'header-too-large',
      head: { from: { address: 'mallory@elsewhere.example' }, subject },
    });
  });

  test.each<[Cut, string]>([
    ['text', `Content-Type: text/plain\n\n${'x'.repeat(MAX_TEXT_CHARS + 1)}`],
    ['html', `Content-Type: text/html\n\n${'x'.repeat(MAX_HTML_CHARS + 1)}`],
    ['links', `Content-Type: text/html\n\n${'<a href="https://x.example/">y</a> '.repeat(MAX_LINKS + 1)}`],
    ['addresses', `To: ${'a@example.org, '.repeat(MAX_ADDRESSES + 1)}\n\nx`],
    [
      'references',
      `References: ${Array.from({ length: MAX_REFERENCES + 1 }, (_, at) => `<${at}@x>`).join(' ')}\n\nx`,
    ],
    [
      'attachments',
      `Content-Type: multipart/mixed; boundary=b\n\n${'--b\nContent-Type: image/png\n\nx\n'.repeat(MAX_ATTACHMENTS + 1)}--b--`,
    ],
    [
      'messages',
      `Content-Type: multipart/digest; boundary=b\n\n${'--b\n\nSubject: x\n\nx\n'.repeat(MAX_MESSAGES_READ + 1)}--b--`,
    ],
  ])('too much of %s is cut, and said', async (cut, raw) => {
    const email = await parseEmail(Buffer.from(raw));
    expect(email.cut).toEqual([cut]);
    expect(email.text.length).toBeLessThanOrEqual(MAX_TEXT_CHARS);
    expect(email.attachments.length).toBeLessThanOrEqual(MAX_ATTACHMENTS);
    expect(email.to.length).toBeLessThanOrEqual(MAX_ADDRESSES);
    expect(email.text.split('<https').length).toBeLessThanOrEqual(MAX_LINKS + 1);
  });

  test('a mail of everyday size is cut nowhere', async () => {
    expect((await read('inline-image')).cut).toEqual([]);
  });

  test('one field of a megabyte is read', async () => {
    expect((await written({ 'X-Big': 'x'.repeat(1_000_000), Subject: 'fine' })).subject).toBe('fine');
  });
});
