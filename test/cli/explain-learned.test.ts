import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readDesk } from '../../cli/config.ts';
import { explain } from '../../cli/explain.ts';
import { openLearned } from '../../core/triage/learned.ts';
import { writeModel } from '../../core/triage/model.ts';
import { smallDeskWith } from '../config/small-desk.ts';
import { moment } from '../sample.ts';
import { FILED, modelOf } from '../triage/filed.ts';

test('a mail that no rule knows is explained by the model that desk.yaml names', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'desk-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'desk.yaml');
  const mail = join(folder, 'mail.eml');
  writeFileSync(config, smallDeskWith(['matrix:', 'triage: { model: desk.model }\nmatrix:']));
  const labelled = FILED.map(({ text, label }) => ({
    text,
    label: label === 'printing' ? label : 'general',
  }));
  writeFileSync(join(folder, 'desk.model'), writeModel(modelOf(labelled)));
  writeFileSync(
    mail,
    [
      'From: x@example.net',
      'To: help@desk.example.org',
      'Subject: Hello',
      '',
      'Papierstau am Druker, der Toner',
    ].join('\r\n'),
  );

  const { desk, model } = await readDesk(config);
  const explained = async (learned?: ReturnType<typeof openLearned>) =>
    (await explain([mail], desk, null, moment, () => {}, learned))[0]?.classification;
  expect((await explained())?.category).toBe('general');
  expect(await explained(openLearned(model ?? Buffer.of()))).toMatchObject({
    category: 'printing',
    reasons: expect.arrayContaining([
      { what: 'category', why: expect.stringContaining('learned from filed tickets, confidence') },
    ]),
  });
});
