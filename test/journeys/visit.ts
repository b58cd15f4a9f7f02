/** An appointment from the first word to the end of its ticket, with both sides' calendars: on a desk that reminds two hours and one before. */
import { beforeAll, expect, test } from 'vitest';
import { inZone } from '../../core/ticket/until.ts';
import { zoneOf } from '../../core/triage/presence.ts';
import { desk, later, PRIYA } from '../sample.ts';
import type { Delivered, Laptop } from './laptop.ts';

export function visit(begin: () => Laptop): void {
  const IDA = 'ida.moll@example.org';
  let laptop: Laptop;
  let id: string;
  let agent: string;
  let zone: string;
  let assignment: Delivered;
  let start: string;
  let invitation: string;

  beforeAll(() => {
    laptop = begin();
  });

  const ticket = () => laptop.ticketOf(IDA);
  /** What the mail tells its reader's calendar, unfolded. */
  const calendar = ({ attachments }: Delivered) =>
    String(attachments.find(({ name }) => name === 'invite.ics')?.content ?? '').replaceAll('\r\n ', '');
  const field = (text: string, name: string) =>
    new RegExp(`^${name}[:;](.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
  /** Ida's calendar answers to what it was invited by. */
  const answer = (method: 'REPLY' | 'COUNTER', said: string, more: string[] = []) =>
    laptop.write({
      from: IDA,
      to: /mailto:(\S+)/.exec(field(invitation, 'ORGANIZER'))?.[1] ?? '',
      subject: `${said}: The printer eats the paper`,
      text: '',
      headers: { 'Auto-Submitted': 'auto-generated' },
      attachments: [
        {
          filename: 'meeting.ics',
          contentType: `text/calendar; method=${method}`,
          content: [
            ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Example//Calendar//EN', `METHOD:${method}`],
            ...[
              'BEGIN:VEVENT',
              `UID:${field(invitation, 'UID')}`,
              `SEQUENCE:${field(invitation, 'SEQUENCE')}`,
            ],
            ...[`ATTENDEE;PARTSTAT=${said}:mailto:${IDA}`, 'DTSTAMP:20260302T090000Z', ...more],
            ...['END:VEVENT', 'END:VCALENDAR', ''],
          ].join('\r\n'),
        },
      ],
    });

  test('an agent plans an appointment, and both calendars get a copy without the other’s address', async () => {
    await laptop.write({
      from: `Ida Moll <${IDA}>`,
      subject: 'The printer eats the paper',
      text: 'It has jammed again.',
    });
    const opened = await ticket();
    id = opened.id;
    agent = opened.assignee ?? '';
    const person = desk.people.find(({ address }) => address === agent);
    if (!person) throw new Error('somebody has it');
    zone = zoneOf(person, desk);
    assignment = await laptop.mail('assignment', agent, id);
    start = inZone(later(opened.createdAt, 1.75), zone);
    await laptop.reply(assignment, agent, `I come to you.\n\n#visit ${start} 1h at your desk`, {
      proven: true,
    });
    expect((await laptop.mail('transcript', agent, id)).text).toContain(
      `An appointment is planned for ${start}`,
    );
    const invited = await laptop.mail('decided', IDA, id);
    expect(invited.text).toContain('We would like to meet you about “The printer eats the paper”');
    expect(invited.text).toContain('(Europe/Berlin)');
    expect(invited.html).toContain('This time does not suit me');
    expect(invited.raw).toMatch(/Content-Type: text\/calendar; charset=utf-8; method=REQUEST/);
    expect(invited.from).toBe('support@desk.example.test');
    invitation = calendar(invited);
    expect(invitation).toContain('METHOD:REQUEST');
    expect(field(invitation, 'DESCRIPTION')).toBe('at your desk');
    expect(field(invitation, 'ATTENDEE')).toContain(`mailto:${IDA}`);
    const copy = await laptop.mail('note', agent, id);
    expect(field(calendar(copy), 'ATTENDEE')).toContain(`PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:${agent}`);
    expect(field(calendar(copy), 'UID')).not.toBe(field(invitation, 'UID'));
    for (const part of [invited.raw, invited.text, invitation]) expect(part).not.toContain(agent);
  });

  test('what the requester’s calendar answers reaches the agent, and no machine’s mark hinders it', async () => {
    await answer('REPLY', 'ACCEPTED');
    expect((await laptop.mail('note', agent, id)).text).toContain('Ida Moll has accepted the appointment');
    expect((await ticket()).visit?.answer).toBe('accepted');
    const { messages } = await ticket();
    await answer('REPLY', 'DECLINED', ['COMMENT:I am on the train then.']);
    const declined = await laptop.mail('note', agent, id);
    expect(declined.text).toContain('Ida Moll has declined the appointment');
    expect(declined.text).toContain('I am on the train then.');
    expect((await laptop.tickets.message(id, messages + 1))?.text).toBe('I am on the train then.');
    await laptop.reply(assignment, agent, '#status\n#why', { proven: true });
    const shown = (await laptop.mail('transcript', agent, id)).text.replace(/\s+/g, ' ');
    expect(shown).toMatch(/Appointment: .*declined/);
    expect(shown).toContain('both sides are reminded of the appointment');
  });

  test('a proposed time is one button away, and moves the same event', async () => {
    const [from, to] = [
      later((await ticket()).visit?.start ?? '', 0.5),
      later((await ticket()).visit?.start ?? '', 22),
    ];
    const basic = (at: string) => at.replace(/[-:]|\.\d+/g, '');
    await answer('COUNTER', 'TENTATIVE', [`DTSTART:${basic(from)}`, `DTEND:${basic(to)}`]);
    const countered = await laptop.mail('note', agent, id);
    expect(countered.text).toContain('Ida Moll proposes another time for the appointment');
    const html = countered.html.replaceAll('&#x3D;', '=');
    const button = /mailto:([^?"]+)\?[^"]*body=(%23visit%20\d[^"]*)/.exec(html);
    const body = decodeURIComponent(button?.[2] ?? '');
    expect(body.trim()).toBe(`#visit ${inZone(from, zone)} 1290m`);
    const text = `${body.trim()}\n#waiting`;
    await laptop.write({
      from: agent,
      to: button?.[1] ?? '',
      subject: countered.subject,
      text,
      proven: true,
    });
    await laptop.mail('transcript', agent, id);
    const moved = calendar(await laptop.mail('decided', IDA, id));
    expect(field(moved, 'DTSTART')).toBe(basic(from));
    expect(Number(field(moved, 'SEQUENCE'))).toBeGreaterThan(Number(field(invitation, 'SEQUENCE')));
    for (const same of ['UID', 'ORGANIZER']) expect(field(moved, same)).toBe(field(invitation, same));
    expect(field(calendar(await laptop.mail('note', agent, id)), 'DTSTART')).toBe(basic(from));
    invitation = moved;
  });

  test('both are reminded before it', async () => {
    // A reminder that comes after the beginning is none, and what is over is not given away: a busy machine needs some seconds for each.
    await laptop.setSpeed(600);
    for (const _ of ['two hours', 'one hour']) {
      expect((await laptop.mail('decided', IDA, id)).text).toContain('A reminder of our appointment');
      expect((await laptop.mail('note', agent, id)).text).toContain('A reminder of the appointment');
    }
    await laptop.setSpeed(1);
  });

  test('it goes into other hands with the ticket, and ends with it', async () => {
    await laptop.reply(assignment, agent, `#assign ${PRIYA}`, { proven: true });
    const over = await laptop.mail('note', agent, id);
    expect(field(calendar(over), 'METHOD')).toBe('CANCEL');
    const taken = await laptop.mail('assignment', PRIYA, id);
    expect(field(calendar(taken), 'METHOD')).toBe('REQUEST');
    expect(taken.text).toContain('Appointment');
    await laptop.reply(taken, PRIYA, '#resolve', { proven: true });
    const transcript = await laptop.mail('transcript', PRIYA, id);
    expect(transcript.text).toContain('is called off');
    const off = await laptop.mail('decided', IDA, id);
    expect(off.text).toContain('does not take place');
    expect(field(calendar(off), 'METHOD')).toBe('CANCEL');
    expect(field(calendar(off), 'UID')).toBe(field(invitation, 'UID'));
    expect(field(calendar(await laptop.mail('note', PRIYA, id)), 'METHOD')).toBe('CANCEL');
    await answer('REPLY', 'ACCEPTED');
    await laptop.until(
      'the late answer',
      async () =>
        (
          await laptop.ledger.list(
            5,
            ({ reason, detail }) => reason === 'visit-answer' && detail.includes('not planned'),
          )
        )[0],
    );
    expect((await ticket()).status).toBe('resolved');
    const outside = laptop.delivered.filter(({ to }) => to === IDA);
    for (const mail of outside) for (const inside of [agent, PRIYA]) expect(mail.raw).not.toContain(inside);
    expect(laptop.faults).toEqual([]);
  });
}
