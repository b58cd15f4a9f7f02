/** HTML as mail carries it: made plain for reading, made harmless for showing. */
import { Parser } from 'htmlparser2';
import sanitize from 'sanitize-html';
import { MAX_HTML_CHARS, MAX_LINKS } from './limits.ts';

/** Tables in tables in tables reach some thirty levels. The sanitizer's time grows with the square of the depth. */
const MAX_DEPTH = 300;

/** Quotes deeper than this look the same; 5,000 nested ones would put 5,000 marks before every line. */
const MAX_QUOTE_DEPTH = 12;

/** Elements that no browser shows. */
const UNSEEN = new Set([
  'script',
  'style',
  'head',
  'title',
  'template',
  'object',
  'svg',
  'math',
  'iframe',
  'noscript',
  'select',
  'textarea',
  'audio',
  'video',
]);

/** Elements that begin a line, and those that leave a blank one around them. */
const BLOCKS = new Set([
  'div',
  'section',
  'article',
  'header',
  'footer',
  'main',
  'aside',
  'nav',
  'address',
  'center',
  'form',
  'fieldset',
  'tr',
  'table',
  'tbody',
  'thead',
  'dl',
  'dt',
  'dd',
  'li',
  'body',
  'html',
  'figure',
  'figcaption',
  'caption',
]);
const PARAGRAPHS = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'pre', 'blockquote']);

/** What an element's attributes say of it: text in a quote, or that everything from here on is one. */
export type Quoting = 'quote' | 'rest' | 'signature' | null;

/** Stands before each line that an element of the HTML says is signature. Mail holds no such character: NUL is stripped. */
export const IN_SIGNATURE = '\0~';

/** Plain text of HTML. Links keep their target when the text does not show it, lists their marks, quotes their `>`. */
export function htmlToText(html: string): string {
  return walk(html, (name) => (name === 'blockquote' ? 'quote' : null), '');
}

/**
 * Walks HTML once and writes plain text. `quoting` says of each element whether it quotes; a `rest` puts the line
 * `cut` into the text where it begins.
 */
