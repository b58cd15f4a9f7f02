/** The page that the day is told on: wrapped to the terminal's width, coloured only where colours are seen. */
import { styleText } from 'node:util';

export interface Page {
  /** A heading, with an empty line before it. */
  scene(title: string): void;
  /** Whole sentences of the narrator, from the margin. */
  say(text: string): void;
  /** One thing that happened: `at` is ISO 8601 UTC, `kind` chooses the sign before it. */
  line(at: string, kind: Kind, text: string): void;
  /** What belongs to the line above; `quoted` for somebody's words. */
  detail(text: string, quoted?: boolean): void;
  /** As it is, to be copied. */
  command(lines: string[]): void;
}

export type Kind = 'wrote' | 'decided' | 'left' | 'alarm' | 'absent';

/** Where the day is printed: process.stdout, or anything that takes text. */
export interface Paper {
  write(text: string): unknown;
  columns?: number;
  isTTY?: boolean;
}

const SIGNS: Record<Kind, string> = { wrote: '<', decided: '=', left: '>', alarm: '!', absent: '?' };
const COLOURS: Record<Kind, Parameters<typeof styleText>[0] | null> = {
  wrote: 'bold',
  decided: null,
  left: 'cyan',
  alarm: 'yellow',
  absent: 'red',
};
const USUAL_WIDTH = 100;
/** Lines longer than this are hard to read. */
const MOST_WIDTH = 120;
const LEAST_WIDTH = 40;
const CLOCK_WIDTH = 'HH:MM:SS '.length;

/** `timezone` is the one that the time of day is told in. */
export function openPage(paper: Paper, timezone: string): Page {
  const time = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const colours = paper.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  const paint = (style: Parameters<typeof styleText>[0] | null, text: string) =>
    colours && style !== null ? styleText(style, text, { validateStream: false }) : text;
  // Asked for at each line: terminals are resized.
  const width = () => Math.max(LEAST_WIDTH, Math.min(paper.columns ?? USUAL_WIDTH, MOST_WIDTH));
  const print = (line = '') => void paper.write(`${line}\n`);
  const block = (text: string, indent: number, dress: (line: string, index: number) => string) =>
    wrapped(printable(text), width() - indent).forEach((line, index) => void print(dress(line, index)));

  return {
    scene(title) {
      print();
      block(title, 0, (line) => paint('bold', line));
    },
    say: (text) => block(text, 0, (line) => line),
    line: (at, kind, text) =>
      block(text, CLOCK_WIDTH + 2, (line, index) =>
        index === 0
          ? `${paint('dim', time.format(new Date(at)))} ${paint(COLOURS[kind], `${SIGNS[kind]} ${line}`)}`
          : `${' '.repeat(CLOCK_WIDTH + 2)}${paint(COLOURS[kind], line)}`,
      ),
    detail: (text, quoted = false) => {
      const indent = ' '.repeat(CLOCK_WIDTH + 2);
      const margin = `${indent}${quoted ? '| ' : '- '}`;
      for (const paragraph of text.split('\n'))
        block(paragraph, margin.length, (line, index) =>
          paint('dim', `${index === 0 || quoted ? margin : `${indent}  `}${line}`.trimEnd()),
        );
    },
    command: (lines) => {
      for (const line of lines) print(`  ${line}`);
    },
  };
}

/** Words on lines of at most `width` characters; a longer word has a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && [...line].length + 1 + [...word].length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Mail is anybody's text: nothing in it may steer the terminal. */
function printable(text: string): string {
  return text.replace(/[^\P{C}\s]/gu, '');
}
