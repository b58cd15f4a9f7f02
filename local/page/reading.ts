/** A mail as its reader sees it: facts and words for our page, and its HTML as a document for a frame of its own. */
import { Parser } from 'htmlparser2';
import { type AddressObject, type Attachment, simpleParser } from 'mailparser';
import { escapeHtml, htmlToText } from '../../core/mail/html.ts';

export interface ReadableMail {
  subject: string;
  from: { address: string; name: string }[];
  to: { address: string; name: string }[];
  cc: { address: string; name: string }[];
  replyTo: { address: string; name: string }[];
  /** With their angle brackets, as they stand in the mail. */
  messageId: string | null;
  references: string[];
  text: string;
  hasHtml: boolean;
  /** What is shown within the HTML is not in it. `n` counts all parts of the mail. */
  attachments: { n: number; name: string; type: string; size: number }[];
  headers: string[];
}

export async function readMail(raw: Uint8Array): Promise<ReadableMail> {
  const mail = await parse(raw);
  const html = typeof mail.html === 'string';
  return {
    subject: mail.subject ?? '',
    from: people(mail.from),
    to: people(mail.to),
    cc: people(mail.cc),
    replyTo: people(mail.replyTo),
    messageId: mail.messageId ?? null,
    references: typeof mail.references === 'string' ? [mail.references] : (mail.references ?? []),
    text: mail.text ?? (html ? htmlToText(mail.html as string) : ''),
    hasHtml: html,
    attachments: mail.attachments
      .map((attachment, n) => ({
        n,
        name: fileName(attachment, n),
        type: attachment.contentType,
        size: attachment.size,
        shown: html && attachment.related === true && isPicture(attachment),
      }))
      .filter(({ shown }) => !shown)
      .map(({ shown: _, ...attachment }) => attachment),
    headers: mail.headerLines.map(({ line }) => line),
  };
}

export async function readFilePart(
  raw: Uint8Array,
  n: number,
): Promise<{ name: string; content: Buffer } | null> {
  const attachment = (await parse(raw)).attachments[n];
  return attachment ? { name: fileName(attachment, n), content: attachment.content } : null;
}

/** Beyond this much nobody reads, and a browser labours. */
const LONGEST_HTML = 2 * 1024 * 1024;
/** The parser's work grows with the depth at each step. */
const DEEPEST = 500;

const PIECE = 16_384;

/** A whole document, or null when the mail has no HTML that can be shown. */
export async function htmlDocument(raw: Uint8Array): Promise<string | null> {
  const mail = await parse(raw);
  if (typeof mail.html !== 'string') return null;
  const pictures = new Map(
    mail.attachments.flatMap((each) => (each.cid && isPicture(each) ? [[each.cid, each] as const] : [])),
  );
  const body = rewritten(mail.html.slice(0, LONGEST_HTML), pictures);
  if (body === null) return null;
  // A mail that knows nothing of dark screens was written for white paper.
  const scheme = /color-scheme:\s*light dark/.test(body) ? 'light dark' : 'light';
  return (
    `<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="${scheme}">` +
    `<style>body{margin:0;overflow-wrap:anywhere;font:15px/1.55 system-ui,sans-serif}img{max-width:100%;height:auto}</style></head>${body}`
  );
}

/** With what stands in them. */
const LEFT_OUT = new Set(
  'script noscript iframe frame frameset object embed applet template svg math title textarea select audio video canvas dialog'.split(
    ' ',
  ),
);
/** Without what stands in them. */
const SKIPPED = new Set(
  'base link meta form input button param source track portal plaintext xmp noembed listing'.split(' '),
);
const VOID = new Set('area br col hr img wbr'.split(' '));
const ATTRIBUTES = new Set(
  'abbr align alt bgcolor border cellpadding cellspacing class color colspan dir face height hspace id lang nowrap role rowspan scope size span start style summary title type valign value vspace width'.split(
    ' ',
  ),
);

/**
 * The frame's policy forbids scripts and network whatever stands here; this takes out what would only fail, shows the
 * pictures that came along, and gives every link its way: mailto: into our composer, the web into a new window.
 */
function rewritten(html: string, pictures: ReadonlyMap<string, Attachment>): string | null {
  const out: string[] = [];
  let depth = 0;
  let hidden = 0;
  let tooDeep = false;
  let style = false;
  const parser = new Parser({
    onopentag(name, attributes) {
      depth += 1;
      tooDeep ||= depth > DEEPEST;
      if (LEFT_OUT.has(name)) hidden += 1;
      if (hidden > 0 || !isShown(name)) return;
      style = name === 'style';
      const kept = Object.entries(attributes).filter(([key]) => ATTRIBUTES.has(key));
      const all = [...kept, ...destination(name, attributes, pictures)];
      out.push(`<${name}${all.map(([key, value]) => ` ${key}="${escapeHtml(value)}"`).join('')}>`);
    },
    ontext(text) {
      // A style sheet is read as it stands; only its own end may end it.
      if (hidden === 0) out.push(style ? text.replaceAll('</', '<\\/') : escapeHtml(text));
    },
    onclosetag(name) {
      depth -= 1;
      if (hidden === 0 && isShown(name)) {
        style = false;
        if (!VOID.has(name)) out.push(`</${name}>`);
      }
      if (LEFT_OUT.has(name)) hidden -= 1;
    },
  });
  for (let at = 0; at < html.length && !tooDeep; at += PIECE) parser.write(html.slice(at, at + PIECE));
  if (tooDeep) return null;
  parser.end();
  return out.join('');
}

function isShown(name: string): boolean {
  return !SKIPPED.has(name) && /^[a-z][a-z0-9]*$/.test(name);
}

/** Where a link leads and what a picture shows. */
function destination(
  name: string,
  { href, src }: Record<string, string>,
  pictures: ReadonlyMap<string, Attachment>,
): [string, string][] {
  const picture = name === 'img' ? pictures.get(src?.replace(/^cid:/i, '') ?? '') : undefined;
  if (picture) {
    return [['src', `data:${picture.contentType};base64,${picture.content.toString('base64')}`]];
  }
  if ((name !== 'a' && name !== 'area') || href === undefined) return [];
  const link = href.trim();
  if (/^mailto:/i.test(link)) {
    return [
      ['href', `/#${link}`],
      ['target', '_top'],
    ];
  }
  if (!/^https?:\/\//i.test(link)) return [];
  return [
    ['href', link],
    ['target', '_blank'],
    ['rel', 'noopener noreferrer'],
  ];
}

/** As pictures only these are shown; anything else is a file. */
function isPicture({ contentType }: Attachment): boolean {
  return /^image\/(png|jpeg|gif|webp|avif|bmp|svg\+xml)$/.test(contentType);
}

function parse(raw: Uint8Array) {
  return simpleParser(Buffer.from(raw), {
    keepCidLinks: true,
    // Its own reading of HTML as text throws, where nobody can catch it, at HTML that nests too deep.
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipTextLinks: true,
  });
}

function people(field: AddressObject | AddressObject[] | undefined): { address: string; name: string }[] {
  return [field ?? []]
    .flat()
    .flatMap(({ value }) => value)
    .flatMap((each) => each.group ?? [each])
    .map(({ address, name }) => ({ address: address ?? '', name }));
}

/** A name that some mail gives is only a suggestion, and never a path. */
function fileName({ filename, contentType }: Attachment, n: number): string {
  const name = (filename ?? '').replace(/[\p{Cc}\p{Cf}/\\]/gu, '').slice(0, 150);
  return name || `part-${n + 1}${contentType === 'message/rfc822' ? '.eml' : ''}`;
}
