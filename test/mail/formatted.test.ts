import { describe, expect, test } from 'vitest';
import { formattedAs } from '../../core/mail/formatted.ts';
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
