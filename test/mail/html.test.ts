import { describe, expect, test } from 'vitest';
import { htmlCharset, htmlToText, sanitizeHtml } from '../../core/mail/html.ts';

describe('HTML made plain', () => {
  test.each([
    ['paragraphs and breaks', '<p>one<br>two</p><p>three</p>', 'one\ntwo\n\nthree'],
    ['entities and white space', 'a&nbsp;&amp;\n  b &lt;c&gt;', 'a & b <c>'],
    [
      'lists',
      '<ul><li>one</li><li>two</li></ul><ol><li>first</li><li>second</li></ol>',
      '- one\n- two\n\n1. first\n2. second',
    ],
    ['tables', '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>', 'a\tb\nc\td'],
    [
      'links',
      '<a href="https://example.test/a">here</a> <a href="https://example.test/b">https://example.test/b</a> <a href="javascript:x()">no</a>',
      'here <https://example.test/a> https://example.test/b no',
    ],
    [
      'quotes',
      '<p>new</p><blockquote>old<blockquote>older</blockquote></blockquote>',
      'new\n\n> old\n>\n> > older',
    ],
    ['code', '<pre>if (a)\n  b();</pre>', 'if (a)\n  b();'],
    ['a rule between lines', 'one<hr>two', 'one\n---\ntwo'],
    ['a picture with words', 'see <img alt="the  plug" src="x"> here', 'see [the plug] here'],
    ['a picture without', 'see <img src="x"> here', 'see here'],
    ['a heading', '<h1>Head</h1>text', 'Head\n\ntext'],
    ['blocks within blocks', '<div><div>one</div><div>two</div></div>three', 'one\ntwo\nthree'],
    ['many breaks', 'one<br><br><br><br>two', 'one\n\ntwo'],
    [
      'a nested list',
      '<ul><li>one<ol><li>inner</li></ol></li><li>two</li></ul>',
      '- one\n\n1. inner\n\n- two',
    ],
    ['a list that begins in a line', 'see<ul><li>one</li></ul>', 'see\n\n- one'],
    ['an item outside a list', '<li>one</li>', '- one'],
    ['cells with spaces', '<table><tr><th> a </th><td> b</td></tr></table>', 'a \tb'],
    ['an empty first cell', '<table><tr><td></td><td>b</td></tr></table>', 'b'],
    ['a definition', '<dl><dt>Word</dt><dd>Meaning</dd></dl>', 'Word\nMeaning'],
    ['spaces at the ends', '<p>  one  </p>  two  ', 'one\n\ntwo'],
    ['a space between elements', '<b>one</b> <i>two</i>', 'one two'],
    ['no space between elements', '<b>one</b><i>two</i>', 'onetwo'],
    ['a tab after text', 'one\ttwo', 'one two'],
    ['code with a tail', 'a<pre>  b\n\nc </pre>d', 'a\n\n  b\n\nc\n\nd'],
    ['code in a list', '<ul><li><pre>x</pre></li></ul>', '- x'],
    ['a mail link', '<a href="mailto:ada@example.org">write</a>', 'write <ada@example.org>'],
    ['a mail link that shows it', '<a href="mailto:ada@example.org">ada@example.org</a>', 'ada@example.org'],
    [
      'a link that shows it with a slash',
      '<a href="https://example.org/">https://example.org</a>',
      'https://example.org',
    ],
    [
      'a link whose words hold it',
      '<a href="https://example.org">see https://example.org now</a>',
      'see https://example.org now',
    ],
    ['a link without words', '<a href="https://example.org"></a>x', 'x'],
    ['a link without a target', '<a>x</a>', 'x'],
    ['a link to elsewhere in the page', '<a href="#top">x</a>', 'x'],
    ['a link of letters in capitals', '<a href="HTTPS://EXAMPLE.ORG">x</a>', 'x <HTTPS://EXAMPLE.ORG>'],
    ['a quote in a line', 'one<blockquote>two</blockquote>three', 'one\n\n> two\n\nthree'],
    ['a quote with a list', '<blockquote><ul><li>one</li></ul></blockquote>', '> - one'],
    [
      'thirteen quotes',
      `${'<blockquote>'.repeat(13)}deep${'</blockquote>'.repeat(13)}`,
      `${'> '.repeat(12)}deep`,
    ],
    ['a quote that is empty', 'one<blockquote></blockquote>two', 'one\n\ntwo'],
    [
      'what is hidden within what is hidden',
      'a<head><title>b</title></head><svg><style>c</style>d</svg>e',
      'ae',
    ],
    ['a select and its options', 'a<select><option>b</option></select>c', 'ac'],
    ['entities', '&lt;b&gt; &amp;amp; &#8364; &hellip;', '<b> &amp; € …'],
    ['marks that nobody sees', 'a\u200bb\u00adc\ufeffd\u2060e', 'abcde'],
    ['a no-break space', 'a&nbsp;b', 'a b'],
    ['an element that is never closed', '<p>one<div>two', 'one\n\ntwo'],
    ['a closing tag alone', 'one</p>two</div>three', 'one\n\ntwothree'],
    ['upper case', '<P>one<BR>two</P>', 'one\ntwo'],
    ['a center and a form', '<center>one</center><form>two</form>', 'one\ntwo'],
    ['a figure', '<figure>one<figcaption>two</figcaption></figure>three', 'one\ntwo\nthree'],
    ['nothing', '', ''],
    ['text alone', 'one\ntwo', 'one two'],
    ['trailing quotes', 'one<blockquote> </blockquote>', 'one'],
    ['a rule in a quote', '<blockquote>one<hr>two</blockquote>', '> one\n> ---\n> two'],
    ['what nobody sees', 'a<script>b</script><style>c</style><!-- d --><title>e</title>f', 'af'],
  ])('%s', (_, html, text) => {
    expect(htmlToText(html)).toBe(text);
  });

  test('twenty thousand open elements still have their text', () => {
    expect(htmlToText(`${'<div>'.repeat(20_000)}deep`)).toContain('deep');
  });
});

