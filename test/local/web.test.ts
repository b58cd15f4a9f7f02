import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { expect, onTestFinished, test } from 'vitest';
import type { MailRecord } from '../../core/mail/record.ts';
import type { Mailer, SentMail } from '../../local/mailer.ts';
import type { Records } from '../../local/page/records.ts';
import { openWeb } from '../../local/web.ts';
import { desk, KIM, receipt } from '../sample.ts';
import { noFaults, openGround } from './world.ts';

const ADA = 'ada@customer.test';
const HOSTILE = `<html><head><meta http-equiv="refresh" content="0;url=https://evil.example/"><base href="https://evil.example/">
<style>@import url(https://evil.example/a.css); p { color: red }</style><link rel="stylesheet" href="https://evil.example/b.css"></head>
<body style="background:#fff" onload="alert(1)"><p onclick="alert(2)">rich words</p><script>alert(3)</script><img src="https://evil.example/pixel.png" onerror="alert(4)">
<img src="cid:logo@desk"><a href="javascript:alert(5)">bad</a><a href="https://example.org/?a=1&amp;b=2" target="_top" ping="https://evil.example/">web</a>
<a href="mailto:support+k1@desk.example.test?subject=Re%3A%20it&amp;body=%23resolve">button</a><iframe src="/"></iframe><svg><script>alert(6)</script></svg>
<form action="/mail" method="post"><input name="x"></form></body></html>`;
const RAW = [
  'From: Support <support@desk.example.test>',
  `To: ${ADA}`,
  'Reply-To: support+k1@desk.example.test',
  'Subject: =?UTF-8?Q?=3Cb=3Egr=C3=BC=C3=9Fe=3C/b=3E?=',
  'Message-ID: <two@email.amazonses.com>',
  'References: <zero@customer.test> <one@customer.test>',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=m',
  '',
  '--m',
  'Content-Type: multipart/related; boundary=r',
  '',
  '--r',
  'Content-Type: multipart/alternative; boundary=a',
  '',
  '--a',
  'Content-Type: text/plain',
  '',
  'plain <i>words</i>',
  '--a',
  'Content-Type: text/html',
  '',
  HOSTILE.replaceAll('\n', '\r\n'),
  '--a--',
  '--r',
  'Content-Type: image/png',
  'Content-ID: <logo@desk>',
  'Content-Transfer-Encoding: base64',
  '',
  'AAAA',
  '--r--',
  '--m',
  'Content-Type: text/html; name="../../pay \'1\'.html"',
  'Content-Disposition: attachment; filename="../../pay \'1\'.html"',
  '',
  '<script>alert(7)</script>',
  '--m--',
  '',
].join('\r\n');

const SENT: SentMail = {
  id: 'id',
  at: '2026-03-02T12:00:00.000Z',
  source: 'support@desk.example.test',
  recipients: [ADA],
  subject: '=?UTF-8?Q?=3Cb=3Egr=C3=BC=C3=9Fe=3C/b=3E?=',
  update: 'answer',
  ticket: 'T-7K4M2Q',
  tags: {},
  outcome: 'delivered',
};
const WRITTEN: MailRecord = {
  mailId: 'in1',
  key: 'mail/2026/03/02/in1',
  receivedAt: '2026-03-02T11:00:00.000Z',
  from: ADA,
  subject: 'It is jammed',
  messageId: 'one@customer.test',
  receipt: { ...receipt, spf: 'PASS' },
  disposition: 'opened',
  reason: 'new-ticket',
  detail: 'it answers nothing that we know',
  clue: null,
  ticketId: 'T-7K4M2Q',
  disposedAt: '2026-03-02T11:00:01.000Z',
  history: [],
  released: false,
  releases: null,
  version: 1,
  events: 0,
};

