/**
 * What was reported lately, to whichever team that is not confidential: one query for a new ticket however many there are, and no more than two reads for
 * the problem that it belongs to. Reports are items of their own, written with their tickets; what was made of them
 * stands in one item, under its version, so that of two mails that see the same only one acts.
 */
import type { Desk } from '../core/config/desk.ts';
import type { Change } from '../core/ticket/change.ts';
import { areApart } from '../core/ticket/links.ts';
import { isAlike, type Known, mostAlike, type Report, type Similar } from '../core/ticket/recurrence.ts';
import { isActive, type Ticket } from '../core/ticket/ticket.ts';
import { expiry, type Item, putVersion, type Table, type Write } from './table.ts';
import type { Tickets } from './tickets.ts';

export interface Reports {
  /** Of what the team has solved in this category the reports that are most alike, the best first: one query. */
  solved(ticket: Ticket): Promise<Report[]>;
  /** `now` is desk time, ISO 8601 UTC. Null where desk.yaml does not look for what recurs. */
  recall(ticket: Pick<Ticket, 'id' | 'print' | 'team'>, now: string, desk: Desk): Promise<Similar | null>;
  /** The writes that belong in the transaction of the change. `realNow` in epoch ms. */
  writes(changed: Change | null, noticed: Noticed | null, realNow: number): Write[];
}

/** What is known of the reports from now on, and by which version it was decided. */
export interface Noticed {
  known: Known[];
  version: number;
}

/** Of a hundred items a fifth is what tells them apart in the table. `v` says how they are to be read (schema.ts). */
const ONLY = {
  ProjectionExpression: 'pk, sk, v, #report, #known, #version',
  ExpressionAttributeNames: { '#report': 'report', '#known': 'known', '#version': 'version' },
};
/** More of them are not looked at: by then the newest say enough. */
const MOST_REPORTS = 100;
/** What is over by desk time may go later, by real time; the reader goes by the window. */
const KEPT_FOR = 2 * 86_400_000;

export function openReports(table: Table, tickets: Pick<Tickets, 'readAll'>): Reports {
  return {
    async solved({ print, team, category, id }) {
      if (!print) return [];
      const { items } = await table.query<Item & { report: Kept }>({
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': solvedKey(team, category) },
        ...ONLY,
        ScanIndexForward: false,
        Limit: MOST_REPORTS,
      });
      return mostAlike(
        print,
        items.map(({ report }) => read(report)).filter((report) => report.id !== id),
      ).slice(0, MOST_SOLVED);
    },
    async recall(ticket, now, desk) {
      const { print, id } = ticket;
      if (!print || !desk.recurrence) return null;
      const since = new Date(Date.parse(now) - desk.recurrence.window).toISOString();
      const { items } = await table.query<Item & { report?: Kept; known?: Known[]; version?: number }>({
        KeyConditionExpression: 'pk = :pk AND sk >= :since',
        ExpressionAttributeValues: { ':pk': REPORTED, ':since': `AT#${since}` },
        ...ONLY,
        // `KNOWN` comes behind all times, and so first.
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: MOST_REPORTS,
      });
      const item = items.find(({ sk }) => sk === KNOWN);
      const known = item?.known ?? [];
      const met = known.filter((each) => isAlike(print, each)).reverse();
      const problems = await problemsOf(met, tickets);
      const problem = problems.find((each) => isActive(each) && !areApart(ticket, each, desk)) ?? null;
      // What was solved since is told by none of those who told of it before.
      const solved =
        problems
          .map(({ resolvedAt, closedAt }) => resolvedAt ?? closedAt ?? '')
          .sort()
          .at(-1) ?? '';
      const reports = items.flatMap(({ report }) =>
        report && report.id !== id && report.at >= since && report.at > solved ? [read(report)] : [],
      );
      const isProposed = met.some(({ as, at }) => as === 'proposal' && at >= since);
      return { reports, known, version: item?.version ?? 0, problem, isProposed };
    },
    writes(changed, noticed, realNow) {
      const writes: Write[] = [];
      const expiresAt = expiry(realNow + KEPT_FOR);
      const { before, after } = changed ?? {};
      if (!before && after?.print) {
        const report = reportOf(after, after.print, after.createdAt);
        const Item = { pk: REPORTED, sk: keyOf(report), report: kept(report), expiresAt };
        writes.push({ Put: { TableName: table.name, Item } });
      }
      if (before?.print && after && isActive(before) && after.status === 'resolved') {
        const report = reportOf(after, before.print, after.resolvedAt);
        const Item = {
          ...{ pk: solvedKey(after.team, after.category), sk: keyOf(report), report: kept(report) },
          expiresAt: expiry(realNow + SOLVED_KEPT_FOR),
        };
        writes.push({ Put: { TableName: table.name, Item } });
      }
      if (noticed) {
        const { known, version } = noticed;
        const item = { pk: REPORTED, sk: KNOWN, known, version: version + 1 };
        writes.push(putVersion(table, item, version === 0 ? null : { version }));
      }
      return writes;
    },
  };
}

/** `at`: when it was reported, or solved. */
function reportOf({ id, requester, subject }: Ticket, print: Report['print'], at: string): Report {
  return { id, requester: requester.address, subject: subject.slice(0, 200), at, print };
}

/** As it stands in the table. 0.1.0 wrote numbers. */
type Kept = Omit<Report, 'print'> & { print: Omit<Report['print'], 'words'> & { words: string | number[] } };

/** A mail reads a hundred of these. As a list, each number is three objects on its way through the SDK, and twice as long. */
function kept({ print, ...report }: Report): Kept {
  const octets = Buffer.alloc(print.words.length * OCTETS);
  for (const [at, word] of print.words.entries()) octets.writeUInt32BE(word, at * OCTETS);
  return { ...report, print: { ...print, words: octets.toString('base64') } };
}

function read({ print, ...report }: Kept): Report {
  if (typeof print.words !== 'string') return { ...report, print: { ...print, words: print.words } };
  const octets = Buffer.from(print.words, 'base64');
  const words: number[] = [];
  for (let at = 0; at < octets.length; at += OCTETS) words.push(octets.readUInt32BE(at));
  return { ...report, print: { ...print, words } };
}

/** Of a hash (core/triage/likeness.ts). */
const OCTETS = 4;

const keyOf = ({ at, id }: Report) => `AT#${at}#${id}`;

/** How something was solved half a year ago still helps. */
const SOLVED_KEPT_FOR = 180 * 86_400_000;
/** Twice as many as are shown: some have been taken up again, or gone where their reader may not look. */
const MOST_SOLVED = 6;
const solvedKey = (team: string, category: string) => `SOLVED#${team}#${category}`;

const KNOWN = 'KNOWN';
/** One outage is reported to several teams, and the categories differ with the words. */
const REPORTED = 'SIMILAR#ALL';

/** The newest first: themselves, or what a lead made of a proposal. */
async function problemsOf(met: readonly Known[], { readAll }: Pick<Tickets, 'readAll'>): Promise<Ticket[]> {
  if (met.length === 0) return [];
  const heads = await readAll(met.map(({ id }) => id));
  const isProblem = (ticket: Ticket) => met.some(({ id, as }) => id === ticket.id && as === 'problem');
  const made = heads.flatMap((ticket) =>
    isProblem(ticket)
      ? []
      : (ticket.links ?? []).flatMap(({ relation, id }) => (relation === 'problem' ? [id] : [])),
  );
  return [...heads.filter(isProblem), ...(made.length > 0 ? await readAll(made) : [])];
}
