/**
 * Draws the state machine as its definition has it: `node setup.mjs workflows/picture.ts` writes docs/watch.svg, and a test
 * sees to it that this was done. States stand in rows by how many steps they are from the start.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface State {
  Type: string;
  Next?: string;
  Default?: string;
  Choices?: (Record<string, unknown> & { Variable: string; Next: string })[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
  Retry?: Retrier[];
  TimestampPath?: string;
}

interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  MaxDelaySeconds?: number;
  MaxAttempts?: number;
}

interface Definition {
  StartAt: string;
  States: Record<string, State>;
}

interface Edge {
  from: string;
  to: string;
  label: string;
}

interface Box {
  name: string;
  state: State;
  row: number;
  /** The middle of the box. */
  x: number;
  y: number;
}

const [WIDTH, HEIGHT] = [230, 58];
const [ACROSS, DOWN] = [270, 150];
const [LEFT, TOP] = [60, 60];

/** The picture of a definition, as SVG; the same text for the same definition. */
export function draw(text: string): string {
  const { StartAt, States }: Definition = JSON.parse(text);
  const edges = Object.entries(States).flatMap(([name, state]) => edgesOf(name, state));
  const boxes = place(StartAt, States, edges);
  const notes = [...boxes.values()].flatMap(({ state, x, y }) =>
    retries(state.Retry ?? []).map((line, n) => words(x + WIDTH / 2 + 28, y - 22 + 18 * n, line, 'note')),
  );
  const start = boxes.get(StartAt);
  const width = Math.max(...[...boxes.values()].map(({ x }) => x)) + WIDTH / 2 + LEFT;
  const height = Math.max(...[...boxes.values()].map(({ y }) => y)) + HEIGHT / 2 + 40;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="The state machine of a watch">`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="#52606d"/></marker></defs>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...(start
      ? [
          `<circle cx="${start.x}" cy="${TOP - 44}" r="7" fill="#52606d"/>`,
          `<path class="edge" d="M${start.x} ${TOP - 37}V${start.y - HEIGHT / 2}"/>`,
        ]
      : []),
    ...edges.map((edge) => drawEdge(edge, boxes)),
    ...[...boxes.values()].map(drawBox),
    ...notes,
    '</svg>',
    '',
  ].join('\n');
}

const STYLE = [
  'text{font:15px system-ui,sans-serif;fill:#1f2933;text-anchor:middle}',
  '.kind,.label,.note{font-size:12.5px;fill:#52606d}.note{text-anchor:start}',
  '.edge{fill:none;stroke:#52606d;stroke-width:1.5;marker-end:url(#tip)}',
  '.box{stroke-width:1.5}.Task{fill:#e3f0fb;stroke:#2f6fab}.Choice{fill:#fff6dd;stroke:#b7882b}',
  '.Wait{fill:#efeafc;stroke:#6f55b5}.Succeed{fill:#e2f5e6;stroke:#3a8a4d}.Fail{fill:#fde8e6;stroke:#b5453a}',
].join('');

function edgesOf(from: string, { Next, Choices = [], Default, Catch = [] }: State): Edge[] {
  return [
    ...(Next ? [{ from, to: Next, label: '' }] : []),
    ...Catch.map(({ ErrorEquals, Next: to }) => ({
      ...{ from, to },
      label: ErrorEquals.includes('States.ALL') ? 'whatever fails for good' : ErrorEquals.join(', '),
    })),
    ...Choices.map(({ Variable, Next: to, ...rule }) => ({
      ...{ from, to },
      label: `${Variable.replace(/^\$\./, '')} is ${Object.values(rule).join(' ')}`,
    })),
    ...(Default ? [{ from, to: Default, label: 'anything else' }] : []),
  ];
}

function place(startAt: string, states: Record<string, State>, edges: Edge[]): Map<string, Box> {
  const rows: string[][] = [[startAt]];
  const placed = new Set([startAt]);
  for (let row = rows[0]; row && row.length > 0; row = rows.at(-1)) {
    const from = row;
    const next = edges
      .filter(({ from: name, to }) => from.includes(name) && !placed.has(to))
      .map(({ to }) => to);
    const unique = [...new Set(next)];
    for (const name of unique) placed.add(name);
    rows.push(unique);
  }
  const boxes = new Map<string, Box>();
  rows.forEach((names, row) => {
    names.forEach((name, column) => {
      const state = states[name];
      if (!state) throw new RangeError(`there is no state ${name}`);
      const [x, y] = [LEFT + WIDTH / 2 + ACROSS * column, TOP + HEIGHT / 2 + DOWN * row];
      boxes.set(name, { name, state, row, x, y });
    });
  });
  return boxes;
}

function drawBox({ name, state, x, y }: Box): string {
  const [left, top] = [x - WIDTH / 2, y - HEIGHT / 2];
  const kind = state.TimestampPath ? `Wait until ${state.TimestampPath.replace(/^\$\./, '')}` : state.Type;
  const shape =
    state.Type === 'Choice'
      ? `<path class="box Choice" d="M${left} ${y}L${left + 24} ${top}H${left + WIDTH - 24}L${left + WIDTH} ${y}L${left + WIDTH - 24} ${top + HEIGHT}H${left + 24}Z"/>`
      : `<rect class="box ${state.Type}" x="${left}" y="${top}" width="${WIDTH}" height="${HEIGHT}" rx="${/Succeed|Fail/.test(state.Type) ? HEIGHT / 2 : 8}"/>`;
  return shape + words(x, y - 3, name) + words(x, y + 17, kind, 'kind');
}

/** Down from row to row; back up along the left side. */
function drawEdge({ from, to, label }: Edge, boxes: Map<string, Box>): string {
  const [a, b] = [boxes.get(from), boxes.get(to)];
  if (!a || !b) throw new RangeError(`nothing leads from ${from} to ${to}`);
  if (b.row <= a.row) {
    const side = LEFT - 34;
    const path = `<path class="edge" d="M${a.x - WIDTH / 2} ${a.y}H${side + 10}Q${side} ${a.y} ${side} ${a.y - 10}V${b.y + 10}Q${side} ${b.y} ${side + 10} ${b.y}H${b.x - WIDTH / 2}"/>`;
    return label === '' ? path : path + words(side + 8, a.y - HEIGHT / 2 - 20, label, 'note');
  }
  const [top, bottom] = [a.y + HEIGHT / 2, b.y - HEIGHT / 2];
  const middle = (top + bottom) / 2;
  const path = `<path class="edge" d="M${a.x} ${top}C${a.x} ${middle} ${b.x} ${middle - 10} ${b.x} ${bottom}"/>`;
  return label === '' ? path : path + words(b.x, bottom - 20, label, 'label halo');
}

/** Each rule in a line: what it is for, how often, and after which pauses. */
function retries(rules: Retrier[]): string[] {
  return rules.map(
    ({ ErrorEquals: [first = '', ...others], IntervalSeconds = 1, MaxDelaySeconds, MaxAttempts = 3 }) => {
      const what = others.length === 0 ? first : `${first} and ${others.length} more`;
      if (MaxAttempts === 0) return `${what}: not tried again`;
      const pauses = MaxDelaySeconds
        ? `${length(IntervalSeconds)} to ${length(MaxDelaySeconds)}`
        : length(IntervalSeconds);
      return `${what}: ${MaxAttempts} times more, after ${pauses}`;
    },
  );
}

function length(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

function words(x: number, y: number, text: string, kind = ''): string {
  const safe = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  if (!kind.includes('halo'))
    return `<text x="${x}" y="${y}"${kind ? ` class="${kind}"` : ''}>${safe}</text>`;
  // Readable where it crosses its line.
  return `<text x="${x}" y="${y}" class="label" stroke="#fff" stroke-width="5" paint-order="stroke">${safe}</text>`;
}

const ROOT = join(import.meta.dirname, '..');
export const DEFINITION = join(ROOT, 'workflows', 'watch.asl.json');
export const PICTURE = join(ROOT, 'docs', 'watch.svg');

if (import.meta.main) writeFileSync(PICTURE, draw(readFileSync(DEFINITION, 'utf8')));
