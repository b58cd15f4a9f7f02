/**
 * What it costs to add an article and to look for one, where there are 10, 1,000 and 10,000. The objects lie in memory; calls
 * and octets are those of the bucket, milliseconds those of the processor.
 */
import { openKnowledge } from '../aws/knowledge.ts';
import { articlePlace, madeArticle } from '../test/knowledge/articles.ts';
import { desk, later, MONDAY } from '../test/sample.ts';
import { optionsOf } from './options.ts';

optionsOf('What it costs to add an article and to look for one.', {});
const WORDS = Array.from({ length: 4_000 }, (_, n) => `word${(n * 7919).toString(36)}`);
const random = (seed: number) => {
  const mixed = Math.imul(seed ^ (seed >>> 15), 0x85ebca6b);
  return (Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) >>> 0) / 2 ** 32;
};
/** Seldom words are many and common ones few, as in any language. */
const pick = (seed: number) => WORDS[Math.floor(WORDS.length * random(seed) ** 2)] ?? '';
const text = (seed: number, words: number) =>
  Array.from({ length: words }, (_, n) => pick(seed * 131 + n * 17 + 1)).join(' ');
const made = (n: number) =>
  madeArticle(n, { title: `How to ${text(n, 5)}`, question: text(n + 1, 60), answer: text(n + 2, 120) });

const rows: Record<string, string | number>[] = [];
for (const count of [10, 1_000, 10_000]) {
  const place = await articlePlace([]);
  for (let n = 0; n < count; n++) {
    place.put(made(n));
    await place.knowledge.index(made(n).id);
    if (n % 200 === 199) await place.knowledge.fold('en');
  }
  // The sweep folds in what lies beside the index when it is 32 objects.
  for (let n = count; n < count + 32; n++) {
    place.put(made(n));
    await place.knowledge.index(made(n).id);
  }
  const folding = performance.now();
  await place.knowledge.fold('en');
  const folded = performance.now() - folding;
  const before = new Set(place.objects.keys());
  place.put(made(count + 32));
  place.calls.length = 0;
  const adding = performance.now();
  await place.knowledge.index(made(count + 32).id);
  const added = performance.now() - adding;
  const addCalls = place.calls.length;
  const [key = ''] = [...place.objects.keys()].filter((each) => !before.has(each));
  const fresh = openKnowledge(place.table, place.mailroom);
  const asked = { how: 'mail' as const, languages: ['en' as const], reader: 'outside', most: 3 };
  const find = async (n: number, knowledge: typeof fresh) => {
    place.calls.length = 0;
    const start = performance.now();
    const found = await knowledge.find(
      { ...asked, text: `${made(n).title}\n${text(n + 1, 40)}` },
      later(MONDAY, 1),
      desk,
    );
    return { ms: performance.now() - start, calls: place.calls.length, right: found[0]?.id === made(n).id };
  };
  const cold = await find(3, fresh);
  const warm: Awaited<ReturnType<typeof find>>[] = [];
  for (let n = 0; n < 20; n++) warm.push(await find(Math.floor((n * count) / 20), fresh));
  const median = warm.map(({ ms }) => ms).sort((a, b) => a - b)[10] ?? 0;
  const bytes = [...place.objects.values()].reduce((sum, { length }) => sum + length, 0);
  rows.push({
    ...{ articles: count, 'add ms': added.toFixed(2), 'add calls': addCalls },
    'add bytes': place.objects.get(key)?.length ?? 0,
    ...{ 'index bytes': bytes, 'fold ms': folded.toFixed(0) },
    ...{ 'cold search ms': cold.ms.toFixed(0), 'cold calls': cold.calls },
    ...{ 'search ms': median.toFixed(1), 'search calls': warm.at(-1)?.calls ?? 0 },
    'found first': `${warm.filter(({ right }) => right).length} of 20`,
    'heap MB': Math.round(process.memoryUsage().heapUsed / 1e6),
  });
}
console.table(rows);
