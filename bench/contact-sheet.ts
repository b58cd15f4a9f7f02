/**
 * All mails of the desk on one sheet, from sample data, as a phone shows them: `docs/mails.png`, light beside dark; and the
 * report by itself, large enough to be read: `docs/report.png`.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { writeTemplates } from '../templates/build.ts';
import { openBrowser } from './browser.ts';
import { optionsOf } from './options.ts';

const DOCS = join(import.meta.dirname, '..', 'docs');
const SHEET = join(DOCS, 'mails.png');
const REPORT = join(DOCS, 'report.png');
const PHONE = { width: 375, height: 200 };
const PAIRS_BESIDE = 6;

/** In English: tests compare the words of the others, and each would be a sheet of its own. */
async function drawSheet(): Promise<number> {
  await writeTemplates();
  const { writePreviews } = await import('../templates/preview.ts');
  const folder = join(import.meta.dirname, '..', '.generated', 'contact-sheet');
  const names = (await writePreviews(folder)).filter((name) => name.endsWith('.en'));
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ viewport: PHONE });
    const figures: string[] = [];
    for (const name of names) {
      await page.setContent(await readFile(join(folder, `${name}.html`), 'utf8'));
      const [light, dark] = [await picture(page, 'light'), await picture(page, 'dark')];
      figures.push(`<figure><figcaption>${name.replace(/\.en$/, '')}</figcaption>${light}${dark}</figure>`);
    }
    // A third of what a phone shows: what is what can be seen, and the sheet stays small.
    await page.setViewportSize({ width: PAIRS_BESIDE * 280, height: PHONE.height });
    await page.setContent(
      `<!doctype html><style>
        body { margin: 16px; columns: ${PAIRS_BESIDE}; column-gap: 16px; font: 13px sans-serif; background: #8a94a3; }
        figure { break-inside: avoid; margin: 0 0 16px; display: flex; flex-wrap: wrap; gap: 4px; align-items: start; }
        figcaption { width: 100%; color: #fff; } img { width: calc(50% - 2px); }
      </style>${figures.join('')}`,
    );
    await writeFile(SHEET, await page.screenshot({ fullPage: true }));
    await drawReport(page, await readFile(join(folder, 'report.lead.en.html'), 'utf8'));
    return names.length;
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function drawReport(page: Page, html: string): Promise<void> {
  await page.setViewportSize(PHONE);
  await page.setContent(html);
  const [light, dark] = [await picture(page, 'light'), await picture(page, 'dark')];
  await page.setViewportSize({ width: 2 * PHONE.width + 48, height: PHONE.height });
  await page.setContent(
    `<!doctype html><style>body { margin: 16px; display: flex; gap: 16px; background: #8a94a3; }</style>${light}${dark}`,
  );
  await writeFile(REPORT, await page.screenshot({ fullPage: true }));
}

async function picture(page: Page, colorScheme: 'light' | 'dark'): Promise<string> {
  await page.emulateMedia({ colorScheme });
  return `<img src="data:image/png;base64,${(await page.screenshot({ fullPage: true })).toString('base64')}">`;
}

if (import.meta.main) {
  optionsOf(
    'Draws all mails of the desk on one sheet, and a report: docs/mails.png and docs/report.png.',
    {},
  );
  console.log(`${await drawSheet()} mails: ${SHEET}; ${REPORT}`);
}
