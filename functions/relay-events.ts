/** The stream's reader on which others wait: hands each event to the queues of those who act on it, and thinks of nothing else. */
import * as z from 'zod/mini';
import { type WatchRequest, wakeAt, watchRequest } from '../core/ticket/turn.ts';
import { stream, type World } from './handler.ts';
import type { Telling, UpdateRequest } from './send-update.ts';

/** The table's keys, and of the event what those who act on it need, as the stream writes it. */
export const StreamedEvent = z.object({
  Keys: z.object({
    pk: z.object({ S: z.string() }),
    sk: z.object({ S: z.string().check(z.startsWith('EVENT#')) }),
  }),
  NewImage: z.object({
    event: z.object({
      M: z.object({
        kind: z.object({ S: z.string() }),
        at: z.optional(z.object({ S: z.string() })),
        generation: z.optional(z.object({ N: z.string() })),
        nextAt: z.optional(z.object({ S: z.string() })),
        leavesAt: z.optional(z.object({ S: z.string() })),
        // Some say that there is none.
        message: z.optional(z.object({ N: z.optional(z.string()) })),
        // They only save a call: an event in which they are something else must not hold up the stream.
        acknowledge: z.optional(z.object({ BOOL: z.optional(z.boolean()) })),
        requester: z.optional(
          z.object({
            M: z.optional(z.object({ address: z.optional(z.object({ S: z.optional(z.string()) })) })),
          }),
        ),
      }),
    }),
  }),
});

type Streamed = z.output<typeof StreamedEvent>;

export const handler = stream(StreamedEvent, relayEvents);

/** Returns the places of the events that were not taken. A repeat sends the same messages again; their readers recognise them. */
export async function relayEvents(events: Streamed[], world: World): Promise<number[]> {
  const placed = events.map((event, place) => ({ event, place, to: destination(event) }));
  const toUpdates = inRequests(
    placed.filter(({ to }) => to === 'updates'),
    world.now(),
  );
  const toWatches = placed.filter(({ to }) => to === 'watches');
  const [updatesLeft, watchesLeft] = await Promise.all([
    world.updatesQueue.sendAll(
      toUpdates.map(requestOf),
      toUpdates.map(({ held }) => held),
    ),
    world.watchesQueue.sendAll(toWatches.map(({ event }) => toStart(event))),
  ]);
  return [
    ...updatesLeft.flatMap((index) => toUpdates[index]?.places ?? []),
    ...watchesLeft.flatMap((index) => toWatches[index]?.place ?? []),
  ];
}

/** Of one ticket or mail; `held` in seconds. */
interface Request {
  pk: string;
  held: number;
  first: Telling;
  others: Telling[];
  places: number[];
}

/** Few enough that all their mails leave within the time of one call, however much is attached to them. */
const MOST_TOGETHER = 4;

/** What happens to a ticket at once, as when it is opened and given to somebody, is told in one call, which reads it once. */
function inRequests(placed: { event: Streamed; place: number }[], now: string): Request[] {
  const requests: Request[] = [];
  for (const { event, place } of placed) {
    const [pk, held, telling] = [event.Keys.pk.S, secondsHeld(event, now), toTell(event)];
    const open = requests.findLast((each) => each.pk === pk && each.held === 0);
    if (open && held === 0 && pk.startsWith('T#') && open.places.length < MOST_TOGETHER) {
      open.others.push(telling);
      open.places.push(place);
    } else requests.push({ pk, held, first: telling, others: [], places: [place] });
  }
  return requests;
}

/** Of one event as an earlier release asks and understands it. What it does not understand comes again after minutes. */
function requestOf({ pk, first, others }: Request): UpdateRequest {
  return others.length === 0 ? { pk, ...first } : { pk, events: [first, ...others] };
}

/** Events of a ticket of which nobody is ever told: no message, no invocation, no cost. `updatesFor` is the full story. */
const SILENT = new Set([
  'started',
  'prioritised',
  'categorised',
  'paused',
  'delivery-delayed',
  'automatic-mail-received',
  'update-withheld',
  'given-to-team',
  'copies-changed',
  'watched',
  'linked',
  'split-off',
  'cloned',
  'checklist-begun',
  'unwatched',
  'retyped',
  'tagged',
  'time-spent',
  'field-set',
  'fix-recorded',
  'articles-offered',
  'service-begun',
  'facts-answered',
  'self-served',
  'helped',
  'approval-voted',
  'deescalated',
  'muted',
  'blocked',
  'unblocked',
  'reckoned-anew',
  'kept',
  'left',
  'undone',
  'not-accepted',
  'snoozed',
  'due-set',
  // A morning on which somebody's digest had nothing in it.
  'nothing-to-tell',
]);

function destination({ Keys, NewImage }: Streamed): 'updates' | 'watches' | 'nobody' {
  const kind = NewImage.event.M.kind.S;
  if (kind === 'watch-started') return 'watches';
  // What stands with a mail is for somebody, whatever its kind: `left` is an answer in a ticket, and a person there.
  return SILENT.has(kind) && !Keys.pk.S.startsWith('MAIL#') ? 'nobody' : 'updates';
}

/** Their mails show the first message, which is the request. */
const OF_THE_REQUEST = new Set(['assigned', 'approval-asked', 'approval-reminded', 'extension-asked']);

function toTell({ Keys, NewImage }: Streamed): Telling {
  const { kind, message, acknowledge, requester } = NewImage.event.M;
  const shown = Number(message?.N ?? (OF_THE_REQUEST.has(kind.S) ? 1 : 0));
  const reader = kind.S === 'opened' && acknowledge?.BOOL && requester?.M?.address?.S;
  return { sk: Keys.sk.S, ...(shown > 0 ? { message: shown } : {}), ...(reader ? { reader } : {}) };
}

/** SQS takes no more; core/config/desk.ts allows no more. */
const MOST_SECONDS = 900;

function secondsHeld({ NewImage }: Streamed, now: string): number {
  const { leavesAt } = NewImage.event.M;
  if (!leavesAt) return 0;
  const seconds = Math.ceil((Date.parse(leavesAt.S) - Date.parse(now)) / 1000);
  return Math.min(Math.max(seconds, 0), MOST_SECONDS);
}

/** What was reckoned with the ticket, and not anew: whoever changes it begins a generation only for what comes before that. */
function toStart({ Keys, NewImage }: Streamed): WatchRequest {
  const { at, generation, nextAt } = NewImage.event.M;
  const wake = at && nextAt && wakeAt({ startedAt: at.S }, nextAt.S);
  return watchRequest(Keys.pk.S.slice('T#'.length), Number(generation?.N), wake);
}
