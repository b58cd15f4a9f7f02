import { describe, expect, test } from 'vitest';
import { formattedAs, paragraphs } from '../../core/mail/formatted.ts';
import { MARKER } from '../../core/mail/marker.ts';

const QUOTE = `<div class="gmail_quote"><div>On Mon, Ida wrote:</div><blockquote>It is <b>broken</b>.<br>${MARKER}<br>token support+abc@desk.example.test</blockquote></div>`;

describe('an answer leaves as it was formatted', () => {
  test('bold words, a list and a link of Gmail, without what was quoted', () => {
    const html = `<div dir="ltr">Please <b>restart</b> it:<ol><li>hold the button</li><li>wait</li></ol>See <a href="https://example.org/help">the guide</a>.</div>${QUOTE}`;
    const words =
      'Please *restart* it:\n\n   1. hold the button\n   2. wait\n\nSee the guide <https://example.org/help>.';
    expect(formattedAs(html, words)).toBe(
      '<div>Please <b>restart</b> it:<ol><li>hold the button</li><li>wait</li></ol>See <a href="https://example.org/help">the guide</a>.</div>',
    );
  });

  test('Outlook’s paragraphs lose its fonts and colours and keep their weight', () => {
    const html =
      '<div class="WordSection1"><p class="MsoNormal" style="margin:0"><span style="font-family:Calibri;color:#1F497D">Try the <b>left</b> port.<o:p></o:p></span></p><p class="MsoNormal"><span style="font-weight:bold;color:red">Not</span> the right one.</p></div>';
    expect(formattedAs(html, 'Try the left port.\n\nNot the right one.')).toBe(
      '<div><p><span>Try the <b>left</b> port.</span></p><p><span style="font-weight:bold">Not</span> the right one.</p></div>',
    );
  });

  test('a picture between the words stays, the logo below the signature goes', () => {
    const html =
      '<p>Press <b>this</b>:</p><p><img src="cid:shot@example.test"></p><p>and wait.</p><p>-- <br>Luis<br><img src="cid:logo@example.test"></p>';
    expect(formattedAs(html, 'Press this:\n\n[cid:shot@example.test]\n\nand wait.')).toBe(
      '<p>Press <b>this</b>:</p><p><img src="cid:shot@example.test" style="max-width:100%;height:auto" /></p><p>and wait.</p>',
    );
  });

  test('commands are no words: their lines go', () => {
    const html = '<div>#resolve</div><div>#priority P3</div><div>Resolved by a <i>new</i> cable.</div>';
    expect(formattedAs(html, 'Resolved by a new cable.')).toBe('<div>Resolved by a <i>new</i> cable.</div>');
  });
});

describe('the plain text leaves alone', () => {
  test('when the HTML says other things than the text that was decided on', () => {
    expect(formattedAs('<p>Call me at <b>once</b>.</p>', 'Call me tomorrow.')).toBeNull();
    expect(formattedAs('<p>One <b>secret</b> more</p>', 'One more')).toBeNull();
  });

  test('when the words stand only in part of a line: what else is in the line is not theirs', () => {
    expect(formattedAs('<p>Yes. <b>Internal:</b> he is difficult</p>', 'Yes.')).toBeNull();
  });

  test('when formatting would add nothing', () => {
    expect(formattedAs('<div>Yes.</div><div>Do that.</div>', 'Yes.\nDo that.')).toBeNull();
  });

  test('when it is longer than anybody types', () => {
    const html = `<p><b>${'word '.repeat(60_000)}</b></p>`;
    expect(formattedAs(html, 'word '.repeat(60_000))).toBeNull();
  });
});

test('scripts, forms, remote pictures and styles that cover the page never leave', () => {
  const html =
    '<p onclick="x()">Press <b>F5</b><script>steal()</script><img src="https://evil.test/p.gif"><a href="javascript:x()">now</a></p><style>p{position:fixed}</style>';
  expect(formattedAs(html, 'Press F5now')).toBe('<p>Press <b>F5</b><a>now</a></p>');
});

test('whatever the HTML holds, what is kept of it says the words and nothing else', () => {
  const letters = (text: string) => text.replace(/<[^>]*>/g, '').replace(/[^\p{L}\p{N}]+/gu, '');
  const words = 'First line\nSecond bold line\nThird';
  const lines = ['First line', 'Second <b>bold</b> line', 'Third', 'hidden', `${MARKER}`, 'First line'];
  let found = 0;
  for (let order = 0; order < 720; order++) {
    const left = [...lines];
    let rest = order;
    const html = lines
      .map((_, index) => {
        const size = lines.length - index;
        const taken = left.splice(rest % size, 1);
        rest = Math.floor(rest / size);
        return `<div>${taken[0]}</div>`;
      })
      .join('');
    const kept = formattedAs(html, words);
    if (kept === null) continue;
    found++;
    expect(letters(kept)).toBe(letters(words));
  }
  expect(found).toBeGreaterThan(0);
});

