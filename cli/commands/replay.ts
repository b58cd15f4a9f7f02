/** `desk replay`: runs again what has no final disposition. */
import { type Command, CommanderError } from 'commander';
import { REPLAYABLE } from '../../core/mail/disposition.ts';
import { HEAD_OCTETS, notificationOf, receiptFromHeaders } from '../../core/mail/receipt.ts';
import { cameIn, IN, mailIdIn } from '../../core/mail/record.ts';
import { openLearned } from '../../core/triage/learned.ts';
import { readDesk } from '../config.ts';
import type { DeskConnection } from '../connect.ts';
import { describeReplayDiff, type ReplayDiff, replayDiff } from '../replay-diff.ts';
import { days, progress, type Shell } from '../shell.ts';
import { table } from '../table.ts';

export function replayCommand(program: Command, { desk, configuration, print }: Shell): void {
  program
    .command('replay')
    .description('runs mail again whose disposition is not final, and replaces its disposition')
    .argument('[key...]', 'keys or ids as `desk mail` lists them')
    .option('--diff', 'instead say what a changed desk.yaml would have made of all mail; changes nothing')
    .option('--days <n>', 'with --diff: of the mail that came in within so many days', days, 30)
    .option('--config <file>', 'with --diff: the changed configuration', 'desk.yaml')
    .option(
      '--against <file>',
      'with --diff: the one to compare with; else that of the running desk, or desk.yaml',
    )
    .addHelpText(
      'after',
      `
Examples:
  desk replay mail/2026/11/23/4k1v0q9s
  desk replay $(desk --json mail --reason poison | jq -r '.mails[].key')
  desk replay --diff --config changed.yaml
  desk replay --diff --days 90 --config changed.yaml --stack Replydesk --against deployed.yaml --json`,
    )
    .action(async (keys: string[], { diff, ...compared }: { diff?: true } & Compared) => {
      if (keys.length > 0 === (diff === true))
        throw new CommanderError(2, 'desk.replay', 'error: name mails, or say --diff');
      if (diff) {
        const differing = await compare(compared, await desk(), configuration);
        return print(differing, () => describeReplayDiff(differing));
      }
      const running = await desk();
      const replayed: Awaited<ReturnType<typeof replay>>[] = [];
      for (const [index, key] of [...new Set(keys)].entries()) {
        const one = await replay(key, running);
        replayed.push(one);
        const now = one.after ? `${one.after.disposition}, ${one.after.reason}` : one.outcome;
        if (keys.length > 1) process.stderr.write(`${index + 1} of ${keys.length}: ${key}: ${now}\n`);
      }
      print({ replayed }, () =>
        table(
          ['Mail', 'Outcome', 'Before', 'Now', 'Reason'],
          replayed.map(({ key, outcome, before, after }) => [
            key,
            outcome,
            before ?? '–',
            after?.disposition ?? '–',
            after?.reason ?? '–',
          ]),
          '',
        ),
      );
      if (replayed.some(({ outcome }) => outcome === 'unknown' || outcome === 'pending'))
        process.exitCode = 1;
    });
}

interface Compared {
  days: number;
  config: string;
  against?: string;
}

/** What was learned from filed tickets is the file's that names it; a running desk's own is that of the changed one. */
async function compare(
  { days, config, against }: Compared,
  running: DeskConnection,
  configuration: Shell['configuration'],
): Promise<ReplayDiff> {
  const sideOf = ({ desk, model }: Awaited<ReturnType<typeof readDesk>>) => ({
    desk,
    learned: model ? openLearned(model) : null,
  });
  const after = sideOf(await readDesk(config));
  const before = against
    ? sideOf(await readDesk(against))
    : { desk: await configuration(undefined), learned: after.learned };
  return replayDiff(running, { before, after, days }, running.now(), progress('compared'));
}

/** Long enough for a cold start and a few retries. */
const REPLAY_WITHIN = 60_000;

async function replay(key: string, running: DeskConnection) {
  const { ledger, mails } = running;
  const mailId = mailIdIn(key);
  const before = await ledger.read(mailId);
  if (!before && !(await handIn(key, running)))
    return { key, outcome: 'unknown' as const, before: null, after: null };
  if (before && !REPLAYABLE.includes(before.disposition))
    return {
      key,
      outcome: 'done' as const,
      before: before.disposition,
      after: { disposition: before.disposition, reason: before.reason },
    };
  if (before) await mails.send({ replay: mailId });
  for (
    const until = Date.now() + REPLAY_WITHIN;
    Date.now() < until;
    await new Promise((resolve) => setTimeout(resolve, 200))
  ) {
    const after = await ledger.read(mailId);
    if (after && after.version > (before?.version ?? 0))
      return {
        key,
        outcome: 'replayed' as const,
        before: before?.disposition ?? null,
        after: { disposition: after.disposition, reason: after.reason, ticketId: after.ticketId },
      };
  }
  return { key, outcome: 'pending' as const, before: before?.disposition ?? null, after: null };
}

/** What lies in the bucket and has no record: as the sweep does. False when it does not lie there. */
async function handIn(key: string, { mailroom, mails }: DeskConnection): Promise<boolean> {
  const wanted = key.includes('/') ? key : `${IN}${key}`;
  for await (const stored of mailroom.list(wanted)) {
    if (stored.key !== wanted) break;
    const head = await mailroom.read(wanted, { start: 0, end: HEAD_OCTETS });
    if (!head) break;
    const receipt = receiptFromHeaders(mailIdIn(wanted), cameIn(wanted, stored.at), head);
    await mails.send(notificationOf(receipt, wanted, mailroom.bucket));
    return true;
  }
  return false;
}
