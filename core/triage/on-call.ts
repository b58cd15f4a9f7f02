/** Who is called when nobody is at work: a rota of a team's people, a week each in turn. */
import { Temporal } from 'temporal-polyfill';
import type { Desk, Person, Priority } from '../config/desk.ts';

export interface Called {
  person: Person;
  /** When the week ends, ISO 8601 UTC. */
  until: string;
  /** Those whose turn it was before his. */
  instead: Person[];
}

/**
 * Whose turn it is for this team and priority; null when there is no rota for it, it has not begun yet, or nobody of it
 * is left. Who `isOut` is passed over for the next, and whoever comes after the last is the first again.
 */
export function onCall(
  { team, priority }: { team: string; priority: Priority },
  desk: Pick<Desk, 'teams' | 'people' | 'timezone'>,
  now: string,
  isOut: (person: Person) => boolean,
): Called | null {
  const rota = desk.teams.find(({ name }) => name === team)?.onCall;
  if (!rota?.priorities.includes(priority)) return null;
  const begins = Temporal.PlainDateTime.from(`${rota.from}T${rota.at}`).toZonedDateTime(desk.timezone);
  const at = Temporal.Instant.from(now).toZonedDateTimeISO(desk.timezone);
  if (Temporal.ZonedDateTime.compare(at, begins) < 0) return null;
  const { weeks } = begins.until(at, { largestUnit: 'weeks' });
  const turns = rota.rota.flatMap((_, later) => {
    const address = rota.rota[(weeks + later) % rota.rota.length];
    return desk.people.find((person) => person.address === address) ?? [];
  });
  const found = turns.findIndex((person) => !isOut(person));
  const person = turns[found];
  if (!person) return null;
  const until = begins
    .add({ weeks: weeks + 1 })
    .toInstant()
    .toString({ smallestUnit: 'millisecond' });
  return { person, until, instead: [...new Set(turns.slice(0, found))] };
}
