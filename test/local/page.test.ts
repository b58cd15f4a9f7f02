/** The mailbox page in a real browser, on a real desk: a story that is read and written on the page alone. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openBrowser } from '../../bench/browser.ts';
import { LANGUAGES } from '../../core/config/choices.ts';
import { type EmbeddedDesk, startDesk } from '../../local/embed.ts';
import { renderUpdate } from '../../templates/render.ts';
import { SAMPLES } from '../../templates/samples.ts';

let desk: EmbeddedDesk;
let browser: Browser;
let page: Page;
let folder: string;
const faults: string[] = [];
const elsewhere: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'desk-page-'));
  [desk, browser] = await Promise.all([startDesk({ dataDir: join(folder, 'desk') }), openBrowser()]);
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`${message.text()} ${message.location().url}`);
  });
  page.on('response', (response) => {
    if (!/^(data|blob):/.test(response.url()) && !response.url().startsWith(desk.webUrl))
      elsewhere.push(response.url());
  });
  await page.goto(desk.webUrl);
  // Keys are heard from then on.
  await page.locator('#desk-name', { hasText: 'Example Service Desk' }).waitFor();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await desk?.stop();
  await rm(folder, { recursive: true, force: true });
});

test('somebody without proof writes to the desk, and the ticket appears by itself', async () => {
  await page.keyboard.press('c');
  await page.getByLabel('From').fill('nora@example.org');
  expect(await page.getByLabel('With proof').isChecked()).toBe(false);
  expect(await page.getByLabel('To').inputValue()).toBe('support@desk.example.test');
  await page.getByLabel('Subject').fill('The printer is jammed');
  await page.getByLabel('Text').fill('It eats the paper <script>on floor 3</script>.');
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'noise.txt', mimeType: 'text/plain', buffer: Buffer.from('krrr') });
  await page.keyboard.press('Control+Enter');

  await entry('The printer is jammed', 'Opened').waitFor();
  await entry('The printer is jammed', 'Acknowledgement').waitFor();
  await page.keyboard.press('t');
  await entry('The printer is jammed', 'New').click();
  const detail = page.locator('#detail');
  await detail.getByText('It eats the paper <script>on floor 3</script>.').waitFor();
  await detail.getByText('With noise.txt (4 B)').waitFor();
  await detail.getByText('Watch 1', { exact: true }).waitFor();
});

test('the agent opens the assignment by keyboard and answers with proof', async () => {
  await page.locator('#detail dd a').nth(1).click();
  await entry('The printer is jammed', 'Assignment').waitFor();
  await page.locator('#entries a.row').first().focus();
  await page.keyboard.press('Enter');
  await page.frameLocator('iframe').getByText('It eats the paper').waitFor();
  await page.getByRole('button', { name: 'Reply' }).waitFor();
  await page.keyboard.press('r');
  expect(await page.getByLabel('With proof').isChecked()).toBe(true);
  expect(await page.getByLabel('To').inputValue()).toMatch(/^support\+[0-9a-z]{39}@desk\.example\.test$/);
  expect(await page.getByLabel('Text').inputValue()).toMatch(/^\n\nOn .+ wrote:\n> /);
  await page.keyboard.type('Please open flap B.');
  await page.getByRole('button', { name: 'Send' }).click();
  await entry('Re: The printer is jammed', 'Appended').waitFor();
});

test('the requester reads the answer, and nothing of the inside is in it', async () => {
  await page.locator('#owners').getByText('nora@example.org').click();
  await entry('The printer is jammed', 'Answer').click();
  const mail = page.frameLocator('iframe').locator('body');
  await mail.getByText('Please open flap B.').waitFor();
  expect(await mail.innerText()).not.toMatch(/@example\.test/);
});

test('a button in a mail opens the composer with what it says filled in', async () => {
  await page.goBack();
  await page.getByLabel('Find or open a mailbox').fill('luis');
  await page.keyboard.press('Enter');
  await entry('The printer is jammed', 'Assignment').click();
  await page.frameLocator('iframe').getByRole('link', { name: 'Resolve' }).click();
  expect(await page.getByLabel('To').inputValue()).toMatch(/^support\+[0-9a-z]{39}@desk\.example\.test$/);
  expect(await page.getByLabel('Text').inputValue()).toMatch(/^#resolve/);
  await page.keyboard.press('Escape');
  expect(page.url()).toContain('/mailbox/luis.ortega');
});

test('a script in a mail does not run, and what it points at is not fetched', async () => {
  let asked = 0;
  const spy = createServer((_, response) => {
    asked += 1;
    response.end();
  });
  await new Promise<void>((resolve) => spy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void spy.close());
  const away = `http://127.0.0.1:${(spy.address() as AddressInfo).port}`;
  const script = "top.document.title = 'taken'";
  await createTransport({ host: '127.0.0.1', port: desk.smtpPort, ignoreTLS: true }).sendMail({
    ...{ from: 'eve@example.com', to: 'support@desk.example.test', subject: 'A picture' },
    html: `<style>@import url(${away}/a.css); p { background: url(${away}/b.png) }</style><p>Look</p><script>${script}</script><img src="${away}/c.png" onerror="${script}">`,
  });
  await page.locator('#owners').getByText('eve@example.com').click();
  await entry('A picture', 'Opened').click();
  await page.frameLocator('iframe').getByText('Look').waitFor();
  // Two frames later everything that would be loaded has been asked for.
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  expect(asked).toBe(0);
  expect(await page.title()).toContain('eve@example.com');
});

test('on a phone one pane is shown at a time, without scrolling sideways', async () => {
  await page.setViewportSize({ width: 320, height: 640 });
  const panes = () =>
    page.evaluate<string[]>(
      "['people', 'list', 'detail'].filter((id) => document.getElementById(id)?.offsetParent)",
    );
  const isTooWide = () => page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
  expect(await panes()).toEqual(['detail']);
  expect(await isTooWide()).toBe(false);
  await page.getByRole('button', { name: 'Back' }).click();
  await expect.poll(panes).toEqual(['list']);
  await page.keyboard.press('Escape');
  await expect.poll(panes).toEqual(['people']);
  expect(await isTooWide()).toBe(false);
});

test('all the while the page asked nobody but the desk, and nothing was wrong', () => {
  expect(elsewhere).toEqual([]);
  // What a mail points at is refused by its policy, and the browser says so.
  expect(faults.filter((fault) => !/violates the following Content Security Policy/.test(fault))).toEqual([]);
});

function entry(subject: string, tag: string) {
  return page.locator('#entries a.row').filter({ hasText: subject }).filter({ hasText: tag }).first();
}

/** The browser that npm brings on Linux x64, so that no system package is needed; elsewhere the machine's own. */
test('mails fit on the narrowest phone in every language, and say which it is', async () => {
  const phones = await browser.newPage();
  onTestFinished(() => phones.close());
  const kinds = ['acknowledgement', 'assignment', 'approval', 'transcript', 'satisfaction'] as const;
  for (const language of LANGUAGES) {
    const mails = kinds.flatMap((kind) => SAMPLES[kind](language).map((view) => renderUpdate(view).html));
    // Each in a frame of its own, which is as wide as the phone.
    await phones.setContent(
      mails
        .map((html) => html.replaceAll('&', '&amp;').replaceAll('"', '&quot;'))
        .map((html) => `<iframe style="border: 0; width: 320px; height: 640px" srcdoc="${html}"></iframe>`)
        .join(''),
    );
    const seen = await phones.locator('iframe').evaluateAll((frames) =>
      frames.map((frame) => {
        const { contentDocument } = frame as unknown as Framed;
        const { lang, clientWidth, scrollWidth } = contentDocument.documentElement;
        return [lang, clientWidth, scrollWidth];
      }),
    );
    expect(seen).toEqual(mails.map(() => [language, 320, 320]));
  }
});

/** As much of a frame as is looked at: these tests are not compiled for a browser. */
interface Framed {
  contentDocument: { documentElement: { lang: string; clientWidth: number; scrollWidth: number } };
}