describe('HTML made harmless', () => {
  test('what people write stays', () => {
    const html =
      '<p style="color:#ff0000">Hello <b>you</b>, see <a href="https://example.test/">this</a></p>';
    expect(sanitizeHtml(html)).toBe(
      '<p style="color:#ff0000">Hello <b>you</b>, see <a href="https://example.test/">this</a></p>',
    );
  });

  test('images that came with the mail stay, others go', () => {
    expect(
      sanitizeHtml(
        '<img src="cid:logo@example.org" alt="x"><img src="https://tracker.example/p.gif"><img src="data:image/png;base64,AA">',
      ),
    ).toBe('<img src="cid:logo@example.org" alt="x" />');
  });

  test.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href="//evil.test">x</a>',
    '<svg onload=alert(1)>',
    '<style>@import url(https://evil.test)</style>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<form action=https://evil.test><input name=p></form>',
    '<meta http-equiv=refresh content="0;url=https://evil.test">',
    '<base href="https://evil.test/">',
    '<object data="data:text/html,x"></object>',
    '<link rel=stylesheet href=https://evil.test>',
    '<div style="background:url(https://evil.test/x);position:fixed;top:0;width:100%">x</div>',
    '<img src="cid:x&quot;onerror=alert(1)">',
    '<a href="data:text/html;base64,AA">x</a>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  ])('%s', (html) => {
    expect(sanitizeHtml(`ok ${html}`)).not.toMatch(
      /<(script|svg|style|iframe|form|input|meta|base|object|link|noscript|math)|\son\w+=|javascript:|data:|url\(|position|href="\/\/|evil/i,
    );
  });

  test('deeper than any mail nests it becomes plain text', () => {
    expect(sanitizeHtml(`${'<div>'.repeat(1_000)}<b>a &lt; b</b>`)).toBe('a &lt; b');
  });
});

test.each<[page: string, charset: string | null]>([
  ['<meta charset=utf-8>', 'utf-8'],
  ['<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">', 'windows-1252'],
  ["<meta charset='utf-8'>", 'utf-8'],
  ['<META CHARSET = "KOI8-R">', 'KOI8-R'],
  ['<p>charset=utf-8</p>', null],
  ['', null],
])('the charset that the page %j names is %s', (page, charset) => {
  expect(htmlCharset(Buffer.from(page))).toBe(charset);
});

test('a charset is named at the top of a page, or not at all', () => {
  expect(htmlCharset(Buffer.from(`${' '.repeat(2_100)}<meta charset=utf-8>`))).toBeNull();
});