async function open(raw = RAW) {
  const { clock, dataDir } = openGround();
  const file = join(dataDir, 'sent', 'id.eml');
  mkdirSync(join(dataDir, 'sent'));
  writeFileSync(file, raw);
  const mailer = {
    people: () => [{ address: ADA, mails: 1 }],
    mailbox: (address: string) => (address === ADA ? [SENT] : []),
    find: (id: string) => (id === 'id' ? { mail: SENT, file } : null),
  } as unknown as Mailer;
  const records = {
    tickets: { list: async () => [], read: async () => null },
    ledger: { list: async () => [WRITTEN], read: async (id: string) => (id === 'in1' ? WRITTEN : null) },
    mailroom: { read: async () => Buffer.from('Subject: It is jammed\r\n\r\nHelp') },
  } as unknown as Records;
  const door = await openTestDoor();
  let change = () => {};
  const web = await openWeb(
    0,
    {
      ...{ clock, mailer, records, desk, smtpPort: door.port, isBusy: () => false },
      onChange(changed) {
        change = changed;
      },
    },
    noFaults,
  );
  onTestFinished(() => web.stop());
  const origin = `http://127.0.0.1:${web.port}`;
  const get = async (path: string, init?: RequestInit) => {
    const response = await fetch(origin + path, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const token = /name="token" content="([^"]+)"/.exec((await get('/')).text)?.[1] ?? '';
  /** An empty header is left out. */
  const post = (mail: object, headers: Record<string, string> = {}) => {
    const all = { origin, 'content-type': 'application/json', 'x-desk-token': token, ...headers };
    return get('/mail', {
      method: 'POST',
      headers: Object.entries(all).filter(([, value]) => value !== ''),
      body: JSON.stringify(mail),
    });
  };
  return { get, post, origin, port: web.port, taken: door.taken, change: () => change() };
}

/** Takes mail for the desk and for nobody else, as the SMTP door does. */
async function openTestDoor() {
  const taken: { user: string | null; recipients: string[]; raw: Buffer }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username }, _session, done) => done(null, { user: username }),
    onRcptTo: ({ address }, _session, done) =>
      address.endsWith('@desk.example.test')
        ? done()
        : done(Object.assign(new Error('5.1.1 not an address of this desk'), { responseCode: 550 })),
    onData(stream, { user, envelope }, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const recipients = envelope.rcptTo.map(({ address }) => address);
        taken.push({ user: user ?? null, recipients, raw: Buffer.concat(parts) });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(resolve)));
  const address = server.server.address();
  if (!address || typeof address === 'string') throw new Error('the door has no port');
  return { port: address.port, taken };
}

const MAIL = {
  from: { address: ADA, name: 'Ada Byron' },
  to: ['support@desk.example.test'],
  cc: [],
  subject: 'It is jammed',
  text: 'Again.',
  inReplyTo: null,
  references: [],
  proven: false,
  attachments: [],
};

test('the desk’s people have their mailboxes before any mail, and whoever wrote or was written to has one too', async () => {
  const { get } = await open();
  const { people } = JSON.parse((await get('/people')).text);
  expect(people).toContainEqual(
    expect.objectContaining({ address: KIM, name: 'Kim Brandt', role: 'agent', tier: 1, latest: null }),
  );
  expect(people.at(-1)).toMatchObject({
    address: ADA,
    role: 'requester',
    latest: { id: 'id', way: 'received' },
  });
});

test('a mailbox holds what its owner received and wrote, newest first, with what became of each', async () => {
  const { get } = await open();
  expect(JSON.parse((await get('/mailbox/Ada%40customer.test')).text).mails).toEqual([
    expect.objectContaining({
      id: 'id',
      way: 'received',
      subject: '<b>grüße</b>',
      kind: 'answer',
      ticket: 'T-7K4M2Q',
    }),
    expect.objectContaining({ id: 'in1', way: 'written', kind: 'opened', outcome: 'new-ticket' }),
  ]);
});

test('a mail is read with all that a reply needs, and its pictures are not listed as files', async () => {
  const { get } = await open();
  const mail = JSON.parse((await get('/mail/received/id')).text);
  expect(mail).toMatchObject({
    text: expect.stringContaining('plain <i>words</i>'),
    replyTo: [{ address: 'support+k1@desk.example.test' }],
    messageId: '<two@email.amazonses.com>',
    references: ['<zero@customer.test>', '<one@customer.test>'],
    hasHtml: true,
    judged: null,
  });
  expect(mail.attachments).toHaveLength(1);
  expect(mail.headers).toContain('Reply-To: support+k1@desk.example.test');
  expect((await get('/mail/received/id/raw')).text).toBe(RAW);
});

