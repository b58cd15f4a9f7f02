/** The index in the bucket, by the real adapter over objects in memory. */
import { describe, expect, test } from 'vitest';
import { openKnowledge } from '../../aws/knowledge.ts';
import { articleIdOf, isOffered, mayReadArticle, scored, ticketIdOf } from '../../core/knowledge/article.ts';
import {
  emptyIndex,
  entriesIn,
  entryOf,
  readIndex,
  search,
  take,
  writeIndex,
} from '../../core/knowledge/search.ts';
import { everyTermOf, termsOf } from '../../core/knowledge/terms.ts';
import { desk, LUIS, later, MONDAY } from '../sample.ts';
import { articlePlace, madeArticle } from './articles.ts';

const NOW = later(MONDAY, 1);
const ask = (place: Awaited<ReturnType<typeof articlePlace>>, text: string, more: object = {}) =>
  place.knowledge
    .find({ text, how: 'mail', languages: ['en'], reader: 'outside', most: 3, ...more }, NOW, desk)
    .then((found) => found.map(({ id }) => id));

const JAM = madeArticle(1, { title: 'How to clear a paper jam', question: 'The printer eats paper' });
const VPN = madeArticle(2, { title: 'Sign in to the VPN from home', question: 'The VPN refuses me' });

describe('what is found', () => {
  test('is about the same, and no other', async () => {
    const place = await articlePlace([JAM, VPN]);
    expect(await ask(place, 'Our printer has a paper jam on floor 3')).toEqual([JAM.id]);
    expect(await ask(place, 'I cannot reach the VPN from home')).toEqual([VPN.id]);
    expect(await ask(place, 'My chair is broken and I need another one')).toEqual([]);
    expect(await ask(place, 'paper')).toEqual([]);
    expect(await ask(place, 'papr jam', { how: 'words' })).toEqual([JAM.id]);
    expect(await ask(place, '', { how: 'words' })).toEqual([]);
  });

  test('is in the language that is asked for, also in one without blanks', async () => {
    const ja = madeArticle(3, {
      language: 'ja',
      title: 'プリンターの紙詰まりの直し方',
      question: '紙が詰まりました',
    });
    const place = await articlePlace([JAM, ja]);
    expect(await ask(place, 'プリンターで紙詰まりが起きました', { languages: ['ja'] })).toEqual([ja.id]);
    expect(await ask(place, 'プリンターで紙詰まりが起きました')).toEqual([]);
    expect(await ask(place, 'ネットワークに接続できません', { languages: ['ja'] })).toEqual([]);
  });

  test('stands in the order of what it did: one that failed sinks below one that helped', async () => {
    const other = madeArticle(4, { title: 'How to clear a paper jam', question: 'The printer eats paper' });
    const place = await articlePlace([
      { ...JAM, failed: 1 },
      { ...other, helped: 2 },
    ]);
    expect(await ask(place, 'paper jam in the printer')).toEqual([other.id, JAM.id]);
  });

  test('is what the table says now, whatever the index still says', async () => {
    const place = await articlePlace([JAM, VPN]);
    place.put({ ...JAM, state: 'withdrawn', version: 9 });
    expect(await ask(place, 'paper jam in the printer')).toEqual([]);
    place.put({ ...JAM, validUntil: NOW });
    expect(await ask(place, 'paper jam in the printer')).toEqual([]);
    place.put({ ...JAM, readers: 'desk' });
    expect(await ask(place, 'paper jam in the printer')).toEqual([]);
    expect(await ask(place, 'paper jam in the printer', { reader: LUIS })).toEqual([JAM.id]);
  });

  test('of a team that has become confidential leaves it no more', async () => {
    const place = await articlePlace([{ ...JAM, team: 'hr' }]);
    expect(await ask(place, 'paper jam in the printer')).toEqual([]);
    expect(await ask(place, 'paper jam in the printer', { reader: LUIS })).toEqual([]);
    expect(await ask(place, 'paper jam in the printer', { reader: 'ada.osei@example.test' })).toEqual([
      JAM.id,
    ]);
  });
});

