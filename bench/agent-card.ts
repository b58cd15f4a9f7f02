/**
 * The agent's card: how to reply and every command with an example, on one page of A4: `docs/agent-card.pdf` to print, and
 * `docs/agent-card.png` to look at. Nothing of it is written twice: examples and other names are those of VERBS, what happens
 * is said in docs/verbs.md, and test/docs.test.ts compares the page with both.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VERBS, type VerbName } from '../core/mail/commands.ts';
import { needsNoTicket } from '../core/ticket/without-ticket.ts';
import { optionsOf } from './options.ts';

const DOCS = join(import.meta.dirname, '..', 'docs');
export const CARD = join(DOCS, 'agent-card.pdf');
const PICTURE = join(DOCS, 'agent-card.png');
/** A4 in CSS pixels, 96 to the inch. */
const PAGE = { width: 794, height: 1123 };
/** Where printers do not reach. */
const MARGIN = 24;

/** In the order in which one thinks of them. */
export const GROUPS: readonly { title: string; verbs: readonly VerbName[] }[] = [
  { title: 'Into whose hands', verbs: ['take', 'unassign', 'assign', 'team', 'escalate', 'deescalate'] },
  { title: 'What you say', verbs: ['note', 'macro', 'undo', 'redact', 'files', 'history'] },
  {
    title: 'Where it stands',
    verbs: ['status', 'why', 'waiting', 'open', 'resolve', 'close', 'reopen', 'spam', 'block', 'stop'],
  },
  {
    title: 'What it is, and what helped',
    verbs: ['category', 'priority', 'impact', 'urgency', 'type', 'tag', 'field', 'fix', 'kb'],
  },
  { title: 'Time', verbs: ['snooze', 'due', 'extend', 'visit', 'time'] },
  { title: 'Who takes part', verbs: ['requester', 'cc', 'watch', 'unwatch', 'approval'] },
  {
    title: 'Other tickets',
    verbs: ['link', 'dup', 'merge', 'split', 'clone', 'problem', 'unlink', 'tell'],
  },
  {
    title: 'To see, to ask, to be away',
    verbs: ['mine', 'queue', 'find', 'show', 'services', 'report', 'away', 'back', 'help'],
  },
];

