/** The holidays of an iCalendar file (RFC 5545), as public feeds and calendar programs give them away. */
import ICAL from 'ical.js';

/** A rule without an end, as most feeds have for each holiday, is followed for so many years from its first day. */
const YEARS_AHEAD = 40;
/** Forty years of a feed with twenty holidays are a sixth of this. */
const MOST_DAYS = 5_000;

export type Holidays = { dates: string[] } | { refused: string };

/**
 * Every day, `YYYY-MM-DD`, that an event covers wholly, repetitions and their exceptions included. An event with hours
 * of its own, such as an early closing, is no holiday; nor is one that was cancelled. `refused` says in words what is
 * wrong with the file.
 */
export function holidaysIn(ics: string): Holidays {
  const dates = new Set<string>();
  try {
    for (const event of eventsOf(ics))
      for (const date of daysOf(event))
        if (dates.add(date).size > MOST_DAYS) return { refused: `it has more than ${MOST_DAYS} holidays` };
  } catch (error) {
    // The library throws plain errors of several kinds for what it cannot parse and for rules that lead nowhere.
    return {
      refused: `this is no iCalendar file: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
  if (dates.size === 0) return { refused: 'it holds no event of a whole day' };
  return { dates: [...dates].sort() };
}

type Time = InstanceType<typeof ICAL.Time>;
type Event = InstanceType<typeof ICAL.Event>;

/** An event's exceptions go with it; the library would take those of every event for its own. */
function eventsOf(ics: string): Event[] {
  const parsed = ICAL.parse(ics) as unknown[];
  // One calendar, or several that stand one after the other.
  const roots = (typeof parsed[0] === 'string' ? [parsed] : parsed) as ConstructorParameters<
    typeof ICAL.Component
  >[0][];
  const components = roots.flatMap((root) => new ICAL.Component(root).getAllSubcomponents('vevent'));
  const single = (component: (typeof components)[number]) => new ICAL.Event(component, { exceptions: [] });
  const changed = components.filter((component) => component.hasProperty('recurrence-id'));
  return components
    .filter((component) => !changed.includes(component))
    .map((component) => {
      const { uid } = single(component);
      return new ICAL.Event(component, { exceptions: changed.filter((other) => single(other).uid === uid) });
    });
}

function* daysOf(event: Event): Generator<string> {
  if (!event.isRecurring()) {
    if (counts(event)) yield* daysFrom(event.startDate, event.endDate);
    return;
  }
  const last = event.startDate.year + YEARS_AHEAD;
  const occurrences = event.iterator();
  for (let next = occurrences.next(); next && next.year <= last; next = occurrences.next()) {
    if (!happens(event, next)) continue;
    const { item, startDate, endDate } = event.getOccurrenceDetails(next);
    if (counts(item) && isWhole(startDate, endDate)) yield* daysFrom(startDate, endDate);
  }
}

/** RFC 5545 3.3.10: a day that a year has not is left out. The library goes on to 1 March instead. */
function happens({ component, startDate }: Event, occurrence: Time): boolean {
  const everyYear = component
    .getAllProperties('rrule')
    .some((rule) => /FREQ=YEARLY(?!.*BY)/.test(rule.toICALString()));
  return !everyYear || startDate.day !== 29 || startDate.month !== 2 || occurrence.day === 29;
}

function counts(event: Event): boolean {
  return (
    event.component.getFirstPropertyValue('status') !== 'CANCELLED' && isWhole(event.startDate, event.endDate)
  );
}

/** Some programs write a whole day as an event from midnight to midnight. */
function isWhole(from: Time, to: Time): boolean {
  const midnight = (time: Time) =>
    time.isDate || (time.hour === 0 && time.minute === 0 && time.second === 0 && time.zone.tzid !== 'UTC');
  return midnight(from) && midnight(to);
}

/** RFC 5545 3.6.1: the end is not among the days; where none is given, it is one day. */
function* daysFrom(from: Time, to: Time): Generator<string> {
  const day = from.clone();
  day.isDate = true;
  const end = to.clone();
  end.isDate = true;
  do {
    yield day.toString();
    day.adjust(1, 0, 0, 0);
  } while (day.compare(end) < 0);
}