describe('the index', () => {
  test('loses nothing when many publish at once', async () => {
    const place = await articlePlace([]);
    const many = Array.from({ length: 40 }, (_, n) =>
      madeArticle(n, { title: `Paper jam number${n} cleared` }),
    );
    for (const each of many) place.put(each);
    await Promise.all(many.map(({ id }) => place.knowledge.index(id)));
    for (const n of [0, 17, 39])
      expect(await ask(place, `paper jam number${n}`, { most: 1 })).toEqual([many[n]?.id]);
  });

  test('costs one small object for each more, however many there are', async () => {
    const place = await articlePlace([JAM]);
    const costs: number[] = [];
    for (let n = 10; n < 40; n++) {
      place.put(madeArticle(n));
      place.calls.length = 0;
      await place.knowledge.index(madeArticle(n).id);
      costs.push(place.calls.length);
    }
    expect(new Set(costs)).toEqual(new Set([2]));
  });

  test('is folded into one object when much lies beside it, and gives the same', async () => {
    const place = await articlePlace(
      Array.from({ length: 33 }, (_, n) => madeArticle(n, { title: `Paper jam number${n} cleared` })),
    );
    const before = await ask(place, 'paper jam number20');
    expect(await place.knowledge.fold('en')).toBe(33);
    expect([...place.objects.keys()]).toHaveLength(1);
    expect(await ask(place, 'paper jam number20')).toEqual(before);
    expect(await place.knowledge.fold('en')).toBe(0);
    place.calls.length = 0;
    await ask(place, 'paper jam number20');
    expect(place.calls.filter((call) => call.startsWith('bucket'))).toEqual(['bucket:list']);
  });

  test('what is taken back stands in it no more, and an older word comes too late', async () => {
    const place = await articlePlace([JAM, VPN]);
    const [old] = [...place.objects].filter(([key]) => key.includes(JAM.id));
    place.put({ ...JAM, state: 'withdrawn', version: 2 });
    await place.knowledge.index(JAM.id);
    if (old) place.objects.set(old[0], old[1]);
    place.put({ ...JAM, version: 3 });
    expect(await ask(place, 'paper jam in the printer')).toEqual([]);
    expect(await ask(place, 'the VPN from home')).toEqual([VPN.id]);
  });

  test('of two sweeps that fold at once both are kept, and one of the next', async () => {
    const place = await articlePlace(
      Array.from({ length: 32 }, (_, n) => madeArticle(n, { title: `Paper jam number${n} cleared` })),
    );
    const second = openKnowledge(place.table, place.mailroom);
    const late = madeArticle(77, { title: 'Paper jam number77 cleared' });
    await Promise.all([
      place.knowledge.fold('en'),
      (async () => {
        place.put(late);
        await place.knowledge.index(late.id);
        await second.fold('en');
      })(),
    ]);
    expect(await ask(place, 'paper jam number77', { most: 1 })).toEqual([late.id]);
    expect(await ask(place, 'paper jam number3', { most: 1 })).toEqual([madeArticle(3).id]);
    await place.knowledge.fold('en');
    expect(await ask(place, 'paper jam number77', { most: 1 })).toEqual([late.id]);
    expect(await ask(place, 'paper jam number3', { most: 1 })).toEqual([madeArticle(3).id]);
  });
});

test('within a minute nothing is listed twice, but what is published here is found at once', async () => {
  const place = await articlePlace([JAM]);
  let now = 0;
  const knowledge = openKnowledge(place.table, place.mailroom, () => now);
  const patient = { ...place, knowledge };
  const lists = () => place.calls.filter((call) => call === 'bucket:list').length;
  const before = lists();
  expect(await ask(patient, 'paper jam in the printer')).toEqual([JAM.id]);
  expect(await ask(patient, 'the VPN from home')).toEqual([]);
  expect(lists() - before).toBe(1);
  place.put(VPN);
  await knowledge.index(VPN.id);
  expect(await ask(patient, 'the VPN from home')).toEqual([VPN.id]);
  expect(lists() - before).toBe(2);
  now = 60_000;
  expect(await ask(patient, 'the VPN from home')).toEqual([VPN.id]);
  expect(lists() - before).toBe(3);
});

test('nothing of the library is needed where there is no article', async () => {
  const place = await articlePlace([]);
  expect(await ask(place, 'paper jam in the printer')).toEqual([]);
  expect(place.calls).toEqual(['bucket:list']);
});

