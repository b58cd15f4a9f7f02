import { describe, expect, test } from 'vitest';
import { readForward } from '../../core/mail/forward.ts';
import { read, written } from './written.ts';

const forward = async (text: string, fields: Record<string, string> = { Subject: 'Fwd: VPN' }) =>
  readForward(await written(fields, text));
const joerg = { address: 'joerg@customer.example', name: 'Jörg Ohm' };

describe('an attached message', () => {
  test('is the original, whatever the text says', async () => {
    expect(readForward(await read('attached-message'))).toEqual({
      from: joerg,
      to: [{ address: 'grace@example.test', name: 'Grace' }],
      cc: [],
      subject: 'VPN does not connect',
      date: '2026-11-01T18:00:00.000Z',
      text: 'Das VPN läuft nicht.',
    });
  });

  test('of a bounce is our own mail, and no forward', async () => {
    expect(readForward(await read('not-delivered'))).toBeNull();
  });
});

describe('a block of text', () => {
  test.each([
    [
      'Gmail',
      '---------- Forwarded message ---------\nFrom: Jörg Ohm <joerg@customer.example>\nDate: Sun, Nov 1, 2026 at 6:00 PM\nSubject: VPN does not connect\nTo: <grace@example.test>\n\n\nIt fails.',
    ],
    [
      'Gmail in German',
      '---------- Forwarded message ---------\nVon: Jörg Ohm <joerg@customer.example>\nDate: So., 1. Nov. 2026 um 18:00 Uhr\nSubject: VPN does not connect\nTo: <grace@example.test>\n\nIt fails.',
    ],
    [
      'Apple Mail',
      '> Begin forwarded message:\n>\n> From: Jörg Ohm <joerg@customer.example>\n> Subject: VPN does not connect\n> Date: 1 November 2026 at 18:00:00 GMT\n> To: grace@example.test\n>\n> It fails.',
    ],
    [
      'Apple Mail in French',
      'Début du message réexpédié :\n\n> De: Jörg Ohm <joerg@customer.example>\n> Objet: VPN does not connect\n> Date: 1 novembre 2026 à 18:00:00 UTC\n> À: grace@example.test\n>\n> It fails.',
    ],
    [
      'Outlook',
      '________________________________\nFrom: Jörg Ohm <joerg@customer.example>\nSent: Sunday, November 1, 2026 18:00\nTo: grace@example.test <grace@example.test>\nSubject: VPN does not connect\n\nIt fails.',
    ],
    [
      'Outlook in Italian',
      'Da: Jörg Ohm <joerg@customer.example>\nData: domenica, 1 novembre 2026 18:00\nA: grace@example.test <grace@example.test>\nOggetto: VPN does not connect\nIt fails.',
    ],
    [
      'Thunderbird',
      '-------- Weitergeleitete Nachricht --------\nBetreff: \tVPN does not connect\nDatum: \tSun, 1 Nov 2026 18:00:00 +0000\nVon: \tJörg Ohm <joerg@customer.example>\nAn: \tgrace@example.test\n\n\nIt fails.',
    ],
    [
      'Yahoo',
      '  ----- Forwarded Message ----- From: Jörg Ohm <joerg@customer.example>To: "grace@example.test" <grace@example.test>Sent: Sunday, November 1, 2026, 06:00:00 PM GMTSubject: VPN does not connect\nIt fails.',
    ],
    [
      'MailMate',
      'Forwarded message:\n\n> From: Jörg Ohm <joerg@customer.example>\n> To: grace@example.test\n> Subject: VPN does not connect\n> Date: Sun, 1 Nov 2026 18:00:00 +0000\n>\n> It fails.',
    ],
  ])('of %s', async (_, block) => {
    expect(await forward(`See below.\n\n${block}\n`)).toEqual({
      from: joerg,
      to: [{ address: 'grace@example.test', name: '' }],
      cc: [],
      subject: 'VPN does not connect',
      date: '2026-11-01T18:00:00.000Z',
      text: 'It fails.',
    });
  });

  test('the line of a reply below a separator', async () => {
    const block =
      '-------- Пересылаемое сообщение --------\n01.11.2026, 18:00, "Jörg Ohm" <joerg@customer.example>:\n\nIt fails.';
    expect(await forward(block)).toMatchObject({ from: joerg, subject: 'VPN', text: 'It fails.' });
  });

  test.each([
    ['Czech', 'Od', 'Předmět', 'Komu'],
    ['Finnish', 'Lähettäjä', 'Aihe', 'Vastaanottaja'],
    ['Hungarian', 'Feladó', 'Tárgy', 'Címzett'],
    ['Japanese', '差出人', '件名', '宛先'],
    ['Polish', 'Od', 'Temat', 'Do'],
    ['Portuguese', 'De', 'Assunto', 'Para'],
    ['Russian', 'От', 'Тема', 'Кому'],
    ['Swedish', 'Från', 'Ämne', 'Till'],
    ['Turkish', 'Kimden', 'Konu', 'Kime'],
  ])('with labels in %s', async (_, from, subject, to) => {
    expect(
      await forward(
        `${from}: Jörg Ohm <joerg@customer.example>\n${subject}: VPN\n${to}: grace@example.test\n\nIt fails.`,
      ),
    ).toMatchObject({ from: joerg, subject: 'VPN', text: 'It fails.' });
  });

  test('several recipients, with commas in their names', async () => {
    const block =
      'From: Ohm, Jörg <joerg@customer.example>\nSent: Sunday\nTo: Hall, Grace <grace@example.test>; bob@example.test <bob@example.test>\nCc: Team\nSubject: VPN';
    expect(await forward(block)).toMatchObject({
      from: { address: 'joerg@customer.example', name: 'Ohm, Jörg' },
      to: [
        { address: 'grace@example.test', name: 'Hall, Grace' },
        { address: 'bob@example.test', name: '' },
      ],
      cc: [{ address: '', name: 'Team' }],
    });
  });

  test('a line of a reply above it counts when the subject says that it is passed on', async () => {
    expect(
      await forward('On 01/11/2026 18:00, "Jörg Ohm" <joerg@customer.example> wrote:\n\n    It fails.'),
    ).toMatchObject({ from: joerg, subject: 'VPN', text: 'It fails.' });
  });
});

