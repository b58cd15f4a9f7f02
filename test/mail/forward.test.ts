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
