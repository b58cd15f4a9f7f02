/** What people filed teaches the desk: a model in its bundle, a question where it is unsure, and a new model from its own tickets. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { commitClosed } from '../cli/closed.ts';
import { FILED } from '../triage/filed.ts';
import type { Laptop } from './laptop.ts';

export function learned(begin: () => Laptop): void {
  let laptop: Laptop;
  beforeAll(() => {
    laptop = begin();
  });

  /** As an admin types it, with --json. */
  function train(...words: string[]): Promise<{ code: number; answer: Record<string, unknown> }> {
    const line = ['cli/desk.ts', '--json', '--data', laptop.dataDir, 'train', '--from-desk', ...words];
    // The journey itself has pointed the SDK at its desk; the command has to find it by its folder.
    const { AWS_ENDPOINT_URL: _, ...env } = process.env;
    return new Promise((resolve) =>
      execFile(process.execPath, [...line, '--config', laptop.config], { env }, (error, stdout) =>
        resolve({ code: error === null ? 0 : Number(error.code), answer: JSON.parse(stdout) }),
      ),
    );
  }

  test('a mail that no rule knows is filed by the model that travels in the bundle', async () => {
    await laptop.write({ from: 'nora@example.org', subject: 'Hello', text: 'my pasword has expierd' });
    const ticket = await laptop.ticketOf('nora@example.org');
    expect(ticket.category).toBe('access');
    const assignment = await laptop.mail('assignment', ticket.assignee ?? '', ticket.id);
    expect(assignment.text.replaceAll(/\s+/g, ' ')).toContain('learned from filed tickets, confidence 0.9');
  });

  test('of what the desk is unsure its agent says it with one word', async () => {
    await laptop.write({
      from: 'kay@example.org',
      subject: 'Hello',
      text: 'the coffee is cold in our office',
    });
    const { id, assignee, category } = await laptop.ticketOf('kay@example.org');
    expect(category).toBe('general');
    const asked = await laptop.mail('assignment', assignee ?? '', id);
    expect(asked.text.replaceAll(/\s+/g, ' ')).toContain('a reply of one word: printing, network or access');
    await laptop.reply(asked, assignee ?? '', 'Network', { proven: true });
    await laptop.until('the category', async () => (await laptop.tickets.read(id))?.category === 'network');
    await laptop.reply(asked, assignee ?? '', '#category access', { proven: true });
    await laptop.until('another one', async () => (await laptop.tickets.read(id))?.category === 'access');
  });

  test('the desk’s own closed tickets teach a model, which is adopted only if it is better', async () => {
    await commitClosed(
      laptop.tickets,
      FILED.slice(20, 90).map((ticket, at) => (at < 5 ? { ...ticket, before: 'general' } : ticket)),
    );
    const out = join(laptop.dataDir, 'new.model');
    const kept = await train('--out', out, '--adopt');
    expect(kept).toMatchObject({
      code: 1,
      answer: { tickets: 70, corrected: 5, present: { tickets: 70 }, isBetter: false, written: false },
    });
    const made = await train('--out', out);
    expect(made).toMatchObject({ code: 0, answer: { tickets: 70, written: true } });
    expect(readFileSync(out)).toHaveLength(made.answer.octets as number);
  });
}