describe('look-alikes', () => {
  test.each<[string, Record<string, string>, string]>([
    [
      'a reply that quotes a header block',
      { Subject: 'Re: VPN' },
      'Thanks!\n\n________________________________\nFrom: Jörg Ohm <joerg@customer.example>\nSent: Sunday\nTo: Ada\nSubject: VPN\n\nIt fails.',
    ],
    [
      'an answer whose subject lost its prefix',
      { Subject: 'VPN', 'In-Reply-To': '<a@example.org>' },
      'Thanks!\n\nFrom: Jörg Ohm <joerg@customer.example>\nSent: Sunday\nTo: Ada\nSubject: VPN\n\nIt fails.',
    ],
    [
      'a reply',
      { Subject: 'VPN' },
      'Thanks!\n\nOn Sun, 1 Nov 2026, Jörg Ohm <joerg@customer.example> wrote:\n> It fails.',
    ],
    ['a signature', { Subject: 'VPN' }, 'Hello\n\nAda Ohm\nPhone: 12345\nFax: 67890\nTo: be called'],
    ['a mail that speaks of one', { Subject: 'VPN' }, 'I got a forwarded message from Jörg.'],
  ])('%s is no forward', async (_, fields, text) => {
    expect(await forward(text, fields)).toBeNull();
  });
});

