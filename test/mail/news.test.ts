import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Attachment } from '../../core/mail/email.ts';
import { MAX_PICTURES, newsOf } from '../../core/mail/news.ts';
import { parseEmail } from '../../core/mail/parse.ts';
import { read } from './written.ts';

const file = (name: string, given: Partial<Attachment> = {}): Attachment => {
  const content = Buffer.from(given.content ?? name);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const plain = { contentType: 'image/png', size: content.length, inline: false, contentId: null, sha256 };
  return { name, ...plain, ...given, content };
};
const logo = file('logo.png', { inline: true, contentId: 'logo@example.org' });
const names = (files: readonly { name: string }[]) => files.map(({ name }) => name);

describe('what a ticket keeps of a mail', () => {
  test('a logo is kept once, and known in every mail after', () => {
    const first = newsOf([logo, file('screen.png')], []);
    expect(names(first.files)).toEqual(['logo.png', 'screen.png']);
    const second = newsOf([logo, file('other.png')], first.pictures);
    expect([names(second.files), second.known]).toEqual([
      ['other.png'],
      [{ name: 'logo.png', why: 'seen-before' }],
    ]);
  });

  test('it is known by what it shows, not by its name, and also when a program attaches it', () => {
    const { pictures } = newsOf([logo], []);
    const again = { ...logo, name: 'image001.png', inline: false, contentId: null };
    expect(newsOf([again], pictures).known).toEqual([{ name: 'image001.png', why: 'seen-before' }]);
  });

  test('a file that somebody attaches again is news again', () => {
    const contract = file('contract.pdf', { contentType: 'application/pdf' });
    const { files, pictures } = newsOf([contract, file('screen.png')], []);
    expect(pictures).toEqual([]);
    expect(names(newsOf(files, pictures).files)).toEqual(['contract.pdf', 'screen.png']);
  });

  test('a picture that a mail shows twice is kept once', () => {
    const { files, known } = newsOf([logo, { ...logo, name: 'logo2.png' }], []);
    expect([names(files), known]).toEqual([['logo.png'], [{ name: 'logo2.png', why: 'twice' }]]);
  });

  test('the newest pictures are remembered, and one that comes again is new again', () => {
    const others = Array.from({ length: MAX_PICTURES - 1 }, (_, at) => file(`${at}.png`, { inline: true }));
    let { pictures } = newsOf([logo, ...others], []);
    ({ pictures } = newsOf([logo], pictures));
    ({ pictures } = newsOf([file('one more.png', { inline: true })], pictures));
    expect(pictures).toHaveLength(MAX_PICTURES);
    expect(newsOf([logo], pictures).known).toHaveLength(1);
    expect(newsOf([others[0] as Attachment], pictures).known).toHaveLength(0);
  });

  test('a signature proves who wrote, and is no file', async () => {
    const { files, known } = newsOf((await read('signed')).attachments, []);
    expect([files, known.map(({ why }) => why)]).toEqual([[], ['signature']]);
  });

  test('of an Apple file the half that all can open', async () => {
    const raw =
      'From: ada@example.org\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nLook.\n--b\nContent-Type: multipart/appledouble; boundary=c\n\n--c\nContent-Type: application/applefile; name="plan.pdf"\n\nxx\n--c\nContent-Type: application/pdf; name="plan.pdf"\n\npdf\n--c--\n--b--\n';
    const { files, known } = newsOf((await parseEmail(Buffer.from(raw))).attachments, []);
    expect([files.map(({ contentType }) => contentType), known]).toEqual([
      ['application/pdf'],
      [{ name: 'plan.pdf', why: 'apple-half' }],
    ]);
  });
});
