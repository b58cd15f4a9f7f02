import fc from 'fast-check';
import { type ParsedMail, simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { compose, type Outgoing, type OutgoingFile, subjectLine } from '../../core/mail/compose.ts';
import { UPDATE_KINDS } from '../../core/mail/update.ts';

const TOKEN = 'support+ab7qk2mf4zc6wjxn@desk.example.test';

function outgoing(given: Partial<Outgoing> = {}): Outgoing {
  return {
    id: 'T-7K4M2Q-3-answer-1f2e3d4c',
    kind: 'answer',
    ticketId: 'T-7K4M2Q',
    audience: 'requester',
    personal: true,
    from: { name: 'Grace Hopper via Example Desk', address: 'support@desk.example.test' },
    to: { name: 'Ada Lovelace', address: 'ada@example.com' },
    replyTo: TOKEN,
    cc: [],
    messageId: 'T-7K4M2Q-3-answer-1f2e3d4c@desk.example.test',
    inReplyTo: 'question@example.com',
    references: ['first@example.com', 'question@example.com', 'T-7K4M2Q.ab12@desk.example.test'],
    date: '2026-11-20T08:40:00.000Z',
    content: {
      language: 'en',
      subject: 'Printer',
      text: 'Hello Ada,\n\ndone.\n',
      html: '<p>Hello Ada,</p><p>done.</p>',
    },
    files: [],
    ...given,
  };
}

async function bytes(given: Partial<Outgoing> = {}): Promise<Buffer> {
  const composed = compose(outgoing(given));
  if (composed.outcome === 'refused') throw new Error(`refused for ${composed.header}`);
  return Buffer.from(composed.mime);
}

async function read(given: Partial<Outgoing> = {}): Promise<ParsedMail> {
  return simpleParser(await bytes(given), { skipTextToHtml: true, skipHtmlToText: true });
}

/** Of the mail itself, unfolded; its parts have headers of their own. */
async function headers(given: Partial<Outgoing> = {}): Promise<string[]> {
  const raw = (await bytes(given)).toString('latin1');
  return raw
    .slice(0, raw.indexOf('\r\n\r\n'))
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
}

function file(given: Partial<OutgoingFile> = {}): OutgoingFile {
  return {
    name: 'log.txt',
    contentType: 'text/plain',
    content: Buffer.from('one\r\ntwo'),
    contentId: null,
    ...given,
  };
}

describe('the mail', () => {
  test('says who writes, to whom, and where answers go', async () => {
    const mail = await read();
    expect(mail.from?.value).toEqual([
      { name: 'Grace Hopper via Example Desk', address: 'support@desk.example.test' },
    ]);
    expect(mail.to).toMatchObject({ value: [{ name: 'Ada Lovelace', address: 'ada@example.com' }] });
    expect(mail.replyTo?.value).toMatchObject([{ address: TOKEN }]);
    expect(mail.cc).toBeUndefined();
    expect(mail.bcc).toBeUndefined();
    expect(mail.messageId).toBe('<T-7K4M2Q-3-answer-1f2e3d4c@desk.example.test>');
    expect(mail.date?.toISOString()).toBe('2026-11-20T08:40:00.000Z');
  });

  test('threads: it answers the last mail and refers to those before it and to the ticket', async () => {
    const mail = await read();
    expect(mail.inReplyTo).toBe('<question@example.com>');
    expect(mail.references).toEqual([
      '<first@example.com>',
      '<question@example.com>',
      '<T-7K4M2Q.ab12@desk.example.test>',
    ]);
  });

  test('keeps the first reference and the newest when there are too many, each once', async () => {
    const many = [
      'first@example.com',
      ...Array.from({ length: 60 }, (_, n) => `m${n % 40}@example.com`),
      'own@desk.example.test',
    ];
    const { references } = await read({ references: many });
    expect(references).toHaveLength(20);
    expect(references?.[0]).toBe('<first@example.com>');
    expect(references?.at(-1)).toBe('<own@desk.example.test>');
  });

  test('carries plain text first and HTML after it, both as they were written', async () => {
    const text = 'Grüße an alle,\n\n\tdein „Tisch“ 🖨\n-- \nEnde\n';
    const mail = await read({ content: { language: 'en', subject: 's', text, html: '<p>Grüße 🖨</p>' } });
    expect(mail.text).toBe(text);
    expect(mail.html).toBe('<p>Grüße 🖨</p>');
    const raw = (await bytes()).toString('latin1');
    expect(raw.indexOf('text/plain')).toBeLessThan(raw.indexOf('text/html'));
  });

  test('is the same, byte for byte, each time it is composed, and another for another update', async () => {
    expect(await bytes({ files: [file()] })).toEqual(await bytes({ files: [file()] }));
    expect((await bytes()).toString()).not.toBe(
      (await bytes({ id: 'T-7K4M2Q-4-answer-1f2e3d4c' })).toString(),
    );
  });

  test('has no line over 998 octets, no bare line break, and nothing but ASCII', async () => {
    const endless = 'wörd'.repeat(3_000);
    const raw = await bytes({
      to: { name: 'n'.repeat(5_000), address: 'ada@example.com' },
      cc: Array.from({ length: 60 }, (_, n) => ({
        name: `Ünal Çelik ${n}`,
        address: `person${n}@example.org`,
      })),
      references: Array.from({ length: 19 }, (_, n) => `${'r'.repeat(400)}${n}@example.com`),
      content: {
        language: 'en',
        subject: endless,
        text: `${endless}\nFrom here\n.\n${'日本'.repeat(2_000)}`,
        html: `<p>${endless}</p>`,
      },
      files: [file({ name: `${endless}.txt`, content: Buffer.from(`${endless}\n`) })],
    });
    const lines = raw.toString('latin1').split('\r\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(998);
    expect(lines.join('')).not.toMatch(/[\r\n]|[^\t\x20-\x7e]/);
  });
});

test.each([
  ['', 'quoted-printable'],
  ['Hello', 'quoted-printable'],
  ['One é in four', 'quoted-printable'],
  ['aaaé', 'quoted-printable'],
  ['aaé', 'base64'],
  ['日本', 'base64'],
  ['\u007f', 'quoted-printable'],
  ['\u0080', 'base64'],
])('%j leaves as %s: whatever is mostly ASCII can be read as it goes', async (text, encoding) => {
  const raw = (await bytes({ content: { language: 'en', subject: 's', text, html: text } })).toString();
  const used = [...raw.matchAll(/^Content-Transfer-Encoding: (\S+)\r$/gm)].map(([, each]) => each);
  expect(used).toEqual([encoding, encoding]);
});

describe('quoted-printable', () => {
  const letter = fc.oneof(
    { arbitrary: fc.constantFrom(...'ab= \t.-'), weight: 8 },
    { arbitrary: fc.constantFrom(...'=\n\u00fc日🖨\u0007\r\n'), weight: 2 },
  );
  const text = fc
    .array(letter, { maxLength: 400 })
    .map((letters) => `plain ${'p'.repeat(400)}${letters.join('')}`);

  /** As it stands in the mail, line by line. */
  async function linesOf(given: string): Promise<string[]> {
    const raw = await bytes({ content: { language: 'en', subject: 's', text: given, html: 'h' } });
    const [, part = ''] = raw.toString('latin1').split(/^--=_\w+\r\n/m);
    return part.slice(part.indexOf('\r\n\r\n') + 4, -2).split('\r\n');
  }

  test('says what was written, in lines of 76 octets at most that end in no blank', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (given) => {
        const lines = await linesOf(given);
        const octets = lines
          .map((line) => (line.endsWith('=') ? line.slice(0, -1) : `${line}\n`))
          .join('')
          .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
        expect(Buffer.from(octets, 'latin1').toString()).toBe(`${given.replace(/\r\n?/g, '\n')}\n`);
        for (const line of lines) expect(line).toMatch(/^(?!.{77})(?:[\t -<>-~]|=[0-9A-F]{2})*(?<![\t ])=?$/);
      }),
    );
  });

  test('breaks no character in two, and no word where a blank is near', async () => {
    const wide = await linesOf(`${'p'.repeat(300)}${'日🖨ü'.repeat(30)}`);
    expect(wide.length).toBeGreaterThan(5);
    for (const line of wide) expect(line).not.toMatch(/^=[89AB]/);
    const words = await linesOf('several words '.repeat(20));
    for (const line of words.slice(0, -1)) expect(line).toMatch(/ =$/);
  });
});

