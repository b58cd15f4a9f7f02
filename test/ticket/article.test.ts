import { describe, expect, test } from 'vitest';
import type { Desk } from '../../core/config/desk.ts';
import {
  articleIdOf,
  evolveArticle,
  isOffered,
  scored,
  scoresOf,
  worth,
} from '../../core/knowledge/article.ts';
import { readCommands } from '../../core/mail/commands.ts';
import { solvedBy } from '../../core/ticket/article.ts';
import { change } from '../../core/ticket/change.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import type { Act } from '../../core/ticket/decision.ts';
import type { Happening, Message, Ticket } from '../../core/ticket/ticket.ts';
import { decideWithoutTicket } from '../../core/ticket/without-ticket.ts';
import { madeArticle } from '../knowledge/articles.ts';
import { desk, ID, LUIS, later, MARTHA, MONDAY, NORA, ticket } from '../sample.ts';

const said = (text: string): Message => ({
  ...{ id: `${ID}-m1`, number: 1, at: MONDAY, direction: 'in', visibility: 'public', text },
  ...{ from: { address: NORA, name: 'Nora Quist' }, bodyKey: null, attachments: [], withheld: 0 },
  ...{ mailId: '', messageId: null, cc: [] },
});
const act = (more: Partial<Act> = {}): Act => ({
  by: LUIS,
  role: 'agent',
  now: MONDAY,
  loads: new Map(),
  ...more,
});
const decide = (text: string, on: Ticket = ticket(), more: Partial<Act> = {}, within: Desk = desk) =>
  decideCommands(readCommands(text, 'agent'), on, act(more), within);
const drafted = ({ happenings }: { happenings: Happening[] }) => {
  const asked = happenings.find(({ kind }) => kind === 'article-asked');
  return asked?.kind === 'article-asked' ? asked : null;
};

describe('#fix', () => {
  test('records what helped, and nothing twice', () => {
    const { happenings } = decide('#fix changed the roller');
    expect(happenings).toEqual([{ kind: 'fix-recorded', words: 'changed the roller', by: LUIS }]);
    const on = ticket(happenings);
    expect(on.fix).toEqual({ words: 'changed the roller', by: LUIS, at: MONDAY });
    expect(decide('#fix changed the roller', on).lines[0]?.outcome).toBe('nothing-to-do');
  });

  const third = { ...ticket(), tier: 3 } as Ticket;

  test.each(['#resolve', '#close', '#status resolved', '#status closed done'])(
    'is needed at tier 3 for %s, in the same mail wherever it stands',
    (verb) => {
      const { lines, happenings } = decide(verb, third);
      expect(happenings).toEqual([]);
      expect(lines[0]?.detail).toContain('#fix');
      expect(decide(`${verb}\n#fix a cable`, third).happenings.map(({ kind }) => kind)[0]).toBe(
        'fix-recorded',
      );
    },
  );

  test('is needed neither below that tier, nor of a requester, nor where desk.yaml does not say so', () => {
    expect(decide('#resolve', { ...third, tier: 2 } as Ticket).refused).toBe(false);
    expect(decide('#close', third, { role: 'requester', by: NORA }).refused).toBe(false);
    const { fixRequired: _, ...knowledge } = desk.knowledge;
    expect(decide('#resolve', third, {}, { ...desk, knowledge }).refused).toBe(false);
  });

  test.each([
    '#status open',
    '#status waiting until it is resolved',
    '#tag resolved',
    '#waiting closed for today',
  ])('is not needed for %s, which ends nothing', (line) => {
    const detail = decide(line, third).lines[0]?.detail;
    expect(detail).not.toContain('#fix');
  });

  test('does not stand in the way of closing what was resolved with it', () => {
    const resolved = { ...third, ...{ status: 'resolved', resolvedAt: MONDAY } } as Ticket;
    expect(decide('#close', resolved).refused).toBe(false);
  });
});

