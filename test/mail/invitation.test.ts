/** What a calendar in a mail is told as, and read as an answer. */
import { expect, test } from 'vitest';
import { describeInvitation, readCalendarAnswer } from '../../core/mail/invitation.ts';

const calendarOf = (event: string, more = '') =>
  `BEGIN:VcalendarOfENDAR\r\n${more}BEGIN:VEVENT\r\nUID:1\r\n${event}END:VEVENT\r\nEND:VcalendarOfENDAR\r\n`;
const AT = 'DTSTART:20261105T090000Z\r\nDTEND:20261105T100000Z\r\n';
const zone = (rule: string, changes = 1) =>
  `BEGIN:VTIMEZONE\r\nTZID:X\r\n${`BEGIN:STANDARD\r\nDTSTART:19701025T030000\r\n${rule}TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n`.repeat(changes)}END:VTIMEZONE\r\n`;

test.each<[what: string, more: string, event: string, told: string | null, answer: string | null]>([
  [
    'an invitation',
    'METHOD:REQUEST\r\n',
    `SUMMARY:Server move\r\nLOCATION:Room 3\r\n${AT}`,
    '[Invitation: Server move, 2026-11-05 09:00 to 10:00 (UTC), Room 3]',
    null,
  ],
  [
    'an event without a method',
    '',
    `SUMMARY:Server move\r\n${AT}`,
    '[Event: Server move, 2026-11-05 09:00 to 10:00 (UTC)]',
    null,
  ],
  [
    'one that is called off',
    'METHOD:cancel\r\n',
    `SUMMARY:Server move\r\n${AT}`,
    '[Cancelled: Server move, 2026-11-05 09:00 to 10:00 (UTC)]',
    null,
  ],
  [
    'one without a title',
    'METHOD:PUBLISH\r\n',
    AT,
    '[Event: without a title, 2026-11-05 09:00 to 10:00 (UTC)]',
    null,
  ],
  [
    'a whole day',
    'METHOD:REQUEST\r\n',
    'SUMMARY:Fair\r\nDTSTART;VALUE=DATE:20261105\r\nDTEND;VALUE=DATE:20261106\r\n',
    '[Invitation: Fair, 2026-11-05]',
    null,
  ],
  [
    'one that ends on another day',
    'METHOD:REQUEST\r\n',
    'SUMMARY:Night\r\nDTSTART:20261105T220000Z\r\nDTEND:20261106T060000Z\r\n',
    '[Invitation: Night, 2026-11-05 22:00 to 2026-11-06 06:00 (UTC)]',
    null,
  ],
  [
    'one without an end',
    'METHOD:REQUEST\r\n',
    'SUMMARY:Call\r\nDTSTART:20261105T220000Z\r\n',
    '[Invitation: Call, 2026-11-05 22:00 (UTC)]',
    null,
  ],
  [
    'one in a named zone',
    'METHOD:REQUEST\r\n',
    'SUMMARY:Call\r\nDTSTART;TZID=Europe/Berlin:20261105T100000\r\nDTEND;TZID=Europe/Berlin:20261105T110000\r\n',
    '[Invitation: Call, 2026-11-05 10:00 to 11:00 (Europe/Berlin)]',
    null,
  ],
  [
    'one in no zone',
    'METHOD:REQUEST\r\n',
    'SUMMARY:Call\r\nDTSTART:20261105T100000\r\nDTEND:20261105T110000\r\n',
    '[Invitation: Call, 2026-11-05 10:00 to 11:00]',
    null,
  ],
  ['one without a time', 'METHOD:REQUEST\r\n', 'SUMMARY:Call\r\n', null, null],
  [
    'a title of two lines',
    'METHOD:REQUEST\r\n',
    `SUMMARY:Server\\nmove\r\n${AT}`,
    '[Invitation: Server move, 2026-11-05 09:00 to 10:00 (UTC)]',
    null,
  ],
  [
    'a title that is too long',
    'METHOD:REQUEST\r\n',
    `SUMMARY:${'x'.repeat(400)}\r\n${AT}`,
    `[Invitation: ${'x'.repeat(300)}, 2026-11-05 09:00 to 10:00 (UTC)]`,
    null,
  ],
  [
    'who accepts',
    'METHOD:REPLY\r\n',
    `SUMMARY:Call\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:Nora@example.org\r\nSEQUENCE:2\r\n${AT}`,
    '[Answer to an invitation: Call, accepted, 2026-11-05 09:00 to 10:00 (UTC)]',
    'accepted | 1 | 2 | nora@example.org | 2026-11-05T09:00:00.000Z | 2026-11-05T10:00:00.000Z |  | ',
  ],
  [
    'who declines with a word of Google’s',
    'METHOD:REPLY\r\nPRODID:Google\r\n',
    `SUMMARY:Call\r\nATTENDEE;PARTSTAT=declined;X-RESPONSE-COMMENT=I am ill:mailto:nora@example.org\r\n${AT}`,
    '[Answer to an invitation: Call, declined, 2026-11-05 09:00 to 10:00 (UTC)]',
    'declined | 1 | – | nora@example.org | 2026-11-05T09:00:00.000Z | 2026-11-05T10:00:00.000Z | I am ill | Google',
  ],
  [
    'who comes perhaps, with a comment',
    'METHOD:REPLY\r\n',
    `SUMMARY:Call\r\nATTENDEE;PARTSTAT=TENTATIVE:mailto:nora@example.org\r\nCOMMENT: Perhaps later \r\n${AT}`,
    '[Answer to an invitation: Call, tentative, 2026-11-05 09:00 to 10:00 (UTC)]',
    'tentative | 1 | – | nora@example.org | 2026-11-05T09:00:00.000Z | 2026-11-05T10:00:00.000Z | Perhaps later | ',
  ],
  [
    'who says nothing yet',
    'METHOD:REPLY\r\n',
    `SUMMARY:Call\r\nATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:nora@example.org\r\n${AT}`,
    '[Answer to an invitation: Call, 2026-11-05 09:00 to 10:00 (UTC)]',
    null,
  ],
  [
    'who proposes another time',
    'METHOD:COUNTER\r\n',
    `SUMMARY:Call\r\nATTENDEE;PARTSTAT=TENTATIVE:mailto:nora@example.org\r\n${AT}`,
    '[Another time proposed: Call, 2026-11-05 09:00 to 10:00 (UTC)]',
    'countered | 1 | – | nora@example.org | 2026-11-05T09:00:00.000Z | 2026-11-05T10:00:00.000Z |  | ',
  ],
  [
    'who proposes one in a named zone',
    'METHOD:COUNTER\r\n',
    'SUMMARY:Call\r\nATTENDEE:mailto:nora@example.org\r\nDTSTART;TZID=Europe/Berlin:20261105T100000\r\nDTEND;TZID=Europe/Berlin:20261105T110000\r\n',
    '[Another time proposed: Call, 2026-11-05 10:00 to 11:00 (Europe/Berlin)]',
    'countered | 1 | – | nora@example.org | 2026-11-05T09:00:00.000Z | 2026-11-05T10:00:00.000Z |  | ',
  ],
  [
    'who proposes one in a zone that nobody knows',
    'METHOD:COUNTER\r\n',
    'SUMMARY:Call\r\nATTENDEE:mailto:nora@example.org\r\nDTSTART;TZID=Nowhere:20261105T100000\r\nDTEND;TZID=Nowhere:20261105T110000\r\n',
    '[Another time proposed: Call, 2026-11-05 10:00 to 11:00 (Nowhere)]',
    'countered | 1 | – | nora@example.org | – | – |  | ',
  ],
  [
    'who proposes a whole day',
    'METHOD:COUNTER\r\n',
    'SUMMARY:Call\r\nATTENDEE:mailto:nora@example.org\r\nDTSTART;VALUE=DATE:20261105\r\n',
    '[Another time proposed: Call, 2026-11-05]',
    'countered | 1 | – | nora@example.org | – | – |  | ',
  ],
  [
    'an answer without a time',
    'METHOD:REPLY\r\n',
    'ATTENDEE;PARTSTAT=ACCEPTED:mailto:nora@example.org\r\n',
    null,
    'accepted | 1 | – | nora@example.org | – | – |  | ',
  ],
  [
    'an answer of nobody',
    'METHOD:REPLY\r\n',
    AT,
    '[Answer to an invitation: without a title, 2026-11-05 09:00 to 10:00 (UTC)]',
    null,
  ],
  [
    'a zone that changes each year',
    `METHOD:REQUEST\r\n${zone('RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n')}`,
    `SUMMARY:Call\r\n${AT}`,
    '[Invitation: Call, 2026-11-05 09:00 to 10:00 (UTC)]',
    null,
  ],
  [
    'a zone that has changed forty times, and does so no more',
    `METHOD:REQUEST\r\n${zone('', 40)}`,
    `SUMMARY:Call\r\n${AT}`,
    '[Invitation: Call, 2026-11-05 09:00 to 10:00 (UTC)]',
    null,
  ],
  [
    'a zone of more changes than there are on earth',
    `METHOD:REQUEST\r\n${zone('', 41)}`,
    `SUMMARY:Call\r\n${AT}`,
    null,
    null,
  ],
  [
    'a talk with more reminders than a zone has changes',
    'METHOD:REQUEST\r\n',
    `SUMMARY:Talk\r\n${AT}${'BEGIN:VALARM\r\nTRIGGER:-PT10M\r\nEND:VALARM\r\n'.repeat(41)}`,
    '[Invitation: Talk, 2026-11-05 09:00 to 10:00 (UTC)]',
    null,
  ],
  [
    'a zone whose years are none apart',
    `METHOD:REQUEST\r\n${zone('RRULE:FREQ=YEARLY;INTERVAL=0;BYMONTH=10;BYDAY=-1SU\r\n')}`,
    'SUMMARY:Call\r\nDTSTART;TZID=X:20261105T100000\r\nDTEND;TZID=X:20261105T110000\r\n',
    '[Invitation: Call, 2026-11-05 10:00 to 11:00 (X)]',
    null,
  ],
  [
    'a zone that changes each minute',
    `METHOD:REQUEST\r\n${zone('RRULE:FREQ=MINUTELY\r\n')}`,
    `SUMMARY:Call\r\n${AT}`,
    null,
    null,
  ],
  [
    'a zone that changes often in a year',
    `METHOD:REQUEST\r\n${zone('RRULE:FREQ=YEARLY;BYMONTH=1,2,3;BYDAY=1SU\r\n')}`,
    `SUMMARY:Call\r\n${AT}`,
    null,
    null,
  ],
  [
    'a zone with two rules',
    `METHOD:REQUEST\r\n${zone('RRULE:FREQ=YEARLY;BYMONTH=1\r\nRRULE:FREQ=YEARLY;BYMONTH=2\r\n')}`,
    `SUMMARY:Call\r\n${AT}`,
    null,
    null,
  ],
])('%s', async (_, more, event, told, answer) => {
  const calendar = calendarOf(event, more);
  expect(await describeInvitation(calendar)).toBe(told);
  const found = await readCalendarAnswer(calendar);
  const facts = found && [found.answer, found.uid, found.sequence, found.attendee, found.start, found.end];
  expect(facts && [...facts, found?.comment, found?.program].map((each) => each ?? '–').join(' | ')).toBe(
    answer,
  );
});