describe('the subject', () => {
  test.each([
    ['Printer', 'Re: Printer [T-7K4M2Q]'],
    ['Re: Printer', 'Re: Printer [T-7K4M2Q]'],
    ['AW: Re: SV: RE[2]: Antw: Printer', 'Re: Printer [T-7K4M2Q]'],
    ['回复：Re: Printer', 'Re: Printer [T-7K4M2Q]'],
    ['[T-7K4M2Q] Re: Printer [T-7K4M2Q]', 'Re: Printer [T-7K4M2Q]'],
    ['Printer [t-7k4m2q] again', 'Re: Printer again [T-7K4M2Q]'],
    ['Fwd: Printer', 'Re: Fwd: Printer [T-7K4M2Q]'],
    ['Research: Printer', 'Re: Research: Printer [T-7K4M2Q]'],
    ['Ref: 4711', 'Re: Ref: 4711 [T-7K4M2Q]'],
    ['[EXTERNAL] Printer [HP]', 'Re: [EXTERNAL] Printer [HP] [T-7K4M2Q]'],
    ['', 'Re: [T-7K4M2Q]'],
    ['Re: ', 'Re: [T-7K4M2Q]'],
  ])('%j becomes %j', (given, expected) => {
    expect(subjectLine(given, 'T-7K4M2Q', true)).toBe(expected);
  });

  test('of a mail that answers none has no Re:', () => {
    expect(subjectLine('Re: Printer', 'T-7K4M2Q', false)).toBe('Printer [T-7K4M2Q]');
  });

  test('of a mail without a ticket has no tag, and shows none that a sender made up', () => {
    expect(subjectLine('Printer [T-7K4M2Q]', null, true)).toBe('Re: Printer');
  });

  test('loses controls, line breaks and the marks that turn text round', () => {
    expect(subjectLine('a\r\n\tb\u0000c\u007f\u0085d\u202ee', null, false)).toBe('a b c de');
  });

  test('stays within 200 characters, is cut between words and never inside a character', () => {
    const words = subjectLine('word '.repeat(100), 'T-7K4M2Q', true);
    expect(words).toMatch(/^Re: (word )+word… \[T-7K4M2Q\]$/);
    expect(words.length).toBeLessThanOrEqual(200);
    const faces = subjectLine('😀'.repeat(5_000), 'T-7K4M2Q', true);
    expect([...faces].length).toBeLessThanOrEqual(200);
    expect(faces.isWellFormed()).toBe(true);
  });

  test('of a hundred thousand Re: is read to its bound', () => {
    expect(subjectLine('Re:'.repeat(100_000), 'T-7K4M2Q', true).length).toBeLessThanOrEqual(200);
  });

  test('comes out of the mail as it went in, in any script', async () => {
    for (const subject of [
      'Drücker klemmt – schon wieder',
      'プリンターが動きません。至急お願いします',
      'الطابعة لا تعمل',
      '🖨'.repeat(60),
    ]) {
      expect((await read({ content: { language: 'en', subject, text: 't', html: 'h' } })).subject).toBe(
        `Re: ${subject} [T-7K4M2Q]`,
      );
    }
  });
});