export function walk(
  html: string,
  quoting: (name: string, attributes: Record<string, string>) => Quoting,
  cut: string,
): string {
  const lines: string[] = [];
  // The line being written, in pieces: one string that grows by a character at a time is copied at every look at its end.
  let pieces: string[] = [];
  let blank = true;
  let gap = false;
  let hidden = 0;
  let preformatted = 0;
  let quotes = 0;
  let links = 0;
  let signatures = 0;
  const open: {
    name: string;
    quote: boolean;
    signature: boolean;
    unseen: boolean;
    href: string | null;
    from: number;
  }[] = [];
  const listMarks: (number | null)[] = [];

  const prefix = () =>
    '> '.repeat(Math.min(quotes, MAX_QUOTE_DEPTH)) + (signatures > 0 && quotes === 0 ? IN_SIGNATURE : '');
  const breakLine = () => {
    lines.push(prefix() + pieces.join('').replace(/(?<![ \t])[ \t]+$/, ''));
    pieces = [];
    blank = true;
  };
  const endLine = () => {
    if (!blank) breakLine();
  };
  const leaveGap = () => {
    endLine();
    if (lines.length > 0 && !gap) lines.push(prefix().trimEnd());
    gap = true;
  };
  const write = (text: string) => {
    if (text === '') return;
    gap = false;
    pieces.push(text);
    if (blank && text.trim() !== '') blank = false;
  };
  const writeWords = (text: string) => {
    const words = text.replace(/[ \t\r\n\f]+/g, ' ');
    const last = pieces.at(-1);
    write(last === undefined || last.endsWith(' ') || last.endsWith('\t') ? words.replace(/^ /, '') : words);
  };
  const writeAsItStands = (text: string) => {
    const [head = '', ...rest] = text.split('\n');
    write(head);
    for (const next of rest) {
      breakLine();
      write(next);
    }
  };
  const openShown = (name: string, attributes: Record<string, string>) => {
    if (name === 'br') {
      breakLine();
      gap = false;
    } else if (name === 'hr') {
      endLine();
      lines.push(`${prefix()}---`);
    } else if (name === 'img') {
      const alt = (attributes.alt ?? '').slice(0, 200).replace(/\s+/g, ' ').trim();
      if (alt !== '') write(`[${alt}]`);
    } else if (PARAGRAPHS.has(name)) leaveGap();
    else if (BLOCKS.has(name)) endLine();
    else if ((name === 'td' || name === 'th') && !blank) write('\t');
    if (name === 'ul') listMarks.push(null);
    if (name === 'ol') listMarks.push(1);
    if (name === 'pre') preformatted += 1;
    if (name === 'li') {
      const number = listMarks.at(-1) ?? null;
      if (number !== null) listMarks[listMarks.length - 1] = number + 1;
      pieces = [number === null ? '- ' : `${number}. `];
    }
  };

  const parser = new Parser(
    {
      onopentag(name, attributes) {
        const unseen = UNSEEN.has(name);
        if (unseen) hidden += 1;
        const kind = hidden > 0 ? null : quoting(name, attributes);
        if (hidden === 0) openShown(name, attributes);
        if (kind === 'rest') {
          endLine();
          lines.push(cut);
        }
        if (kind === 'quote' || kind === 'signature') endLine();
        if (kind === 'quote') quotes += 1;
        if (kind === 'signature') signatures += 1;
        open.push({
          name,
          quote: kind === 'quote',
          signature: kind === 'signature',
          unseen,
          href: name === 'a' ? (attributes.href ?? null) : null,
          from: pieces.length,
        });
      },
      ontext(text) {
        if (hidden > 0) return;
        if (preformatted > 0) writeAsItStands(text);
        else writeWords(text);
      },
      onclosetag(name) {
        const element = open.pop();
        if (!element) return;
        if (element.unseen) hidden -= 1;
        if (hidden > 0) return;
        if (element.href !== null) {
          links += 1;
          if (links <= MAX_LINKS) write(target(element.href, pieces.slice(element.from)));
        }
        if (name === 'pre') preformatted -= 1;
        if (name === 'ul' || name === 'ol') listMarks.pop();
        if (PARAGRAPHS.has(name) || BLOCKS.has(name)) endLine();
        if (element.signature) {
          endLine();
          signatures -= 1;
        }
        if (element.quote) {
          endLine();
          quotes -= 1;
          gap = false;
        }
        if (PARAGRAPHS.has(name)) leaveGap();
      },
    },
    { decodeEntities: true, lowerCaseTags: true, lowerCaseAttributeNames: true },
  );
  const rest = feed(parser, html.slice(0, MAX_HTML_CHARS), () => open.length > MAX_OPEN);
  writeWords(rest.replace(/<[^<>]{0,2000}>/g, ' '));
  endLine();
  while (/^[> \t]*$/.test(lines.at(-1) ?? 'x')) lines.pop();
  return lines
    .join('\n')
    .replaceAll('\u00A0', ' ')
    .replace(/[\u200B\u2060\uFEFF\u00AD]/g, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** The parser's own stack moves as a whole with every element: a hundred thousand open ones take minutes. */
const MAX_OPEN = 2_000;

/** Feeds the parser bit by bit until it has all, or until `enough`; returns what it did not get. */
function feed(parser: Parser, html: string, enough: () => boolean): string {
  let at = 0;
  for (; at < html.length && !enough(); at += 8_192) parser.write(html.slice(at, at + 8_192));
  parser.end();
  return html.slice(at);
}

/** Where a link leads, when the reader of plain text could not know it from the words. Words that go on for pages are no label. */
function target(href: string, words: readonly string[]): string {
  const url = href.trim().replace(/^mailto:/i, '');
  if (url.length > 2_000 || words.length > 100 || !/^(https?:\/\/|[^\s@<>]+@)/i.test(url)) return '';
  const shown = words.join('').trim().replace(/\/$/, '');
  return shown === '' || url.includes(shown) || shown.includes(url.replace(/\/$/, '')) ? '' : ` <${url}>`;
}

/** The charset that a page's own `<meta>` names. */
export function htmlCharset(content: Uint8Array): string | null {
  const start = Buffer.from(content.buffer, content.byteOffset, Math.min(content.length, 2_048)).toString(
    'latin1',
  );
  return /<meta[^>]{0,200}charset\s*=\s*["']?([\w:.-]{2,40})/i.exec(start)?.[1] ?? null;
}

/**
 * HTML that may be shown in a browser or put into a mail of ours: no script, no style sheet, no form, nothing that
 * loads by itself from elsewhere or covers what stands around it. Images stay when they came with the mail (`cid:`).
 */
export function sanitizeHtml(html: string): string {
  const bounded = html.slice(0, MAX_HTML_CHARS);
  if (depthOf(bounded) > MAX_DEPTH) return htmlToText(bounded).split('\n').map(escapeHtml).join('<br />\n');
  return sanitize(bounded, {
    allowedTags: [
      'a',
      'abbr',
      'address',
      'b',
      'bdi',
      'bdo',
      'big',
      'blockquote',
      'br',
      'caption',
      'center',
      'cite',
      'code',
      'col',
      'colgroup',
      'dd',
      'del',
      'dfn',
      'div',
      'dl',
      'dt',
      'em',
      'figcaption',
      'figure',
      'font',
      'h1',
      'h2',
      'h3',
      'h4',
      'h5',
      'h6',
      'hr',
      'i',
      'img',
      'ins',
      'kbd',
      'li',
      'ol',
      'p',
      'pre',
      'q',
      's',
      'samp',
      'small',
      'span',
      'strike',
      'strong',
      'sub',
      'sup',
      'table',
      'tbody',
      'td',
      'tfoot',
      'th',
      'thead',
      'tr',
      'tt',
      'u',
      'ul',
      'var',
    ],
    allowedAttributes: {
      '*': ['dir', 'lang', 'title', 'align', 'valign', 'style'],
      a: ['href'],
      img: ['src', 'alt', 'width', 'height'],
      table: ['border', 'cellpadding', 'cellspacing', 'width', 'bgcolor'],
      td: ['colspan', 'rowspan', 'width', 'bgcolor'],
      th: ['colspan', 'rowspan', 'width', 'bgcolor'],
      font: ['color', 'face', 'size'],
      ol: ['start', 'type'],
    },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowedSchemesByTag: { img: ['cid'] },
    allowProtocolRelative: false,
    // Colours and weights only: position, background and width are how a mail draws over the page around it.
    allowedStyles: {
      '*': {
        color: [COLOUR],
        'background-color': [COLOUR],
        'font-weight': [/^(normal|bold|\d{3})$/],
        'font-style': [/^(normal|italic)$/],
        'text-align': [/^(left|right|center|justify)$/],
        'text-decoration': [/^(none|underline|line-through)$/],
      },
    },
    // The text of these is no text for a reader.
    nonTextTags: [
      'script',
      'style',
      'textarea',
      'option',
      'noscript',
      'title',
      'svg',
      'math',
      'iframe',
      'object',
      'template',
    ],
    nestingLimit: 200,
    transformTags: { a: sanitize.simpleTransform('a', { rel: 'noopener noreferrer nofollow' }) },
    exclusiveFilter: ({ tag, attribs }) =>
      tag === 'img' && !/^cid:[\w.@%+$=~-]{1,300}$/.test(attribs.src ?? ''),
  });
}

/** How deep the elements stand in each other. */
function depthOf(html: string): number {
  let depth = 0;
  let deepest = 0;
  const parser = new Parser({
    onopentag() {
      depth += 1;
      deepest = Math.max(deepest, depth);
    },
    onclosetag() {
      depth -= 1;
    },
  });
  feed(parser, html, () => deepest > MAX_DEPTH);
  return deepest;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const COLOUR = /^(#[0-9a-f]{3,8}|rgba?\([\d\s.,%]{1,40}\)|[a-z]{3,20})$/i;
