import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bagOf } from '../../core/triage/features.ts';
import { type Guesser, guesser, scorer } from '../../core/triage/guess.ts';
import { type Filed, foldsOf, lackOf, type Trained, train } from '../../core/triage/learn.ts';
import { mostFeatures, writeModel } from '../../core/triage/model.ts';
import { anyText } from './any-text.ts';
import { FILED } from './filed.ts';

const trained = finish(train(FILED));
const { guess, closest }: Guesser = guesser(trained.model);

test('tickets that it has not seen are filed better than by the commonest label', () => {
  const { before, after } = trained.heldOut;
  expect(before.accuracy).toBeCloseTo(1 / 3, 1);
  expect(after.accuracy).toBeGreaterThan(0.9);
  expect(after.macroF1).toBeGreaterThan(0.9);
});

test.each([
  ['network', 'The VPN has gone'],
  ['access', 'Konto gesperrt!'],
  ['printing', 'DRUCKERTREIBER fehlt'],
  ['printing', 'the pirnter is jamed'],
])('%s is what “%s” is about, though nobody wrote it like that before', (label, text) => {
  expect(guess(text).label).toBe(label);
});

test('the labels are told in their order of likelihood', () => {
  const { likeliest } = guesser(trained.model);
  expect(likeliest('my password, typed on the printer')).toHaveLength(3);
  expect([likeliest('the toner is empty')[0], likeliest('the VPN drops')[0]]).toEqual([
    'printing',
    'network',
  ]);
  expect(likeliest('password printer password')).toEqual(['access', 'printing', 'network']);
});

test('of what is sure is said how many are right and how many of all they are', () => {
  const { sure } = trained.heldOut;
  expect(sure).toMatchObject({ confidence: trained.model.sure });
  expect(sure?.precision).toBeGreaterThanOrEqual(0.9);
  expect(sure?.precision).toBeLessThanOrEqual(1);
  expect(sure?.coverage).toBeGreaterThan(0.5);
  expect(sure?.coverage).toBeLessThanOrEqual(1);
});

test('a text that says much is guessed with more confidence than one that says nothing', () => {
  const clear = guess('my password has expired and my account is locked');
  expect(clear.confidence).toBeGreaterThan(guess('?').confidence);
});

test('the words that spoke for a label are named, the strongest first, and others are not', () => {
  const [first, ...others] = closest('Good morning, the printer has no toner', 'printing', 3);
  expect(['printer', 'toner']).toContain(first);
  expect(others).toContain(first === 'printer' ? 'toner' : 'printer');
  expect(closest('', 'printing', 3)).toEqual([]);
});

test('training twice gives the same model, octet for octet', () => {
  expect(writeModel(finish(train(FILED)).model)).toEqual(writeModel(trained.model));
});

test('progress grows to the whole', () => {
  const shares = [...train(FILED)];
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
});

test('any text has a label of the model and a confidence from 0 to 1', () => {
  fc.assert(
    fc.property(anyText(50), (text) => {
      const { label, confidence } = guess(text);
      expect(trained.model.labels).toContain(label);
      expect(confidence >= 0 && confidence <= 1).toBe(true);
    }),
  );
});

test('each label is held out in every fold as often as in any other, give or take one', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 10, maxLength: 60 }), (labels) => {
      const tickets = labels.map((label) => ({ text: '', label }));
      const folds = foldsOf(tickets);
      for (const label of labels) {
        const counts = [0, 1, 2, 3, 4].map(
          (fold) => tickets.filter((ticket, at) => ticket.label === label && folds[at] === fold).length,
        );
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test.each<[string, Filed[], string | null]>([
  ['nine tickets', FILED.slice(0, 9), 'few-tickets'],
  ['tickets of one label', FILED.filter(({ label }) => label === 'access'), 'one-label'],
  ['201 labels', Array.from({ length: 201 }, (_, n) => ({ text: '', label: `${n}` })), 'many-labels'],
  ['ten tickets of two labels', FILED.slice(31, 41), null],
])('of %s is said what is lacking', (_, tickets, lack) => {
  expect(lackOf(tickets)).toBe(lack);
});

test('tickets without any text teach how common labels are, and nothing breaks', () => {
  const empty = FILED.map(({ label }, at) => ({ text: '', label: at < 50 ? 'rest' : label }));
  const { model, heldOut } = finish(train(empty));
  expect(guesser(model).guess('printer').label).toBe('rest');
  expect(heldOut.after.accuracy).toBe(heldOut.before.accuracy);
});

test('a label that stands once is learned beside the others', () => {
  const { model } = finish(train([...FILED, { text: 'the coffee is cold', label: 'kitchen' }]));
  expect(model.labels).toEqual(['access', 'kitchen', 'network', 'printing']);
});

test('however many features tickets have, the file stays below two megabytes', () => {
  for (const labels of [2, 8, 35, 200])
    expect(mostFeatures(labels) * (12 + labels)).toBeLessThanOrEqual(1_500_000);
});

function finish(work: Generator<number, Trained>): Trained {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

describe('against the model in use', () => {
  const day = (n: number) => `2026-01-${String(n).padStart(2, '0')}T00:00:00.000Z`;
  const dated = FILED.map((ticket, at) => ({ ...ticket, at: day(1 + (at % 28)) }));

  test('only tickets count that it cannot have seen', () => {
    const inUse = finish(train(dated.filter(({ at }) => at <= day(20)))).model;
    expect(inUse.until).toBe(day(20));
    const { model, present } = finish(train(dated, inUse));
    expect(model.until).toBe(day(28));
    expect(present?.tickets).toBe(dated.filter(({ at }) => at > day(20)).length);
    expect(finish(train(dated, model)).present).toMatchObject({ tickets: 0 });
    expect(finish(train(dated)).present).toBeNull();
  });

  test('one that files worse is seen to', () => {
    const wrong = FILED.map(({ text, label }) => ({
      text,
      label: label === 'access' ? 'network' : label === 'network' ? 'access' : label,
    }));
    const { present } = finish(train(dated, finish(train(wrong)).model));
    expect(present).toMatchObject({ tickets: FILED.length });
    expect(present?.before.accuracy).toBeLessThan(0.5);
    expect(present?.after.accuracy).toBeGreaterThan(0.9);
  });
});

test('a ticket that counts twice pulls as two, and is held out as one', () => {
  const odd = { text: 'the kettle in the kitchen', label: 'access' };
  const once = [...FILED, odd, { ...odd, text: 'kitchen kettle again', label: 'network' }];
  const twice = once.map((ticket) => (ticket === odd ? { ...ticket, times: 2 } : ticket));
  const trust = (tickets: typeof twice) => {
    const { model, heldOut } = finish(train(tickets));
    const [access = 0, network = 0] = scorer(model)(bagOf('kettle kitchen'));
    return { lead: access - network, folds: heldOut.folds };
  };
  expect(trust(twice).lead).toBeGreaterThan(trust(once).lead);
});