test('Japanese goes in ASCII headers, each line short enough for every relay, and names its language', async () => {
  const given: Partial<Outgoing> = {
    from: { name: '山田 花子（サービスデスク）', address: 'support@desk.example.test' },
    to: { name: '佐藤 太郎', address: 'taro@example.com' },
    content: {
      ...{ language: 'ja', text: 'お世話になっております。', html: '<p>お世話になっております。</p>' },
      subject: '会議室のプロジェクターが映らないため、至急ご確認をお願いいたします'.repeat(3),
    },
  };
  const raw = (await bytes(given)).toString('latin1');
  const head = raw.slice(0, raw.indexOf('\r\n\r\n'));
  expect(head).not.toMatch(/[^\x00-\x7f]/);
  for (const line of head.split('\r\n')) expect(line.length).toBeLessThanOrEqual(78);
  expect(await headers(given)).toContain('Content-Language: ja');
  const { from, to, subject, text } = await read(given);
  expect([from?.value[0]?.name, to && 'value' in to && to.value[0]?.name]).toEqual([
    '山田 花子（サービスデスク）',
    '佐藤 太郎',
  ]);
  expect(subject).toContain('至急ご確認をお願いいたします');
  expect(text).toContain('お世話になっております。');
});

describe('nothing from outside makes a header of its own', () => {
  const EVIL = 'x\r\nBcc: eve@example.org\r\n\r\nbody';

  test('not by a subject, a name or a file’s name: their line breaks go', async () => {
    const given = {
      from: { name: EVIL, address: 'support@desk.example.test' },
      to: { name: EVIL, address: 'ada@example.com' },
      cc: [{ name: EVIL, address: 'bob@example.org' }],
      content: { language: 'en' as const, subject: EVIL, text: 't', html: 'h' },
      files: [file({ name: EVIL, contentType: EVIL })],
    };
    expect((await headers(given)).filter((line) => /^bcc/i.test(line))).toEqual([]);
    const mail = await read(given);
    expect(mail.bcc).toBeUndefined();
    expect(mail.text).toBe('t');
    expect(mail.to).toMatchObject({
      value: [{ name: 'x Bcc: eve@example.org body', address: 'ada@example.com' }],
    });
    expect(mail.attachments).toMatchObject([
      { filename: 'x Bcc_ eve@example.org body', contentType: 'application/octet-stream' },
    ]);
  });

  test('not by a name that looks like an address: there is one recipient', async () => {
    const mail = await read({
      to: { name: 'a@b.test>, "Eve" <eve@example.org', address: 'ada@example.com' },
    });
    expect(mail.to).toMatchObject({ value: [{ address: 'ada@example.com' }] });
  });

  test.each([
    ['From', { from: { name: '', address: 'a@b.test\r\nBcc: eve@example.org' } }],
    ['From', { from: { name: '', address: 'a@b.test, eve@example.org' } }],
    ['To', { to: { name: '', address: 'a@b.test\nBcc: eve@example.org' } }],
    ['To', { to: { name: '', address: '<a@b.test> <eve@example.org>' } }],
    ['To', { to: { name: '', address: 'nobody' } }],
    ['To', { to: { name: '', address: 'müller@example.com' } }],
    ['To', { to: { name: '', address: `${'a'.repeat(250)}@example.com` } }],
    ['Reply-To', { replyTo: 'support+a b@desk.example.test' }],
    ['Reply-To', { replyTo: 'support+ab@desk.example.test\r\nX-Evil: yes' }],
    ['Message-ID', { messageId: 'a@b>\r\nX-Evil: <yes' }],
    ['Message-ID', { messageId: '' }],
    ['X-Replydesk-Ticket', { ticketId: 'T-1\r\nX-Evil: yes' }],
    ['Date', { date: 'tomorrow' }],
  ])('a %s that is not safe is refused, not mended: %j', async (header, given) => {
    expect(compose(outgoing(given))).toEqual({ outcome: 'refused', reason: 'unsafe-header', header });
  });

  test('ids and Cc that came from outside are left out when they are not safe: they must not keep an answer from leaving', async () => {
    const mail = await read({
      inReplyTo: 'a b@example.com',
      references: [
        'good@example.com',
        'x\r\nX-Evil: yes',
        'ünï@example.com',
        '<>',
        'l'.repeat(600),
        'own@desk.example.test',
      ],
      cc: [
        { name: 'Bob', address: 'bob@example.org' },
        { name: 'Eve', address: 'eve@example.org\r\nX-Evil: yes' },
      ],
    });
    expect(mail.inReplyTo).toBeUndefined();
    expect(mail.references).toEqual(['<good@example.com>', '<own@desk.example.test>']);
    expect(mail.cc).toMatchObject({ value: [{ name: 'Bob', address: 'bob@example.org' }] });
    expect(mail.headers.has('x-evil')).toBe(false);
  });
});