/** The rows of docs/verbs.md, cell by cell: command, other names, example, who, what happens, proof. */
export function verbRows(): string[][] {
  return readFileSync(join(DOCS, 'verbs.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `#'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/** Stands in the title of the PDF, so that a card from before a change is known. */
export function cardMark(): string {
  return createHash('sha256').update(cardHtml('')).digest('hex').slice(0, 12);
}

export function cardHtml(mark: string): string {
  const said = new Map(verbRows().map(([verb = '', , , , what = '']) => [verb.replaceAll('`', ''), what]));
  const groups = GROUPS.map(
    ({ title, verbs }) =>
      `<section><h2>${title}</h2>${verbs.map((verb) => entry(verb, said.get(`#${verb}`) ?? '')).join('')}</section>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${mark}</title><style>${STYLE}</style>
${HEAD}<main>${groups.join('')}</main>${FOOT}</html>`;
}

function entry(verb: VerbName, what: string): string {
  const { aliases, example, requester } = VERBS[verb];
  const [name = '', ...value] = example.split(' ');
  const said = [
    `<b>${name}</b>`,
    ...(value.length > 0 ? [`<code>${marked(value.join(' '))}</code>`] : []),
    ...(aliases.length > 0 ? [`<i>${aliases.map((alias) => `#${alias}`).join(' ')}</i>`] : []),
    ...(requester === 'only' ? ['Requesters alone:'] : []),
    marked(what),
    ...(requester === true ? ['<i>requesters too</i>'] : []),
  ];
  return `<p>${said.join(' ')}</p>`;
}

function marked(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/`([^`]+)`/g, '<code>$1</code>');
}

const HEAD = `<header>
<div><h1>Replydesk: the agent’s card</h1>
<ul>
<li><strong>Reply to any mail of the ticket.</strong> What you write above the line goes to the requester, in your name and from the desk’s address. Yours is never shown.</li>
<li><strong>Commands</strong> are lines of their own, before your words or after them. In the middle of your words they are words.</li>
<li><strong>One mistake, and nothing is done and nothing is sent.</strong> A transcript says what was meant; correct it and send it again.</li>
<li>The requester sees no command and no note. If in doubt, begin with <code>#note</code>.</li>
<li><strong>Asked for a code?</strong> Reply with its six digits on top: your mail program did not prove that it was you.</li>
</ul></div>
<pre>To: support+7f2k…@desk.example.com
Subject: Re: The printer is jammed [T-7K4M2Q]

#priority P2
#waiting 1d

Please open the rear flap and pull the
paper towards you. Does it print now?</pre>
</header>`;

const NOWHERE = (Object.keys(VERBS) as VerbName[])
  .filter(needsNoTicket)
  .map((verb) => `#${verb}`)
  .join(' ');
const FOOT = `<footer>
<p><strong>Times</strong> <code>30m 4h 2d</code>, <code>tomorrow 14:00</code>, <code>2027-01-31</code>, by your own clock.
<strong>In a new mail to the desk</strong> <code>${NOWHERE}</code> work as well, and
<code>#requester ida@example.com</code> opens the ticket of somebody who called.
<strong>A digest or report</strong> is answered by its numbers: <code>1 close</code>, <code>2 note called him</code>, <code>4 snooze 2d</code>.</p>
</footer>`;

const STYLE = `
@page { size: A4; margin: 0; }
* { box-sizing: border-box; }
html { width: ${PAGE.width}px; height: ${PAGE.height}px; }
body { margin: 0; padding: ${MARGIN}px 34px 0; font: 10.5px/1.3 "Open Sans", "Segoe UI", Helvetica, Arial, sans-serif; color: #16202c; background: #fff; }
h1 { margin: 0 0 5px; font-size: 19px; color: #0b4a6f; }
h2 { margin: 0 0 3px; padding-bottom: 1px; font-size: 12px; color: #0b4a6f; border-bottom: 1px solid #9fb6c6; break-after: avoid; }
header { display: grid; grid-template-columns: 1fr 262px; gap: 18px; margin-bottom: 10px; }
ul { margin: 0; padding-left: 13px; }
li { margin: 0 0 1px; }
pre { margin: 3px 0 0; padding: 8px 10px; font: 10.4px/1.4 Menlo, Consolas, "DejaVu Sans Mono", "Open Sans", monospace; background: #eef3f7; border: 1px solid #c9d6e0; border-radius: 4px; align-self: start; }
main { columns: 2; column-gap: 22px; }
section { margin: 0 0 6px; break-inside: avoid; }
p { margin: 0 0 1.5px; padding-left: 10px; text-indent: -10px; break-inside: avoid; }
b, code { font: 700 1em Menlo, Consolas, "DejaVu Sans Mono", "Open Sans", monospace; color: #0b3a57; }
code { font-weight: 400; color: #0f6a94; }
i { font-style: normal; font-size: 0.86em; color: #5b6b7a; }
footer { margin-top: 4px; padding-top: 5px; border-top: 1px solid #9fb6c6; }
footer p { padding: 0; text-indent: 0; }
`;

async function drawCard(): Promise<void> {
  const { openBrowser } = await import('./browser.ts');
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ viewport: PAGE, deviceScaleFactor: 1.5 });
    await page.setContent(cardHtml(cardMark()));
    const height = await page.evaluate('document.body.scrollHeight');
    if (Number(height) > PAGE.height - MARGIN)
      throw new Error(`the card is ${height} px high, and a page has ${PAGE.height - MARGIN}`);
    await writeFile(PICTURE, await page.screenshot());
    await writeFile(CARD, await page.pdf({ format: 'A4', printBackground: true }));
    console.log(`${CARD}; ${PICTURE}`);
  } finally {
    await browser.close();
  }
}

if (import.meta.main) {
  optionsOf('Draws the agent’s card: docs/agent-card.pdf and .png.', {});
  await drawCard();
}
