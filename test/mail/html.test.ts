import { describe, expect, test } from 'vitest';
import { htmlToText, sanitizeHtml } from '../../core/mail/html.ts';

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
