/** Stories that are told one after the other on one desk: each is a file here, and a test file names them in their order. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { type Laptop, type LaptopSetting, startLaptop } from './laptop.ts';

/** Declares its tests. They take their view of the desk from `begin`, once, before the first of them. */
export type Story = (begin: () => Laptop) => void;

/** People of one story write from addresses that no other story of the desk knows: the desk remembers who wrote. */
export function tell(stories: Story[], setting: LaptopSetting = {}): void {
  let laptop: Laptop;
  beforeAll(async () => {
    laptop = await startLaptop(setting);
  }, 120_000);
  afterAll(() => laptop.stop());

  describe.each(stories.map((story) => [story.name, story] as const))('%s', (_, story) => {
    beforeAll(async () => {
      await laptop.quiet();
      laptop = laptop.begin();
    }, 120_000);
    story(() => laptop);
  });
}

/** The sample's desk.yaml with other words in some places, and files beside it; forgotten after the tests of the file. */
export function changedDesk(
  changes: readonly (readonly [from: string, to: string])[],
  beside: Readonly<Record<string, string | Uint8Array>> = {},
): string {
  const folder = mkdtempSync(join(tmpdir(), 'replydesk-desk-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'desk.yaml');
  const text = changes.reduce(
    (desk, [from, to]) => {
      if (!desk.includes(from)) throw new Error(`desk.yaml does not say ${from}`);
      return desk.replace(from, to);
    },
    readFileSync('desk.yaml', 'utf8'),
  );
  writeFileSync(config, text);
  for (const [name, content] of Object.entries(beside)) writeFileSync(join(folder, name), content);
  return config;
}
