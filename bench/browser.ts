/** Chromium: the one that npm brings on Linux x64, elsewhere the machine's own. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

export async function openBrowser(): Promise<Browser> {
  if (process.platform === 'linux' && process.arch === 'x64') {
    // It unpacks the libraries that it needs only where it believes itself to be in a Lambda function.
    process.env.AWS_LAMBDA_JS_RUNTIME = 'nodejs22.x';
    const { default: packed } = await import('@sparticuz/chromium');
    // A graphics card reckoned by the processor draws a page of ours no better, and takes a fifth of all that a test of it takes.
    packed.setGraphicsMode = false;
    return chromium.launch({
      executablePath: await packed.executablePath(),
      args: packed.args,
      headless: true,
    });
  }
  const own = [
    '/usr/bin/chromium',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ].find((file) => existsSync(file));
  return chromium.launch(own ? { executablePath: own } : { channel: 'chrome' });
}
