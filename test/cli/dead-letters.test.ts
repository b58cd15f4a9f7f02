import { expect, test } from 'vitest';
import type { DeadLetter } from '../../aws/dead-letters.ts';
import type { DeskConnection } from '../../cli/connect.ts';
import { lookInto } from '../../cli/dead-letters.ts';
import { smallWorld } from '../functions/world.ts';
import { ID, opened } from '../sample.ts';

async function about(body: object): Promise<string | undefined> {
  const { tickets, ledger } = smallWorld();
  await tickets.commit(opened(), []);
  const letter = { body: JSON.stringify(body) } as DeadLetter;
  const deadLetters = new Map([['updates', { look: async () => [letter] }]]);
  const [found] = await lookInto('updates', { tickets, ledger, deadLetters } as unknown as DeskConnection);
  return found?.about;
}

test('a dead update says what it would have told, be it of one event or of several', async () => {
  const [pk, first, last] = [`T#${ID}`, 'EVENT#00000001', 'EVENT#00000099'];
  expect(await about({ pk, sk: first, message: 1 })).toBe(
    `updates about «opened», ${first}, of ticket ${ID}`,
  );
  expect(await about({ pk, events: [{ sk: first, message: 1 }, { sk: last }] })).toBe(
    `updates about «opened», ${first}; an event that is not there, ${last}, of ticket ${ID}`,
  );
});
