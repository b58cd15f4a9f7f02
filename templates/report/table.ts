/**
 * A report's figures as a table (RFC 4180), for whoever reckons on with them: a line for all, for each value of what they are
 * broken down by, and for each day. Headings are English whatever the mail speaks, so that what reads the file need not be told.
 */
import { stringify } from 'csv-stringify/sync';
import type { Desk } from '../../core/config/desk.ts';
import { type Counts, DIMENSIONS, type Figures } from '../../core/insight/figures.ts';
import { MEASURES } from '../../core/sla/clock.ts';
import { nameIn } from './view.ts';

const COLUMNS = [
  ...['from', 'to', 'by', 'value', 'name', 'opened', 'resolved', 'open', 'reopened', 'first_contact'],
  ...['climbed', 'bounced', 'promises_met', 'promises_breached'],
  ...['first_response_mean_min', 'first_response_median_min', 'first_response_p90_min'],
  ...['resolution_mean_min', 'resolution_median_min', 'resolution_p90_min'],
  ...['satisfaction_votes', 'satisfaction_mean', 'mails_in', 'mails_out', 'loops_prevented'],
];

type Row = Record<string, string | number | null>;

/** UTF-8 with its mark, without which Excel takes it for another charset. A cell that a program would reckon begins with an apostrophe. */
export function tableOf(figures: Figures, mails: Figures['mails'] | null, desk: Desk): string {
  const { from, to } = figures;
  const rows: Row[] = [
    {
      ...{ from, to, by: 'total', value: '', name: '', ...cellsOf(figures.total) },
      ...(mails ? { mails_in: mails.in, mails_out: mails.out, loops_prevented: mails.loopsPrevented } : {}),
    },
    ...DIMENSIONS.flatMap((by) =>
      (figures.by[by] ?? []).map(
        ({ of, counts }): Row => ({
          ...{ from, to, by, value: of, name: nameIn(by, of, desk, 'en'), ...cellsOf(counts) },
        }),
      ),
    ),
    ...figures.days.map(
      ({ day, opened, resolved, backlog }): Row => ({
        ...{ from: day, to: day, by: 'day', value: day, name: '', opened, resolved, open: backlog },
      }),
    ),
  ];
  return stringify(rows, {
    ...{ bom: true, header: true, columns: COLUMNS, escape_formulas: true, record_delimiter: 'windows' },
  });
}

/** The same of lines that are words only. */
export function linesOf(lines: readonly Record<string, string>[]): string {
  const columns = ['ticket', 'subject', 'category', 'team', 'priority', 'mail', 'to'];
  return stringify([...lines], {
    ...{ bom: true, header: true, columns, escape_formulas: true, record_delimiter: 'windows' },
  });
}

function cellsOf(counts: Counts): Row {
  const { sla, firstResponse, resolution, satisfaction } = counts;
  const sum = (what: 'met' | 'breached') => MEASURES.reduce((all, measure) => all + sla[measure][what], 0);
  return {
    ...{
      opened: counts.opened,
      resolved: counts.resolved,
      open: counts.backlog.open,
      reopened: counts.reopened,
    },
    ...{ first_contact: counts.firstContact, climbed: counts.climbs, bounced: counts.bounced },
    ...{ promises_met: sum('met'), promises_breached: sum('breached') },
    first_response_mean_min: minutes(firstResponse.working.mean),
    first_response_median_min: minutes(firstResponse.working.median),
    first_response_p90_min: minutes(firstResponse.working.p90),
    resolution_mean_min: minutes(resolution.working.mean),
    resolution_median_min: minutes(resolution.working.median),
    resolution_p90_min: minutes(resolution.working.p90),
    satisfaction_votes: satisfaction.votes,
    satisfaction_mean: satisfaction.mean === null ? null : Math.round(satisfaction.mean * 100) / 100,
  };
}

function minutes(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms / 60_000);
}