describe('words', () => {
  const titled = (...articles: [title: string, question?: string, answer?: string][]) => {
    const index = emptyIndex();
    articles.forEach(([title, question = '', answer = ''], n) => {
      take(index, entryOf(madeArticle(n, { title, question, answer })));
    });
    return (text: string, how: 'words' | 'mail' = 'words') =>
      search(index, text, how, () => true).map(({ id }) => articles[Number.parseInt(id.slice(2), 32)]?.[0]);
  };

  test('of somebody who looks for them may be only begun; those of a mail from five letters on', () => {
    const find = titled(['Printer toner']);
    expect([find('prin'), find('prin tone', 'mail'), find('print toner', 'mail')]).toEqual([
      ['Printer toner'],
      [],
      ['Printer toner'],
    ]);
  });

  test('may have a wrong letter from six letters on', () => {
    const find = titled(['Printer paper']);
    expect([find('prunter'), find('puper'), find('rinter')]).toEqual([
      ['Printer paper'],
      [],
      ['Printer paper'],
    ]);
  });

  test('count most in the title, then in the question, and most as they are, then begun, then with a wrong letter', () => {
    const inside = titled(['Ink', 'Paper', 'Toner'], ['Rod', 'Toner', 'Paper'], ['Toner', 'Rod', 'Paper']);
    expect(inside('toner')).toEqual(['Toner', 'Rod', 'Ink']);
    const like = titled(['cartridhe'], ['cartridges'], ['cartridge']);
    expect(like('cartridge')).toEqual(['cartridge', 'cartridges', 'cartridhe']);
  });

  test('of a mail: one of the title and another one, and no less than a third of the title', () => {
    const find = titled(
      ['Jam tray cover roller drum fuser', 'Blue'],
      ['Lamp lens mirror motor belt gear rail', 'Blue'],
      ['Desk', 'Broken leg'],
      ['Window', 'Glass pane'],
    );
    expect(find('jam tray', 'mail')).toEqual(['Jam tray cover roller drum fuser']);
    expect(find('lamp lens', 'mail')).toEqual([]);
    expect([find('desk tree', 'mail'), find('desk leg', 'mail')]).toEqual([[], ['Desk']]);
    expect([find('glass pane', 'mail'), find('glass pane')]).toEqual([[], ['Window']]);
  });

  test('that stand in any mail find nothing, and neither does a single letter', () => {
    const find = titled(['Die Hilfe', 'x']);
    expect([find('die'), find('help'), find('bonjour'), find('x'), find('')]).toEqual([[], [], [], [], []]);
  });

  test('of a title that says nothing are no title: a mail is about no such article', () => {
    const find = titled(['Help', 'Toner drum']);
    expect([find('toner drum', 'mail'), find('toner drum')]).toEqual([[], ['Help']]);
  });

  test('of a question are looked at up to 300 characters', () => {
    const find = titled(['Ink', `${'a '.repeat(146)}toner drum`]);
    expect([find('toner'), find('drum')]).toEqual([['Ink'], []]);
  });

  test('beyond the sixtieth are not compared, and beyond the twelfth article none is found', () => {
    const find = titled(...Array.from({ length: 13 }, (): [string] => ['Toner']));
    const sixty = Array.from({ length: 60 }, (_, n) => `other${n}`).join(' ');
    expect([find(`${sixty} toner`), find('toner').length]).toEqual([[], 12]);
  });

  test('of an older version, or of the same once more, change nothing', () => {
    const index = emptyIndex();
    take(index, entryOf(madeArticle(1, { version: 2, title: 'Toner' })));
    take(index, entryOf(madeArticle(1, { version: 2, title: 'Paper' })));
    take(index, entryOf(madeArticle(1, { version: 1, title: 'Drum' })));
    expect(['toner', 'paper', 'drum'].map((text) => search(index, text, 'words', () => true).length)).toEqual(
      [1, 0, 0],
    );
  });
});

test('a text is compared by words of two signs and more, and where there are no blanks by pairs of signs', () => {
  expect(termsOf('HP x2 R, 日本語と紙')).toEqual(['hp', 'x2', '日本', '本語', '紙']);
  expect(everyTermOf('R 5')).toEqual(['r', '5']);
  expect(termsOf('x'.repeat(50))).toEqual(['x'.repeat(40)]);
});

test('an index is written without what is not to be found any more', async () => {
  const index = emptyIndex();
  for (const article of [JAM, { ...VPN, state: 'withdrawn' as const }]) take(index, entryOf(article));
  expect(entriesIn(readIndex(await writeIndex(index))).map(({ id }) => id)).toEqual([JAM.id]);
});

describe('an article', () => {
  const [ADA, NOBODY] = ['ada.osei@example.test', 'nobody@example.test'];

  test('has the number of the ticket that it was made of', () => {
    expect([articleIdOf('T-7K4M2Q'), ticketIdOf('K-7K4M2Q')]).toEqual(['K-7K4M2Q', 'T-7K4M2Q']);
  });

  test.each([
    ['public', 'service-desk', [true, true, true]],
    ['desk', 'service-desk', [false, true, true]],
    ['team', 'service-desk', [false, true, false]],
    ['public', 'hr', [false, false, true]],
    ['public', 'of-old', [true, true, true]],
    ['team', 'of-old', [false, false, false]],
  ] as const)('for %s of the team %s is read by whom it is for', (readers, team, may) => {
    const read = ['outside', LUIS, ADA].map((reader) => mayReadArticle(reader, { team, readers }, desk));
    expect(read).toEqual(may);
    expect(mayReadArticle(NOBODY, { team, readers: 'team' }, desk)).toBe(false);
  });

  test('that failed thrice without helping is offered to nobody outside any more, and inside it is', () => {
    const offered = (failed: number, reader: string) => isOffered({ ...JAM, failed }, reader, NOW, desk);
    expect([offered(2, 'outside'), offered(3, 'outside'), offered(3, LUIS)]).toEqual([true, false, true]);
  });

  test('keeps count of what it did, and halves it beyond a thousand', () => {
    const count = (helped: number, failed: number, more: { helped: number; failed: number }) => {
      const { version, ...next } = scored({ ...JAM, helped, failed }, more);
      return [version, next.helped, next.failed];
    };
    expect(count(3, 2, { helped: 1, failed: 1 })).toEqual([2, 4, 3]);
    expect(count(600, 399, { helped: 1, failed: 0 })).toEqual([2, 601, 399]);
    expect(count(600, 400, { helped: 1, failed: 0 })).toEqual([2, 300, 200]);
    expect(count(0, 0, { helped: -1, failed: 1 })).toEqual([2, 0, 1]);
  });
});