test('a written mail says what SES and the desk made of it', async () => {
  const { get } = await open();
  expect(JSON.parse((await get('/mail/written/in1')).text).judged).toEqual({
    verdicts: { spf: 'PASS', dkim: 'GRAY', dmarc: 'GRAY', spam: 'PASS', virus: 'PASS' },
    disposition: 'opened',
    reason: 'new-ticket',
    detail: 'it answers nothing that we know',
  });
});

test('nothing in a mail’s HTML runs, loads, sends or leads away by itself, and its policy forbids it again', async () => {
  const { get } = await open();
  const { text, headers } = await get('/mail/received/id/html');
  expect(text).toContain('rich words');
  expect(text).not.toMatch(
    /alert\([1-7]\)|<script|<iframe|<form|<meta http|<base|<link|\son\w+=|javascript:|pixel\.png|ping=/i,
  );
  expect(text).toContain('<img src="data:image/png;base64,AAAA">');
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(/^default-src 'none'; style-src 'unsafe-inline'; img-src data:; /);
  expect(policy).toContain('; sandbox ');
  expect(policy).not.toContain('allow-scripts');
  expect(policy).not.toContain('allow-forms');
});

test('links of a mail lead into a window of their own, and mailto: into the composer', async () => {
  const { text } = await (await open()).get('/mail/received/id/html');
  expect(text).toContain(
    '<a href="https://example.org/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">web</a>',
  );
  expect(text).toContain(
    '<a href="/#mailto:support+k1@desk.example.test?subject=Re%3A%20it&amp;body=%23resolve" target="_top">button</a>',
  );
});

test('HTML that nests without end is not shown at all', async () => {
  const { get } = await open(`Content-Type: text/html\r\n\r\n${'<div>'.repeat(100_000)}x`);
  expect((await get('/mail/received/id/html')).status).toBe(404);
  expect((await get('/mail/received/id')).status).toBe(200);
});

