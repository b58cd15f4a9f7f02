import { describe, expect, test } from 'vitest';
import { classify } from '../../core/triage/classify.ts';
import { type Learned, learnedFrom, type Opinion } from '../../core/triage/learned.ts';
import { deskOf, smallDeskWith } from '../config/small-desk.ts';
import { modelOf } from './filed.ts';

const desk = deskOf(
  smallDeskWith(
    [
      'team: it }\npeople',
      'team: it }\n  - { address: staff@desk.example.org, name: Staff, team: hr }\npeople',
    ],
    [
      'leo@example.org }\ntiers',
      'leo@example.org }\n  - { name: desk, title: Desk, lead: leo@example.org }\n  - { name: lab, title: Lab, lead: leo@example.org }\n  - { name: hr, title: HR, lead: hal@example.org, confidential: true }\ntiers',
    ],
    ['role: lead }', 'role: lead }\n  - { address: hal@example.org, name: Hal, role: lead }'],
    [
      '  - { name: printing, title: Printing, team: it, words: [printer] }',
      `  - { name: printing, title: Printing, team: it, urgency: degraded, words: [printer] }
  - { name: access, title: Access, team: it, words: [password], addresses: [help@desk.example.org] }
  - { name: payroll, title: Pay, team: hr, words: [salary] }`,
    ],
  ),
);

const model = modelOf();

describe('a mail in which no word of the rules stands', () => {
  test('is filed as was learned, and the reason names the confidence and the words', () => {
    const filed = sort('paper everywhere', sure('printing'));
    expect(filed).toMatchObject({ category: 'printing', team: 'it', urgency: 'degraded' });
    expect(why(filed)).toBe(
      'printing: learned from filed tickets, confidence 0.93; closest words: paper, jam',
    );
  });

  test('is filed as was learned of no word in particular, and the reason names none', () => {
    expect(why(sort('paper', { ...sure('printing'), closest: [] }))).toBe(
      'printing: learned from filed tickets, confidence 0.93',
    );
  });

  test('is known by its sender and its words alone', () => {
    const learned = sure('access');
    expect(sort('paper', learned).isKnown).toBe(false);
    expect(sort('paper', learned, 'help@desk.example.org').isKnown).toBe(false);
    expect(sort('my printer', learned).isKnown).toBe(true);
  });

  test('is asked about when what was learned is unsure, among what may be asked', () => {
    const likeliest = ['printing', 'general', 'gardening', 'payroll', 'access'];
    const unsure = { ...sure('printing'), isSure: false, likeliest };
    expect(sort('paper', unsure).likeliest).toEqual(['printing', 'payroll', 'access']);
    expect(sort('paper', { ...unsure, category: 'payroll' }, 'staff@desk.example.org').likeliest).toEqual([
      'payroll',
    ]);
    expect(sort('paper', { ...unsure, isSure: true }).likeliest).toEqual([]);
    expect(sort('paper', { ...unsure, category: 'general' }).likeliest).toEqual([]);
  });

  test('stays general when what was learned is unsure, and the reason says so', () => {
    const filed = sort('paper everywhere', { ...sure('printing'), confidence: 0.4, isSure: false });
    expect(filed.category).toBe('general');
    expect(why(filed)).toMatch(
      /^general: no clue .*; unsure whether it is printing: learned with confidence 0\.40 only$/,
    );
  });

  test('and that came to an address of a category goes by what was learned only when that is sure', () => {
    const to = 'help@desk.example.org';
    expect(sort('paper', sure('printing'), to).category).toBe('printing');
    const unsure = sort('paper', { ...sure('printing'), isSure: false }, to);
    expect(unsure.category).toBe('access');
    expect(why(unsure)).toMatch(/^access: written to help@desk\.example\.org; unsure whether it is printing/);
  });

  test.each([
    ['no category of the desk', 'gardening', 'support@desk.example.org'],
    ['general', 'general', 'support@desk.example.org'],
    ['another team’s, though it was written to a confidential one', 'printing', 'staff@desk.example.org'],
  ])('is filed as without learning when what was learned is %s', (_, category, to) => {
    const filed = sort('paper', sure(category), to);
    expect(filed).toEqual(classify(mail('paper', to), desk));
  });
});

