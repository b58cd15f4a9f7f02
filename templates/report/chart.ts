/**
 * A report's figures as its templates draw them: tables of coloured cells, which every mail program shows with pictures off,
 * and lines of text whose columns stand below each other.
 */
import type { BarTone, Figure, ReportView } from '../../core/mail/update.ts';
import { columns } from '../columns.ts';

const COLORS: Record<BarTone, string> = { first: '#1a5cc8', second: '#1b7a43', third: '#b06a00' };
/** Pixels. The least is seen: a day with one ticket is no day with none. */
const TALLEST = 52;
const LEAST = 2;
const TILES_BESIDE = 2;

/** Everything that the templates name. */
export function drawn(report: ReportView) {
  return {
    ...report,
    tiles: inRows(report.headline),
    lines: aligned(report.headline.map(({ name, value, change, note }) => [name, value, change, note])),
    columns: report.columns.map((chart) => ({
      ...chart,
      color: COLORS[chart.tone],
      columns: chart.columns.map((column) => ({
        ...column,
        height: column.height === 0 ? 1 : Math.max(LEAST, Math.round(column.height * TALLEST)),
      })),
      lines:
        chart.columns.length > MOST_LINES
          ? [chart.columns.map(({ height }) => stepOf(height)).join('')]
          : aligned(
              chart.columns.map(({ value, height }, at) => [
                chart.days[at] ?? '',
                value,
                '#'.repeat(lengthOf(height)),
              ]),
            ),
    })),
    charts: report.charts.map((chart) => ({
      ...chart,
      bars: chart.bars.map((bar) => {
        const share = percent(bar.share);
        return { ...bar, share, left: 100 - share, color: COLORS[bar.tone] };
      }),
      lines: aligned(
        chart.bars.map(({ name, value, change, note, share }) => [
          ...[name, value, change],
          ...['#'.repeat(lengthOf(share)), note],
        ]),
      ),
    })),
    furtherLines: aligned(report.further.map(({ name, value, change }) => [name, value, change])),
  };
}

function inRows(figures: readonly Figure[]): Figure[][] {
  return figures.flatMap((_, at) => (at % TILES_BESIDE === 0 ? [figures.slice(at, at + TILES_BESIDE)] : []));
}

/** Outlook takes a cell of no percent for one without a width. */
function percent(share: number): number {
  return share <= 0 ? 0 : Math.min(100, Math.max(1, Math.round(share * 100)));
}

const LONGEST_BAR = 16;
const MOST_LINES = 10;

function lengthOf(share: number): number {
  return share <= 0 ? 0 : Math.max(1, Math.round(share * LONGEST_BAR));
}

const STEPS = [...'▁▂▃▄▅▆▇█'];

function stepOf(height: number): string {
  return height <= 0 ? '_' : (STEPS[Math.min(STEPS.length - 1, Math.floor(height * STEPS.length))] ?? '_');
}

const LONGEST_NAME = 34;
const WIDTH = 78;

/** The second cell, a figure, to the right; all others to the left. A line is never broken: what is too long of a name is cut. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => columns(row[at] ?? ''))));
  const others = widths.slice(1).reduce((sum, width) => sum + (width > 0 ? width + GAP.length : 0), 0);
  const name = Math.min(widths[0] ?? 0, LONGEST_NAME, Math.max(12, WIDTH - others));
  return rows.map(([first = '', figure = '', ...rest]) => {
    const cells = [
      padded(cut(first, name), name),
      padded(figure, widths[1] ?? 0, 'left'),
      ...rest.map((cell, at) => padded(cell, widths[at + 2] ?? 0)),
    ];
    const line = cells.filter((_, at) => (widths[at] ?? 0) > 0).join(GAP);
    return cut(line, WIDTH).trimEnd();
  });
}

const GAP = '  ';

function padded(text: string, width: number, side: 'left' | 'right' = 'right'): string {
  const blanks = ' '.repeat(Math.max(0, width - columns(text)));
  return side === 'left' ? blanks + text : text + blanks;
}

function cut(text: string, width: number): string {
  if (columns(text) <= width) return text;
  let kept = '';
  for (const sign of text) {
    if (columns(kept + sign) > width - 1) break;
    kept += sign;
  }
  return `${kept.trimEnd()}…`;
}