test('a file of a mail is only ever saved, under a name without folders', async () => {
  const { get } = await open();
  const { n } = JSON.parse((await get('/mail/received/id')).text).attachments[0];
  const { text, headers } = await get(`/mail/received/id/files/${n}`);
  expect(text).toContain('<script>alert(7)</script>');
  expect(headers.get('content-type')).toBe('application/octet-stream');
  expect(headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''....pay%20%271%27.html");
  expect((await get('/mail/received/id/files/99')).status).toBe(404);
});

test('the page runs its own scripts and no others, in nobody’s frame', async () => {
  const { headers } = await (await open()).get('/');
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'; script-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('access-control-allow-origin')).toBeNull();
});

test('a request by another name than the loopback’s, or for another port, is not answered', async () => {
  const { port } = await open();
  const ask = (host: string, path = '/') =>
    new Promise<number | undefined>((resolve) => {
      request({ port, host: '127.0.0.1', path, headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
  expect(await ask(`127.0.0.1:${port}`)).toBe(200);
  expect(await ask(`localhost:${port}`)).toBe(200);
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    `127.0.0.1:${port + 1}`,
    `localhost.evil.example:${port}`,
    '127.0.0.1',
  ]) {
    expect(await ask(host), host).toBe(403);
    expect(await ask(host, '/people'), host).toBe(403);
  }
});

test('another page can neither fetch nor embed what is shown here', async () => {
  const { get } = await open();
  for (const path of ['/people', '/mail/received/id/raw', '/page/page.js', '/live']) {
    for (const site of ['cross-site', 'same-site']) {
      expect((await get(path, { headers: { 'sec-fetch-site': site } })).status).toBe(403);
    }
  }
  expect((await get('/people')).headers.get('cross-origin-resource-policy')).toBe('same-origin');
});

test.each([
  ['from another origin', { origin: 'https://evil.example' }],
  ['from the same machine’s other port', { origin: 'http://127.0.0.1:1' }],
  ['from an opaque origin, such as a mail’s own frame', { origin: 'null' }],
  ['which the browser calls cross-site', { 'sec-fetch-site': 'cross-site' }],
  ['which the browser calls same-site', { 'sec-fetch-site': 'same-site' }],
  ['with a wrong token', { 'x-desk-token': 'guessed' }],
  ['as a form can send it', { 'content-type': 'text/plain' }],
])('a mail that is posted %s is not sent', async (_, headers) => {
  const { post, taken } = await open();
  expect((await post(MAIL, headers)).status).toBe(403);
  expect(taken).toEqual([]);
});

test('a mail for which no browser vouches is not sent; one header of the two is enough', async () => {
  const { post, taken } = await open();
  expect((await post(MAIL, { origin: '' })).status).toBe(403);
  expect(taken).toEqual([]);
  expect((await post(MAIL, { origin: '', 'sec-fetch-site': 'same-origin' })).status).toBe(200);
});

test('what the page writes goes through the SMTP door, unproven, with its files and its place in the thread', async () => {
  const { post, taken } = await open();
  const answer = await post({
    ...MAIL,
    inReplyTo: '<two@email.amazonses.com>',
    references: ['<one@customer.test>', '<two@email.amazonses.com>'],
    attachments: [{ name: 'grüße.txt', type: 'text/plain', content: Buffer.from('hi').toString('base64') }],
  });
  expect(JSON.parse(answer.text)).toEqual({ sent: true, refused: [] });
  expect(taken).toMatchObject([{ user: null, recipients: ['support@desk.example.test'] }]);
  const mail = await simpleParser(taken[0]?.raw ?? '');
  expect(mail).toMatchObject({
    subject: 'It is jammed',
    inReplyTo: '<two@email.amazonses.com>',
    references: ['<one@customer.test>', '<two@email.amazonses.com>'],
  });
  expect(mail.from?.value).toEqual([{ address: ADA, name: 'Ada Byron' }]);
  expect(mail.attachments).toMatchObject([{ filename: 'grüße.txt', content: Buffer.from('hi') }]);
});

test('a mail with proof is sent by its sender’s own login', async () => {
  const { post, taken } = await open();
  await post({ ...MAIL, proven: true });
  expect(taken).toMatchObject([{ user: ADA }]);
});

test('what the door refuses is said in its words', async () => {
  const { post } = await open();
  const refused = await post({ ...MAIL, to: ['somebody@elsewhere.test'] });
  expect(refused.status).toBe(422);
  expect(JSON.parse(refused.text)).toEqual({ sent: false, reason: '550 5.1.1 not an address of this desk' });
});

test.each([
  ['a header in the subject', { subject: 'x\r\nBcc: all@example.com' }],
  ['two addresses in one', { to: ['a@desk.example.test,b@desk.example.test'] }],
  ['nobody to write to', { to: [] }],
])('%s is refused before anything is sent', async (_, wrong) => {
  const { post, taken } = await open();
  expect((await post({ ...MAIL, ...wrong })).status).toBe(422);
  expect(taken).toEqual([]);
});

test('an open page is told the desk’s time, and hears of a change', async () => {
  const { origin, change } = await open();
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const { body } = await fetch(`${origin}/live`, { signal: ending.signal });
  const events = body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await events?.read())?.value).toMatch(/^event: clock\ndata: {"now":"[^"]+","speed":1}\n\n$/);
  change();
  change();
  expect((await events?.read())?.value).toMatch(/^event: changed\ndata: [^\n]+\n\n$/);
});

test('what is not there is not found', async () => {
  const { get } = await open();
  for (const path of [
    '/mail/received/none',
    '/mail/id',
    '/mail/received/id/other',
    '/elsewhere',
    '/page/..%2Flive.ts',
    '/tickets/T-000000',
    '/%',
  ])
    expect((await get(path)).status, path).toBeGreaterThanOrEqual(400);
  expect((await get('/', { method: 'DELETE' })).status).toBe(405);
});