describe('what machines read', () => {
  test.each(UPDATE_KINDS)('%s says what it is and to which ticket it belongs', async (kind) => {
    expect(await headers({ kind })).toEqual(
      expect.arrayContaining([`X-Replydesk-Update: ${kind}`, 'X-Replydesk-Ticket: T-7K4M2Q']),
    );
  });

  test('mail that belongs to no ticket names none', async () => {
    expect(
      (await headers({ kind: 'refusal', ticketId: null })).filter((line) =>
        line.startsWith('X-Replydesk-Ticket'),
      ),
    ).toEqual([]);
  });

  test.each(['acknowledgement', 'refusal', 'code', 'transcript'] as const)(
    '%s answers a mail by itself, and says so',
    async (kind) => {
      expect(await headers({ kind, personal: false })).toEqual(
        expect.arrayContaining(['Auto-Submitted: auto-replied', 'X-Auto-Response-Suppress: OOF, AutoReply']),
      );
    },
  );

  test.each([
    'assignment',
    'requester-message',
    'note',
    'warning',
    'breach',
    'escalated',
    'waiting-reminder',
    'resolved',
    'closed',
    'satisfaction',
  ] as const)('%s is sent by the clock or the ticket, and says so', async (kind) => {
    expect(await headers({ kind, personal: false })).toEqual(
      expect.arrayContaining(['Auto-Submitted: auto-generated', 'X-Auto-Response-Suppress: OOF, AutoReply']),
    );
  });

  test.each(['answer', 'resolved'] as const)(
    '%s in a person’s words is a person’s mail: whoever is away may say so',
    async (kind) => {
      expect((await headers({ kind, personal: true })).join('\n')).not.toMatch(
        /Auto-Submitted|Auto-Response/,
      );
    },
  );

  test('a note is no letter, whoever wrote it', async () => {
    expect(await headers({ kind: 'note', audience: 'agent', personal: true })).toContain(
      'Auto-Submitted: auto-generated',
    );
  });

  test('the desk’s own people can file it by its List-Id; others get none, since their desks drop lists', async () => {
    for (const audience of ['agent', 'lead'] as const)
      expect(await headers({ audience })).toContain('List-ID: <support.desk.example.test>');
    for (const audience of ['requester', 'sender'] as const)
      expect((await headers({ audience })).join('\n')).not.toMatch(/^(List-|Precedence)/im);
  });
});