describe('team and priority that were learned', () => {
  const also = (team: string, priority: string): Opinion => ({
    ...sure('access'),
    aspects: { team: { label: team, confidence: 0.95 }, priority: { label: priority, confidence: 0.91 } },
  });

  test('hold where no rule knows the mail, with their reasons', () => {
    const filed = sort('paper everywhere', also('it', 'P1'));
    expect(filed).toMatchObject({ team: 'it', priority: 'P1' });
    expect(filed.reasons).toContainEqual({
      what: 'priority',
      why: 'P1: learned from filed tickets, confidence 0.91',
    });
  });

  test('are another team’s where that was learned, with the reason, and need none where it is the same', () => {
    const filed = sort('paper everywhere', also('lab', 'P1'));
    expect(filed.team).toBe('lab');
    expect(filed.reasons).toContainEqual({
      what: 'team',
      why: 'lab: learned from filed tickets, confidence 0.95',
    });
    expect(sort('paper everywhere', also('it', 'P1')).reasons.map(({ what }) => what)).not.toContain('team');
  });

  test('give nothing into the hands of a confidential team, nor out of them', () => {
    expect(sort('paper everywhere', also('hr', 'P1')).team).toBe('it');
    expect(sort('paper', also('it', 'P1'), 'staff@desk.example.org').team).toBe('hr');
  });

  test('are not asked where a rule knows it, and what the mail says of its urgency stands', () => {
    expect(sort('my printer', also('it', 'P1')).priority).not.toBe('P1');
    expect(sort('all of it is down', also('it', 'P4')).priority).toBe('P2');
    expect(sort('it hits all users', also('it', 'P4')).priority).toBe('P3');
  });
});

test('a word of the rules wins over what was learned, which is not even asked', () => {
  const learned: Learned = () => expect.unreachable('asked');
  expect(classify(mail('my printer'), desk, learned).category).toBe('printing');
});

test('a model is sure from its own bound on, and says of teams and priorities what it is sure of', () => {
  const text = 'the toner is empty again';
  const { confidence } = learnedFrom(model)(text);
  const isSure = (sure: number | null) => learnedFrom({ ...model, sure })(text).isSure;
  expect([confidence, confidence + 1e-9, null].map(isSure)).toEqual([true, false, false]);
  const also = (sure: number | null) =>
    learnedFrom({ ...model, aspects: { team: { ...model, sure }, priority: { ...model, sure: null } } })(text)
      .aspects;
  expect(also(confidence)).toEqual({ team: { label: 'printing', confidence } });
  expect([also(confidence + 1e-9), also(null)]).toEqual([undefined, undefined]);
});

test('a model has an opinion, and is sure of none for which it has no word to show', () => {
  const learned = learnedFrom(model);
  expect(learned('the toner is empty again')).toMatchObject({ category: 'printing', isSure: true });
  expect(learned('the toner is empty again').closest).toContain('toner');
  expect(learned('?')).toMatchObject({ isSure: false, closest: [] });
});

function sort(text: string, opinion: Opinion, to?: string) {
  return classify(mail(text, to), desk, () => opinion);
}

function mail(text: string, to = 'support@desk.example.org') {
  return { subject: 'Question', text, from: 'nora@example.net', to: [to] };
}

function sure(category: string): Opinion {
  return { category, confidence: 0.93, isSure: true, closest: ['paper', 'jam'], likeliest: [category] };
}

function why({ reasons }: ReturnType<typeof classify>): string | undefined {
  return reasons.find(({ what }) => what === 'category')?.why;
}