test.each<[what: string, html: string | null, words: string, kept: string | null]>([
  ['bold words', '<p>Press <b>F5</b>.</p>', 'Press F5.', '<p>Press <b>F5</b>.</p>'],
  ['no HTML', null, 'Press F5.', null],
  ['no words', '<p> <b> </b></p>', ' ', null],
  [
    'an unordered list',
    '<ul><li>one</li><li>two</li></ul>',
    '- one\n- two',
    '<ul><li>one</li><li>two</li></ul>',
  ],
  [
    'a numbered list whose numbers are written',
    '<ol><li>one</li><li>two</li></ol>',
    '1. one\n2. two',
    '<ol><li>one</li><li>two</li></ol>',
  ],
  [
    'a numbered list whose numbers are not',
    '<ol><li>one</li><li>two</li></ol>',
    'one\ntwo',
    '<ol><li>one</li><li>two</li></ol>',
  ],
  [
    'a list in a list',
    '<ol><li>one<ul><li>a</li></ul></li><li>two</li></ol>',
    '1. one\n- a\n2. two',
    '<ol><li>one<ul><li>a</li></ul></li><li>two</li></ol>',
  ],
  [
    'a link whose target is written',
    '<p>See <a href="https://example.org/x">this</a></p>',
    'See this <https://example.org/x>',
    '<p>See <a href="https://example.org/x">this</a></p>',
  ],
  [
    'a link whose target is not',
    '<p>See <a href="https://example.org/x">this</a></p>',
    'See this',
    '<p>See <a href="https://example.org/x">this</a></p>',
  ],
  [
    'a mail link',
    '<p>Ask <a href="mailto:ada@example.org">Ada</a></p>',
    'Ask Ada <ada@example.org>',
    '<p>Ask <a href="mailto:ada@example.org">Ada</a></p>',
  ],
  [
    'a table',
    '<table><tr><td colspan="2">a</td></tr><tr><td>b</td><td>c</td></tr></table>',
    'a\nb c',
    '<table><tr><td colspan="2">a</td></tr><tr><td>b</td><td>c</td></tr></table>',
  ],
  [
    'a quote that he wrote',
    '<p>He said</p><blockquote>never</blockquote>',
    'He said\n> never',
    '<p>He said</p><blockquote>never</blockquote>',
  ],
  [
    'italics by style',
    '<p><span style="font-style:italic">so</span></p>',
    'so',
    '<p><span style="font-style:italic">so</span></p>',
  ],
  [
    'weight by number',
    '<p><span style="font-weight:700">so</span></p>',
    'so',
    '<p><span style="font-weight:700">so</span></p>',
  ],
  ['light weight', '<p><span style="font-weight:300">so</span></p>', 'so', null],
  [
    'a picture before the words',
    '<p><img src="cid:a@b" alt="A"></p><p>Press <b>it</b></p>',
    'Press it',
    '<p>Press <b>it</b></p>',
  ],
  [
    'a picture in the line',
    '<p>Press <img src="cid:a@b" alt="A"> it</p>',
    'Press [image: A] it',
    '<p>Press <img src="cid:a@b" alt="A" style="max-width:100%;height:auto" /> it</p>',
  ],
  [
    'a picture behind the words',
    '<p>Press <b>it</b></p><p><img src="cid:a@b"></p>',
    'Press it',
    '<p>Press <b>it</b></p>',
  ],
  ['breaks around the words', '<p><br><b>one</b><br>two<br></p>', 'one\ntwo', '<p><b>one</b><br />two</p>'],
  [
    'what is special in HTML',
    '<p>a &lt; <b>b</b> &amp; "c"</p>',
    'a < b & "c"',
    '<p>a &lt; <b>b</b> &amp; &quot;c&quot;</p>',
  ],
  ['another alphabet', '<p>Да, <b>конечно</b></p>', 'Да, конечно', '<p>Да, <b>конечно</b></p>'],
  ['a heading', '<h2>One</h2><p>two</p>', 'One\n\ntwo', '<h2>One</h2><p>two</p>'],
  ['an element that is empty', '<p><b></b>one <i>two</i></p>', 'one two', '<p>one <i>two</i></p>'],
  [
    'underlined and struck',
    '<p><u>one</u> <s>two</s> <em>three</em></p>',
    'one two three',
    '<p><u>one</u> <s>two</s> <em>three</em></p>',
  ],
  ['a rule', '<p>one</p><hr><p><b>two</b></p>', 'one\n\n---\n\ntwo', '<p>one</p><hr /><p><b>two</b></p>'],
  ['a line more', '<p>one</p><p>secret</p><p><b>two</b></p>', 'one\n\ntwo', '<p>one</p><p><b>two</b></p>'],
  ['a line less', '<p><b>one</b></p>', 'one\n\ntwo', null],
  ['code', '<pre>if (a) b()</pre>', 'if (a) b()', '<pre>if (a) b()</pre>'],
])('of %s', (_, html, words, kept) => {
  expect(formattedAs(html, words)).toBe(kept);
});

test.each([
  ['one', '<p>one</p>'],
  ['one\ntwo', '<p>one<br />two</p>'],
  ['one\n\ntwo\n\n\nthree', '<p>one</p><p>two</p><p>three</p>'],
  ['a < b & c', '<p>a &lt; b &amp; c</p>'],
])('the plain words %j as HTML are %s', (words, html) => {
  expect(paragraphs(words)).toBe(html);
});