describe('files', () => {
  test('arrive with their names, types and every octet', async () => {
    const content = Buffer.from(Array.from({ length: 70_000 }, (_, n) => (n * 7) % 256));
    const { attachments } = await read({
      files: [file({ name: 'Prüfbericht „neu“ 🖨.pdf', contentType: 'application/pdf', content }), file()],
    });
    expect(
      attachments.map(({ filename, contentType, contentDisposition }) => [
        filename,
        contentType,
        contentDisposition,
      ]),
    ).toEqual([
      ['Prüfbericht „neu“ 🖨.pdf', 'application/pdf', 'attachment'],
      ['log.txt', 'text/plain', 'attachment'],
    ]);
    expect(attachments[0]?.content.equals(content)).toBe(true);
    expect(attachments[1]?.content.toString()).toBe('one\r\ntwo');
  });

  test('that the HTML shows ride with it; the same file unshown is a file like any other', async () => {
    const picture = file({
      name: 'shot.png',
      contentType: 'image/png',
      content: Buffer.from('PNG'),
      contentId: 'shot.1@example.com',
    });
    const shown = await read({
      content: { language: 'en', subject: 's', text: 't', html: '<img src="cid:shot.1@example.com">' },
      files: [picture],
    });
    expect(shown.attachments).toMatchObject([
      { related: true, contentDisposition: 'inline', cid: 'shot.1@example.com' },
    ]);
    const unshown = await read({ files: [picture] });
    expect(unshown.attachments).toMatchObject([{ contentDisposition: 'attachment' }]);
    expect(unshown.attachments[0]?.related).toBeFalsy();
  });

  test('cannot name a place to be written to', async () => {
    const { attachments } = await read({
      files: [
        file({ name: '../..\\etc/passwd' }),
        file({ name: '\r\n' }),
        file({ name: 'cod\u202efdp.exe' }),
      ],
    });
    expect(attachments.map(({ filename }) => filename)).toEqual(['.._.._etc_passwd', 'file-2', 'codfdp.exe']);
  });

  test('that are mail themselves travel closed, so that nobody reads their headers as ours', async () => {
    const inner = 'From: eve@example.org\r\nSubject: inner\r\nX-Replydesk-Update: answer\r\n\r\nhello\r\n';
    const given = {
      files: [file({ name: 'mail.eml', contentType: 'message/rfc822', content: Buffer.from(inner) })],
    };
    const raw = (await bytes(given)).toString();
    expect(raw).not.toContain('Subject: inner');
    expect(raw).toContain('Content-Type: application/octet-stream; name=mail.eml');
    const { attachments } = await read(given);
    expect(attachments[0]?.content.toString()).toBe(inner);
  });

  test('are what was given: a name that is a path or an address is not opened', async () => {
    const { attachments } = await read({
      files: [file({ name: 'file:///etc/passwd', content: Buffer.from('given') })],
    });
    expect(attachments[0]?.content.toString()).toBe('given');
  });
});