/** The block as programs write it, and what people do with it. */
describe('what is passed on', () => {
  const BLOCK = 'From: Jörg Ohm <joerg@customer.example>\nTo: Ada\nSubject: VPN';
  const GMAIL = '---------- Forwarded message ---------';
  const quoted = (t: string) =>
    t
      .split('\n')
      .map((l) => `> ${l}`)
      .join('\n');
  const head = (given: string) =>
    `---------- Forwarded message ---------\nFrom: Jörg Ohm <joerg@customer.example>\nDate: Sun, 1 Nov 2026 18:00:00 +0000\nTo: ${given}\nSubject: VPN\n\nIt fails.`;

  test.each<[printed: string, people: string]>([
    ['Ada Ohm <ada@example.org>', 'Ada Ohm <ada@example.org>'],
    ['ada@example.org', ' <ada@example.org>'],
    ['<ada@example.org>', ' <ada@example.org>'],
    ['"Ohm, Ada" <ada@example.org>', 'Ohm, Ada <ada@example.org>'],
    [
      'Ohm, Ada <ada@example.org>; Hall, Grace <grace@example.test>',
      'Ohm, Ada <ada@example.org>; Hall, Grace <grace@example.test>',
    ],
    [
      'Ada <ada@example.org>, Grace <grace@example.test>',
      'Ada <ada@example.org>; Grace <grace@example.test>',
    ],
    ['ada@example.org, grace@example.test', ' <ada@example.org>;  <grace@example.test>'],
    ['Ada Ohm [mailto:ada@example.org]', 'Ada Ohm <ada@example.org>'],
    ['Ada Ohm <mailto:ada@example.org>', 'Ada Ohm <ada@example.org>'],
    ['* Ada Ohm <ada@example.org>', 'Ada Ohm <ada@example.org>'],
    ['ada@example.org <ada@example.org>', ' <ada@example.org>'],
    ['Ada Ohm', 'Ada Ohm <>'],
    ['Ohm, Ada; Hall, Grace; ;', 'Ohm, Ada <>; Hall, Grace <>'],
    ['=?utf-8?Q?J=C3=B6rg?= <joerg@example.org>', 'Jörg <joerg@example.org>'],
    ['«Ada» <ada@example.org>', 'Ada <ada@example.org>'],
    ["'Ada Ohm' <ada@example.org>", 'Ada Ohm <ada@example.org>'],
    ['ADA@Example.ORG', ' <ada@example.org>'],
    ['ada at example', 'ada at example <>'],
    ['Ada <ada@>', ''],
  ])('is for people as they are printed: %s', async (printed, people) => {
    const found = (await forward(head(printed)))?.to ?? [];
    expect(found.map(({ name, address }) => `${name} <${address}>`).join('; ')).toBe(people);
  });

  test.each<[what: string, fields: Record<string, string>, text: string, read: string]>([
    [
      'a body that is quoted below a header that is not',
      { Subject: 'Fwd: VPN' },
      `${GMAIL}\n${BLOCK}\n\n> It fails.\n>\n> Jörg`,
      'Jörg Ohm <joerg@customer.example> | Ada |  | VPN |  | It fails.⏎⏎Jörg',
    ],
    [
      'a body of which only some lines are quoted',
      { Subject: 'Fwd: VPN' },
      `${GMAIL}\n${BLOCK}\n\n> It failed?\n\nIt fails.`,
      'Jörg Ohm <joerg@customer.example> | Ada |  | VPN |  | > It failed?⏎⏎It fails.',
    ],
    [
      'a block that is quoted whole, with the forwarder below',
      { Subject: 'Fwd: VPN' },
      `See:\n\n${quoted(`${BLOCK}\n\nIt fails.`)}\n\nPlease help him.`,
      'Jörg Ohm <joerg@customer.example> | Ada |  | VPN |  | It fails.',
    ],
    [
      'a quoted line that was wrapped',
      { Subject: 'Fwd: VPN' },
      `See:\n\n${quoted(`${BLOCK}\n\nIt fails when`)}\nI sign in.\n> Always.`,
      'Jörg Ohm <joerg@customer.example> | Ada |  | VPN |  | It fails when⏎I sign in.⏎Always.',
    ],
    [
      'nothing below the header',
      { Subject: 'Fwd: VPN' },
      `${GMAIL}\n${BLOCK}\n`,
      'Jörg Ohm <joerg@customer.example> | Ada |  | VPN |  | ',
    ],
    [
      'a header of one field below a separator',
      { Subject: 'Fwd: VPN' },
      `${GMAIL}\nFrom: Jörg Ohm <joerg@customer.example>\n\nIt fails.`,
      'nobody |  |  | VPN |  | From: Jörg Ohm <joerg@customer.example>⏎⏎It fails.',
    ],
    [
      'no header below a separator',
      { Subject: 'Fwd: VPN' },
      `${GMAIL}\n\nIt fails.`,
      'nobody |  |  | VPN |  | It fails.',
    ],
    [
      'no subject, and one of the mail',
      { Subject: 'Fwd: VPN is down' },
      `${GMAIL}\nFrom: Jörg Ohm <joerg@customer.example>\nDate: Sun, 1 Nov 2026 18:00:00 +0000\n\nIt fails.`,
      'Jörg Ohm <joerg@customer.example> |  |  | VPN is down | 2026-11-01T18:00:00.000Z | It fails.',
    ],
    [
      'no subject, and words above',
      { Subject: 'Fwd: VPN is down' },
      `See.\n\n${GMAIL}\nFrom: Jörg Ohm <joerg@customer.example>\nDate: Sun, 1 Nov 2026 18:00:00 +0000\n\nIt fails.`,
      'Jörg Ohm <joerg@customer.example> |  |  |  | 2026-11-01T18:00:00.000Z | It fails.',
    ],
    [
      'no subject anywhere',
      { Subject: '' },
      `${GMAIL}\nFrom: Jörg Ohm <joerg@customer.example>\nDate: Sun, 1 Nov 2026 18:00:00 +0000\n\nIt fails.`,
      'Jörg Ohm <joerg@customer.example> |  |  |  | 2026-11-01T18:00:00.000Z | It fails.',
    ],
    [
      'blank lines below the separator',
      { Subject: 'Fwd: VPN' },
      `${GMAIL}\n\n\n\n${BLOCK}\n\nIt fails.`,
      'Jörg Ohm <joerg@customer.example> | Ada |  | VPN |  | It fails.',
    ],
    [
      'too many blank lines below it',
      { Subject: 'Fwd: VPN' },
      `${GMAIL}\n\n\n\n\n\n${BLOCK}\n\nIt fails.`,
      'nobody |  |  | VPN |  | From: Jörg Ohm <joerg@customer.example>⏎To: Ada⏎Subject: VPN⏎⏎It fails.',
    ],
    [
      'a rule above the header',
      { Subject: 'VPN' },
      `See.\n\n________________________________\n\n${BLOCK}\n\nIt fails.`,
      'Jörg Ohm <joerg@customer.example> | Ada |  | VPN |  | It fails.',
    ],
    [
      'a header in a new mail',
      { Subject: 'VPN' },
      `See.\n\n${BLOCK}\n\nIt fails.`,
      'Jörg Ohm <joerg@customer.example> | Ada |  | VPN |  | It fails.',
    ],
    [
      'a header in an answer',
      { Subject: 'VPN', References: '<a@example.org>' },
      `See.\n\n${BLOCK}\n\nIt fails.`,
      'nothing',
    ],
    [
      'a separator of forwards in an answer',
      { Subject: 'Re: VPN', References: '<a@example.org>' },
      `See.\n\n${GMAIL}\n${BLOCK}\n\nIt fails.`,
      'Jörg Ohm <joerg@customer.example> | Ada |  | VPN |  | It fails.',
    ],
    [
      'the line of a reply, by a forward’s subject',
      { Subject: 'Fwd: VPN' },
      'See.\n\nOn 1 Nov 2026, at 18:00, Jörg Ohm <joerg@customer.example> wrote:\n\n> It fails.\n> Always.',
      'Jörg Ohm <joerg@customer.example> |  |  | VPN | 2026-11-01T18:00:00.000Z | It fails.⏎Always.',
    ],
    [
      'the line of a reply without an address',
      { Subject: 'Fwd: VPN' },
      'On 1 Nov 2026, at 18:00, Jörg Ohm wrote:\n\n> It fails.',
      'nothing',
    ],
    [
      'a quoted name in it',
      { Subject: 'Fwd: VPN' },
      'On 1 Nov 2026 at 18:00, “Jörg Ohm” <joerg@customer.example> wrote:\n\nIt fails.',
      'Jörg Ohm <joerg@customer.example> |  |  | VPN | 2026-11-01T18:00:00.000Z | It fails.',
    ],
    [
      'an attached mail',
      { Subject: 'Hello', 'Content-Type': 'multipart/mixed; boundary=b' },
      '--b\r\nContent-Type: text/plain\r\n\r\nSee.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: Ida <ida@example.org>\r\nTo: max@example.org\r\nCc: ole@example.net\r\nDate: Sun, 1 Nov 2026 18:00:00 +0000\r\nSubject: VPN\r\n\r\nIt fails.\r\n--b--\r\n',
      'Ida <ida@example.org> | max@example.org | ole@example.net | VPN | 2026-11-01T18:00:00.000Z | It fails.',
    ],
    [
      'an attached mail without a subject',
      { Subject: 'Hello', 'Content-Type': 'multipart/mixed; boundary=b' },
      '--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: Ida <ida@example.org>\r\n\r\nIt fails.\r\n--b--\r\n',
      'Ida <ida@example.org> |  |  |  |  | It fails.',
    ],
    [
      'an attached mail below a long letter',
      { Subject: 'Hello', 'Content-Type': 'multipart/mixed; boundary=b' },
      `--b\r\nContent-Type: text/plain\r\n\r\n${'See the mail. '.repeat(150)}\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: Ida <ida@example.org>\r\nSubject: VPN\r\n\r\nIt fails.\r\n--b--\r\n`,
      'nothing',
    ],
    [
      'an attached mail below a long letter that passes it on',
      { Subject: 'Fwd: Hello', 'Content-Type': 'multipart/mixed; boundary=b' },
      `--b\r\nContent-Type: text/plain\r\n\r\n${'See the mail. '.repeat(150)}\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: Ida <ida@example.org>\r\nSubject: VPN\r\n\r\nIt fails.\r\n--b--\r\n`,
      'Ida <ida@example.org> |  |  | VPN |  | It fails.',
    ],
    [
      'two attached mails',
      { Subject: 'Hello', 'Content-Type': 'multipart/mixed; boundary=b' },
      '--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: Ida <ida@example.org>\r\n\r\nOne\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: Max <max@example.org>\r\n\r\nTwo\r\n--b--\r\n',
      'nothing',
    ],
    [
      'HTML alone',
      { Subject: 'Fwd: VPN', 'Content-Type': 'text/html' },
      `<p>See.</p><p>${GMAIL}<br>From: Jörg Ohm &lt;joerg@customer.example&gt;<br>To: Ada<br>Subject: VPN<br></p><p>It fails.</p>`,
      'Jörg Ohm <joerg@customer.example> | Ada |  | VPN |  | It fails.',
    ],
  ])('is read from %s', async (_, fields, text, read) => {
    const found = await forward(text, fields);
    const shown = (people: { name: string; address: string }[]) =>
      people.map(({ name, address }) => name || address).join(', ');
    const from = found?.from ? `${found.from.name} <${found.from.address}>` : 'nobody';
    const words = found?.text.replaceAll('\n', '⏎');
    expect(
      found
        ? [from, shown(found.to), shown(found.cc), found.subject, found.date, words].join(' | ')
        : 'nothing',
    ).toBe(read);
  });
});
