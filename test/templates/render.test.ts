import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '../../core/config/choices.ts';
import { MARKER } from '../../core/mail/marker.ts';
import { UPDATE_KINDS, type UpdateView } from '../../core/mail/update.ts';
import { said, sampleView } from '../../templates/layout/sample.ts';
import { renderUpdate } from '../../templates/render.ts';
import { SAMPLES } from '../../templates/samples.ts';

const ALL = UPDATE_KINDS.flatMap((kind) =>
  LANGUAGES.flatMap((language) =>
    SAMPLES[kind](language).map((view) => ({ name: `${kind} to ${view.audience} in ${language}`, view })),
  ),
);

describe.each(ALL)('$name', ({ view }) => {
  const { subject, text, html } = renderUpdate(view);
  const visible = shown(html);

  test('has a subject, a text and an HTML part, and no gap in them', () => {
    expect(subject).not.toBe('');
    for (const part of [subject, text, visible])
      expect(part).not.toMatch(/undefined|null|NaN|\[object|\{|\}/);
  });

  test('begins with the marker when its replies are read', () => {
    if (view.marker === '') return expect(text + html).not.toContain(MARKER);
    expect(text.startsWith(`${MARKER}\n`)).toBe(true);
    expect(visible.startsWith(MARKER)).toBe(true);
  });

  test('keeps our own lines within 78 columns', () => {
    const theirs = new Set([view.message, ...view.history].flatMap((entry) => entry?.text.split('\n') ?? []));
    const long = text
      .split('\n')
      .filter((line) => line.length > 78 && !line.startsWith('> ') && !theirs.has(line));
    expect(long).toEqual([]);
  });

  test('says all that it has to say in both parts', () => {
    // Our words have spaces that do not break, as French wants them before its colons.
    for (const said of [
      view.plainReply,
      view.ticket?.id ?? '',
      view.message?.text.split('\n')[0] ?? '',
      ...view.lines.map(({ line }) => line),
      ...view.attachments.map(({ name }) => name),
      ...view.deadlines.map(({ due }) => due),
      ...view.reasons.map(({ why }) => why),
      ...(view.sections ?? []).flatMap(({ title, entries, rest }) => [
        ...[title, rest],
        ...entries.flatMap(({ number, id, subject, due, news }) => [number, id, subject, due, news]),
      ]),
    ]) {
      const words = said.replace(/\s+/g, ' ');
      if (view.kind === 'code' && said === view.plainReply) continue;
      // Without blanks between its words, Japanese has none where a line is broken either.
      const one = view.language === 'ja' ? '' : ' ';
      expect(text.replace(/\s+/g, one)).toContain(words.replace(/\s+/g, one));
      expect(visible).toContain(words);
    }
  });

  test('is whole without images, fetches nothing, and is at home in the dark', () => {
    expect(html).not.toMatch(/<img|<link|@import|url\(|src=/);
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html).toContain('prefers-color-scheme: dark');
    expect(html).toContain(`lang="${view.language}"`);
  });

  test('leaves no two empty lines and no space at the end of a line, but for the signature’s', () => {
    expect(text).not.toMatch(/\n\n\n/);
    expect(text.split('\n').filter((line) => /\s$/.test(line))).toEqual(['-- ']);
  });
});

/** As a mail program shows them in a font of one width: an East Asian character takes the room of two. */
const columns = (line: string) =>
  [...line].reduce((sum, sign) => sum + (/[\u2e80-\ua4cf\uff00-\uff60]/.test(sign) ? 2 : 1), 0);

test('Japanese is broken between words and never before a comma, a full stop or a closing bracket', () => {
  const [view] = SAMPLES.escalated('ja').filter(({ audience }) => audience === 'requester');
  const subject = 'プリンターの設定を変更してから、印刷（両面）ができません。'.repeat(5);
  const { text } = renderUpdate({
    ...(view as UpdateView),
    ticket: { ...(view?.ticket as NonNullable<UpdateView['ticket']>), subject },
  });
  const lines = text.split('\n');
  expect(lines.filter((line) => columns(line) > 80)).toEqual([]);
  expect(lines.filter((line) => /^[、。）」]|[（「]$/.test(line))).toEqual([]);
  expect(text).toMatch(/T-7K4M2Q/);
  for (const word of ['プリンター', '印刷', '担当', 'チケット'])
    expect(text.replace(/\n/g, ' ')).toContain(word);
});

test('every kind can be said to everybody, whatever is known', () => {
  for (const kind of UPDATE_KINDS) {
    for (const audience of ['requester', 'agent', 'lead', 'sender'] as const) {
      for (const language of LANGUAGES) {
        const bare = renderUpdate({
          ...sampleView(kind, language, audience),
          recipientName: '',
          ticket: null,
        });
        expect(bare.subject).not.toBe('');
        expect(bare.text + shown(bare.html)).not.toMatch(/undefined|null|\[object|\{|\}/);
      }
    }
  }
});

const view = (given: Partial<UpdateView> = {}): UpdateView => ({
  ...sampleView('assignment', 'en', 'agent'),
  message: said('en', 'ada', 'report'),
  ...given,
});
const ticket = (given: Partial<NonNullable<UpdateView['ticket']>>): UpdateView['ticket'] => ({
  ...(sampleView('assignment', 'en', 'agent').ticket as NonNullable<UpdateView['ticket']>),
  ...given,
});

describe('what a person wrote', () => {
  const EVIL = `</title></td><script>alert(1)</script><img src=x onerror=alert(1)>" onmouseover="x' {{facts}} {{{words}}} {{> body}} &amp;`;

  test('is shown and never becomes markup, wherever it stands', () => {
    const html = renderUpdate({
      ...view({
        deskName: EVIL,
        recipientName: EVIL,
        plainReply: EVIL,
        facts: { reason: EVIL, flagged: EVIL },
      }),
      ticket: ticket({
        id: EVIL,
        subject: EVIL,
        requester: EVIL,
        assignee: EVIL,
        category: EVIL,
        team: EVIL,
      }),
      message: { who: EVIL, when: EVIL, text: EVIL, html: null, private: true },
      history: [{ who: EVIL, when: EVIL, text: EVIL, html: null, private: false }],
      attachments: [
        { name: EVIL, size: EVIL, attached: true },
        { name: EVIL, size: EVIL, attached: false },
      ],
      reasons: [{ what: EVIL, why: EVIL }],
      deadlines: [{ name: EVIL, due: EVIL, left: EVIL }],
      actions: [{ label: EVIL, href: `mailto:${EVIL}` }],
      marker: EVIL,
    }).html;
    expect(html).not.toMatch(/<script|<img|onerror=alert\(1\)>| onmouseover="/);
    expect(html.match(/<\/title>/g)).toHaveLength(1);
    expect(shown(html)).toContain(EVIL);
  });

  test('is never read as a template', () => {
    const { text } = renderUpdate(
      view({
        message: {
          who: 'Ada',
          when: 'now',
          text: '{{words.reason}} {desk} {{#each x}}',
          html: null,
          private: false,
        },
      }),
    );
    expect(text).toContain('> {{words.reason}} {desk} {{#each x}}');
  });

  test('stands in a transcript’s lines as it was typed', () => {
    const { html } = renderUpdate({
      ...sampleView('transcript', 'en', 'agent'),
      facts: { said: EVIL },
      lines: [{ line: EVIL, outcome: 'unknown', detail: EVIL }],
    });
    expect(html).not.toMatch(/<script|<img/);
    expect(shown(html).split(EVIL)).toHaveLength(4);
  });

  test('keeps its HTML when it was sanitized, and its text in the plain part', () => {
    const { html, text } = renderUpdate(
      view({
        message: {
          who: 'Ada',
          when: 'now',
          text: 'It is *late*',
          html: '<p>It is <b>late</b></p>',
          private: false,
        },
      }),
    );
    expect(html).toContain('<p>It is <b>late</b></p>');
    expect(text).toContain('> It is *late*');
  });

  test('keeps its lines, its indentation and its length in plain text', () => {
    const words = `if (a)\n    b;\n\n\n${'word '.repeat(60)}end`;
    const answer = renderUpdate({
      ...sampleView('answer', 'en', 'requester'),
      message: { who: 'Grace', when: 'now', text: words, html: null, private: false },
    });
    expect(answer.text).toContain(`\n${words}\n`);
    expect(answer.html).toContain('if (a)<br>\n&nbsp;&nbsp;&nbsp;&nbsp;b;<br>');
  });

  test('cannot pass for ours in a notification: each of its lines is quoted', () => {
    const words = `Hello\n\n${MARKER}\nPriority: P1 Critical\n-- \nThe desk`;
    const { text } = renderUpdate(
      view({ message: { who: 'Ada', when: 'now', text: words, html: null, private: false } }),
    );
    expect(text).toContain(`> Hello\n>\n> ${MARKER}\n> Priority: P1 Critical\n> -- \n> The desk\n`);
    expect(text.match(/^-- $/gm)).toHaveLength(1);
  });

  test('that has no words says so', () => {
    const { text, html } = renderUpdate(
      view({ message: { who: 'Ada', when: 'now', text: ' \n', html: null, private: false } }),
    );
    expect(text).toContain('> (no text)');
    expect(shown(html)).toContain('(no text)');
  });

  test('has its web addresses as links that lead where they say', () => {
    const { html } = renderUpdate(
      view({
        message: {
          who: 'Ada',
          when: 'now',
          text: 'See (https://example.com/a?b=1&c="><script>), or http://example.org.',
          html: null,
          private: false,
        },
      }),
    );
    expect(html).toContain(
      '(<a href="https://example.com/a?b=1&amp;c=">https://example.com/a?b=1&amp;c=</a>&quot;&gt;&lt;script&gt;), or <a href="http://example.org">http://example.org</a>.',
    );
    expect(html).not.toContain('href="javascript');
  });

  test('of half a megabyte without a break is rendered in its time', () => {
    const long = `${' '.repeat(250_000)}x${'https://'.repeat(30_000)}`;
    const { text } = renderUpdate(
      view({ message: { who: 'Ada', when: 'now', text: long, html: null, private: false } }),
    );
    expect(text.length).toBeGreaterThan(480_000);
  });
});

describe('single lines', () => {
  test('lose line breaks and other controls, so that a subject stays one header', () => {
    const { subject, text } = renderUpdate(
      view({ ticket: ticket({ subject: 'Printer\r\nBcc: eve@example.org\u0000\u0085\u2028end' }) }),
    );
    expect(subject).toBe('Printer Bcc: eve@example.org end');
    expect(text).not.toMatch(/^Bcc:/m);
  });

  test('lose the marks that would turn round what follows them', () => {
    const { subject, html } = renderUpdate(view({ ticket: ticket({ subject: 'photo\u202egpj.exe' }) }));
    expect(subject).toBe('photogpj.exe');
    expect(html).not.toContain('\u202e');
  });

  test('keep right-to-left words, set apart from ours', () => {
    const arabic = 'الطابعة لا تعمل';
    const { subject, html } = renderUpdate(
      view({
        ticket: ticket({ subject: arabic }),
        message: { who: 'ليلى', when: 'now', text: arabic, html: null, private: false },
      }),
    );
    expect(subject).toBe(arabic);
    expect(html).toContain(`<bdi>${arabic}</bdi>`);
    expect(html).toContain('<bdi>ليلى</bdi>');
    expect(html).toMatch(new RegExp(`dir="auto"[^>]*>${arabic}<`));
  });

  test('survive half a character', () => {
    expect(renderUpdate(view({ ticket: ticket({ subject: 'a\ud83d' }) })).subject).toBe('a\ufffd');
  });

  test('of a ticket without a subject say that there is none', () => {
    expect(renderUpdate(view({ ticket: ticket({ subject: '' }) })).subject).toBe('(no subject)');
  });
});

test('a requester’s thread keeps its subject whatever happens; an alarm to the desk stands out', () => {
  const subject = (kind: UpdateView['kind'], audience: UpdateView['audience']) =>
    renderUpdate({ ...sampleView(kind, 'en', audience), ticket: ticket({ subject: 'Printer' }) }).subject;
  // Who is asked to approve reads no thread of it yet.
  for (const kind of UPDATE_KINDS)
    if (kind !== 'code' && kind !== 'warning' && kind !== 'approval')
      expect([kind, subject(kind, 'requester')]).toEqual([kind, 'Printer']);
  expect(subject('warning', 'agent')).toBe('Due soon: Printer');
  expect(subject('breach', 'lead')).toBe('Overdue: Printer');
});

test('an answer is the agent’s mail: his words come first, and ours are a line at the end', () => {
  const { text } = renderUpdate({
    ...sampleView('answer', 'en', 'requester'),
    message: { who: 'Grace', when: 'now', text: 'Hello Ada,\n\ndone.', html: null, private: false },
    plainReply: 'Just reply.',
  });
  expect(text).toBe(
    `${MARKER}\n\nHello Ada,\n\ndone.\n\n-- \nJust reply.\nExample IT Desk · Ticket T-7K4M2Q\n`,
  );
});

test('a transcript says that nothing was done only when nothing was', () => {
  const nothing = 'Nothing was done and nothing was sent';
  const transcript = sampleView('transcript', 'en', 'agent');
  expect(renderUpdate({ ...transcript, facts: { refused: 'yes' } }).text).toContain(nothing);
  const done = renderUpdate({ ...transcript, facts: {} });
  expect(done.text + done.html).not.toContain(nothing);
});

test('a private note says that the requester has not seen it, a colleague’s answer that he has', () => {
  const note = sampleView('note', 'en', 'agent');
  expect(renderUpdate({ ...note, message: said('en', 'grace', 'note') }).text).toContain(
    'The requester has not seen it.',
  );
  expect(renderUpdate({ ...note, message: said('en', 'grace', 'answer') }).text).toContain(
    'Grace Hopper answered Ada Lovelace with these words.',
  );
});

test('an action that is not a mail to begin is a mistake of ours', () => {
  expect(() => renderUpdate(view({ actions: [{ label: 'Open', href: 'https://example.com' }] }))).toThrow(
    TypeError,
  );
});

/** What a reader sees of HTML, in its order. */
function shown(html: string): string {
  return html
    .slice(html.indexOf('<body'))
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<br>\n?/g, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&#x([0-9a-f]+);/gi, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim();
}