describe('#kb', () => {
  const conversation = {
    question: said('Hello,\n\nit eats paper.\n\nNora Quist'),
    answer: said('Open flap B, Nora.'),
  };

  test('makes a draft of the question and the answer, and asks the lead', () => {
    const decided = decide('#kb', ticket(), { conversation });
    expect(drafted(decided)).toMatchObject({
      reviewer: MARTHA,
      draft: {
        ...{ title: 'The printer is jammed', answer: 'Open flap B, ….', readers: 'public', owner: LUIS },
        ...{ language: 'en', category: 'printing', fix: '' },
      },
    });
    expect(JSON.stringify(decided.happenings)).not.toContain('Nora');
  });

  test('takes the words of its own mail before older ones, and the fix for the desk alone', () => {
    const decided = decide('#fix roller changed\n#kb Paper jam\n\nOpen flap C.', ticket(), { conversation });
    expect(drafted(decided)?.draft).toMatchObject({
      title: 'Paper jam',
      answer: 'Open flap C.',
      fix: 'roller changed',
    });
  });

  test('takes the fix where nobody has answered, and never what only a note says', () => {
    expect(drafted(decide('#fix roller changed\n#kb'))?.draft).toMatchObject({
      answer: 'roller changed',
      fix: '',
    });
    expect(decide('#kb\n#note a secret of ours').lines.find(({ verb }) => verb === 'kb')?.outcome).toBe(
      'refused',
    );
  });

  test('keeps it inside when asked to', () => {
    const draft = drafted(decide('#kb internal Paper jam', ticket(), { conversation }))?.draft;
    expect(draft).toMatchObject({ title: 'Paper jam', readers: 'desk' });
  });

  test('publishes what the lead himself writes', () => {
    const { happenings } = decide('#kb', ticket(), { conversation, by: MARTHA });
    expect(happenings.map(({ kind }) => kind)).toEqual(['article-asked', 'article-decided']);
  });

  test('again replaces a draft, not an article; none takes either back', () => {
    const draft = ticket(decide('#kb', ticket(), { conversation }).happenings);
    expect(drafted(decide('#kb Another title', draft, { conversation }))).not.toBeNull();
    const published = change(
      draft,
      [{ kind: 'article-decided', verdict: 'publish', words: '', by: MARTHA }],
      MONDAY,
      desk,
    ).after;
    expect(decide('#kb Another title', published, { conversation }).refused).toBe(true);
    expect(decide('#kb none', published).happenings).toMatchObject([
      { kind: 'article-decided', verdict: 'reject' },
    ]);
    expect(decide('#kb none', published, { by: 'kim.brandt@example.test' }).refused).toBe(true);
    expect(decide('#kb none').lines[0]?.outcome).toBe('nothing-to-do');
  });

  test('goes with a message that is taken out, and so do its words', () => {
    const draft = ticket(decide('#kb', ticket(), { conversation }).happenings);
    expect(decide('#redact 1 a password', draft).happenings.map(({ kind }) => kind)).toEqual([
      'redacted',
      'article-decided',
    ]);
  });

  test('in a fresh mail it looks for articles', () => {
    expect(decideWithoutTicket(readCommands('#kb paper jam', 'agent'), act(), desk).looks).toEqual([
      { what: 'articles', words: 'paper jam' },
    ]);
    expect(decideWithoutTicket(readCommands('#kb', 'agent'), act(), desk).refused).toBe(true);
  });
});

describe('an article', () => {
  const at = (event: Happening) => ({ ...event, number: 1, at: MONDAY });
  const draft =
    drafted(decide('#kb', ticket(), { conversation: { question: null, answer: said('Open flap B.') } }))
      ?.draft ?? null;
  const id = articleIdOf(ID);
  const made = evolveArticle(
    null,
    id,
    at({ kind: 'article-asked', draft, reviewer: MARTHA, by: LUIS }),
    desk,
  );
  const decided = (verdict: 'publish' | 'internal' | 'reject' | 'lapse', on = made) =>
    evolveArticle(on, id, at({ kind: 'article-decided', verdict, words: '', by: MARTHA }), desk);

  test('is offered from its publication until its time is over', () => {
    const published = decided('publish');
    const offered = (reader: string, now: string) => published && isOffered(published, reader, now, desk);
    expect(made && isOffered(made, 'outside', MONDAY, desk)).toBe(false);
    expect(offered('outside', MONDAY)).toBe(true);
    expect(offered('outside', later(MONDAY, 24 * 366))).toBe(false);
    expect(published?.dueAt).toBe(later(MONDAY, 24 * 351));
  });

  test('stays inside when the lead says so, and inside its team whatever he says', () => {
    expect(decided('internal')?.readers).toBe('desk');
    expect(made && decided('publish', { ...made, readers: 'team' })?.readers).toBe('team');
  });

  test.each(['reject', 'lapse'] as const)(
    'is offered no more after %s, and nothing is due with it',
    (verdict) => {
      const over = decided(verdict, decided('publish'));
      expect(over).toMatchObject({ dueAt: null, validUntil: null });
      expect(over?.answer).toBe(verdict === 'reject' ? '' : 'Open flap B.');
      expect(over && isOffered(over, LUIS, MONDAY, desk)).toBe(false);
    },
  );

  test('counts each ticket once, as helped or as failed', () => {
    const other = 'K-333333';
    const offered = ticket([{ kind: 'articles-offered', articles: [other, 'K-444444'] }]);
    const solved = change(offered, solvedBy(offered, null), MONDAY, desk);
    expect(scoresOf(solved)).toEqual([{ id: other, score: { helped: 1, failed: 0 } }]);
    const reopened = change(
      solved.after,
      [{ kind: 'reopened', reason: '', by: NORA, told: true }],
      MONDAY,
      desk,
    );
    expect(scoresOf(reopened)).toEqual([{ id: other, score: { helped: -1, failed: 1 } }]);
    const again = change(reopened.after, solvedBy(reopened.after, 2), MONDAY, desk);
    expect(scoresOf(again)).toEqual([]);
    expect(
      scoresOf(change(again.after, [{ kind: 'reopened', reason: '', by: NORA, told: true }], MONDAY, desk)),
    ).toEqual([]);
  });

  test('gives the credit to the one that is named', () => {
    const offered = ticket([{ kind: 'articles-offered', articles: ['K-333333', 'K-444444'] }]);
    expect(solvedBy(offered, 2)[0]).toMatchObject({ article: 'K-444444' });
    expect(solvedBy(offered, 9)[0]).toMatchObject({ article: 'K-333333' });
  });

  test('has counters that are bounded, and what is long ago weighs less', () => {
    let article = madeArticle(1);
    for (let n = 0; n < 5_000; n++) article = scored(article, { helped: 1, failed: 0 });
    expect(article.helped).toBeLessThanOrEqual(1_000);
    expect(worth({ helped: 9, failed: 1 })).toBeGreaterThan(worth(madeArticle(1)));
    expect(worth({ helped: 0, failed: 1 })).toBeLessThan(worth(madeArticle(1)));
  });
});
