/**
 * Every update as its reader will see it, from sample data: `.generated/preview/index.html` shows them all, at the
 * width of a phone and in the reader's own light or dark mode.
 *
 *   node templates/preview.ts
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LANGUAGES } from '../core/config/choices.ts';
import { UPDATE_KINDS } from '../core/mail/update.ts';
import { writeTemplates } from './build.ts';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..', '.generated', 'preview');

export async function writePreviews(folder = FOLDER): Promise<string[]> {
  const { renderUpdate } = await import('./render.ts');
  const { SAMPLES } = await import('./samples.ts');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const shown: { name: string; subject: string }[] = [];
  for (const kind of UPDATE_KINDS) {
    for (const language of LANGUAGES) {
      for (const [index, view] of SAMPLES[kind](language).entries()) {
        const name = `${kind}.${view.audience}${index === 0 ? '' : `.${index + 1}`}.${language}`;
        const { subject, text, html } = renderUpdate(view);
        await writeFile(join(folder, `${name}.html`), html);
        await writeFile(join(folder, `${name}.txt`), text);
        shown.push({ name, subject });
      }
    }
  }
  await writeFile(join(folder, 'index.html'), indexOf(shown));
  return shown.map(({ name }) => name);
}

function indexOf(shown: { name: string; subject: string }[]): string {
  const figures = shown.map(
    ({ name, subject }) =>
      `<figure><figcaption><b>${name}</b> · <a href="${name}.html">html</a> · <a href="${name}.txt">text</a><br>${escaped(subject)}</figcaption><iframe src="${name}.html" title="${name}" loading="lazy"></iframe></figure>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>Updates</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 24px; }
main { display: flex; flex-wrap: wrap; gap: 32px 24px; }
figure { margin: 0; width: 375px; }
figcaption { min-height: 4.5em; }
iframe { width: 375px; height: 680px; border: 1px solid GrayText; border-radius: 8px; }
</style></head><body><h1>Updates</h1><main>
${figures.join('\n')}
</main></body></html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

if (import.meta.main) {
  await writeTemplates();
  const names = await writePreviews();
  console.log(`${names.length} mails: ${join(FOLDER, 'index.html')}`);
}
