import { parse as parseCsv } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '../../core/config/choices.ts';
import { type Figures, figuresOf, type Rollup } from '../../core/insight/figures.ts';
import { columns } from '../../templates/columns.ts';
import { renderUpdate } from '../../templates/render.ts';
import { samples } from '../../templates/report/sample.ts';
import { tableOf } from '../../templates/report/table.ts';
import { desk, MONDAY } from '../sample.ts';

const PERIOD = { from: '2026-11-16', to: '2026-11-22' };

function figures(rollups: Rollup[]): Figures {
  return figuresOf(
    rollups,
    { ...PERIOD, by: ['category', 'agent'] },
    { open: [], at: MONDAY, today: '2026-11-23' },
  );
}
const rollup = (by: Rollup['by'], of: string): Rollup => ({
  day: '2026-11-20',
  by,
  of,
  cells: { opened: 2 },
});

describe('the table', () => {
  test('begins with its mark, has lines that end as RFC 4180 has them, and the same columns in each', () => {
    const table = tableOf(figures([rollup('priority', 'P3'), rollup('category', 'printing')]), null, desk);
    expect([...Buffer.from(table).subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(table.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    const rows = parseCsv(table, { bom: true, columns: true }) as Record<string, string>[];
    expect(rows.map(({ by, name, opened }) => `${by} ${name} ${opened}`).slice(0, 2)).toEqual([
      'total  2',
      'category Printers and scanners 2',
    ]);
    expect(rows).toHaveLength(2 + 7);
  });

  test.each(['=HYPERLINK("http://evil.test";"a")', '+1+1', '-1+1', '@SUM(A1)', '\t=1+1', '\r=1+1', '＝1+1'])(
    'does not let a program reckon with %j, whoever is called so',
    (name) => {
      const categories = desk.categories.map((each, at) => (at === 0 ? { ...each, title: name } : each));
      const hostile = { ...desk, categories };
      const first = desk.categories[0]?.name ?? '';
      const table = tableOf(figures([rollup('category', first), rollup('agent', name)]), null, hostile);
      const cells = (parseCsv(table, { bom: true }) as string[][]).flat();
      expect(cells.filter((cell) => /^[=+\-@\t\r＝＋－＠]/.test(cell))).toEqual([]);
      expect(cells).toContain(`'${name}`);
    },
  );

  test('keeps a comma, a quote and a line break in their cell', () => {
    const name = 'Paper, "white"\nA4';
    const categories = desk.categories.map((each, at) => (at === 0 ? { ...each, title: name } : each));
    const table = tableOf(figures([rollup('category', desk.categories[0]?.name ?? '')]), null, {
      ...desk,
      categories,
    });
    expect((parseCsv(table, { bom: true }) as string[][]).flat()).toContain(name);
  });
});

describe.each(LANGUAGES)('the mail in %s', (language) => {
  const [whole, quiet, byAgent] = samples(language).map(renderUpdate);
  const html = whole?.html ?? '';

  test('has each figure beside its bar, in words as well as in cells', () => {
    for (const chart of samples(language)[0]?.report?.charts ?? [])
      for (const { name, value, note } of chart.bars) {
        for (const words of [name, value, note]) expect(html).toContain(words.replaceAll("'", '&#x27;'));
        expect(whole?.text).toMatch(new RegExp(`^.{2,40}\\s${value}\\s.*#`, 'm'));
      }
  });

  test('draws with cells that a program without styles draws, and that are read aloud by nobody', () => {
    const bars = html.match(/<td class="desk-(?:bar-\w+|track)"[^>]*>/g) ?? [];
    expect(bars.length).toBeGreaterThan(30);
    for (const bar of bars) expect(bar).toMatch(/ bgcolor="#[0-9a-f]{6}" /);
    for (const bar of bars) expect(bar).toMatch(/ (?:width="\d{1,3}%" )?height="\d{1,2}" /);
    expect(bars.join()).not.toContain('width="0%"');
    for (const table of html.match(/<table[^>]*aria-hidden="true"[^>]*>/g) ?? [])
      expect(table).toContain('role="presentation"');
    expect(html).not.toMatch(/<svg|<canvas|display:\s*(?:flex|grid)|position:|calc\(/);
    for (const tone of ['first', 'second', 'third']) expect(html).toContain(`.desk .desk-bar-${tone} {`);
  });

  test('keeps its columns of figures below each other', () => {
    const lines = (whole?.text ?? '').split('\n').filter((line) => /^[^#]+ {2,}#+( |$)/.test(line));
    expect(lines.length).toBeGreaterThan(8);
    const charts = Map.groupBy(lines, (line) => columns(line.slice(0, line.indexOf('#'))));
    expect(Math.max(...[...charts.values()].map(({ length }) => length))).toBeGreaterThan(4);
  });

  test('writes the line that its buttons stand for', () => {
    const hrefs = [...html.matchAll(/href="(mailto:[^"]+)"/g)].map(([, href = '']) =>
      decodeURIComponent(href.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&')),
    );
    expect(hrefs.some((href) => /body=1\s\S+\n$/.test(href))).toBe(true);
    expect(hrefs.some((href) => href.endsWith('body=3 take\n'))).toBe(true);
    expect(hrefs.some((href) => href.endsWith('body=#report last month\n'))).toBe(true);
  });

  test('is short when there is nothing to tell, and when one thing is asked', () => {
    expect(quiet?.text.split('\n').length).toBeLessThan(40);
    expect(byAgent?.text.split('\n').length).toBeLessThan(50);
  });
});

test('what people wrote stays words, also in a name and a button', () => {
  const [view] = samples('en');
  if (!view?.report) throw new Error('there is a sample');
  const evil = '<b>x</b> {{facts}}\r\nBcc: a@b.test';
  const charts = view.report.charts.map((chart) => ({
    ...chart,
    bars: chart.bars.map((bar) => ({ ...bar, name: evil })),
  }));
  const { html, text } = renderUpdate({ ...view, report: { ...view.report, charts } });
  expect(html).not.toContain('<b>x');
  expect(text).not.toMatch(/^Bcc:/m);
  const ask = { label: 'x', href: 'https://evil.test' };
  expect(() => renderUpdate({ ...view, report: { ...view.report, ask } as never })).toThrow(TypeError);
});
