/** An update: a mail that goes out. What it is called, and what its template is given to say. */
import type { Language } from '../config/desk.ts';

export const UPDATE_KINDS = [
  'acknowledgement',
  'assignment',
  'requester-message',
  'answer',
  'note',
  'transcript',
  'code',
  'warning',
  'breach',
  'escalated',
  'approval',
  'decided',
  'waiting-reminder',
  'resolved',
  'closed',
  'satisfaction',
  'refusal',
  'digest',
  'report',
] as const;
export type UpdateKind = (typeof UPDATE_KINDS)[number];

/** All that leaves. A canary is for nobody to read, and has no template. */
export type SentKind = UpdateKind | 'canary';

/** A mailto button: the mail that it begins is all there is to do. */
export interface Action {
  label: string;
  /** mailto: with subject and body filled in. */
  href: string;
}

/** One entry of the ticket's history as a person reads it. `html` is already sanitized; `text` is always there. */
export interface Said {
  who: string;
  /** For a person: `Sat 21 Nov, 14:05`. */
  when: string;
  text: string;
  html: string | null;
  private: boolean;
  /** What the desk writes below an agent's words. */
  closing?: string;
}

/**
 * What a template is given: finished words and values, nothing to decide. The labels, greetings and sentences
 * themselves live in templates/<kind>/<language>.json; these are the facts that they are filled with.
 */
export interface UpdateView {
  kind: UpdateKind;
  language: Language;
  /** To whom this mail speaks; a template may word itself differently for each. */
  audience: 'requester' | 'agent' | 'lead' | 'sender';
  deskName: string;
  /** The recipient's first name, or '' when only an address is known. */
  recipientName: string;
  ticket: {
    id: string;
    subject: string;
    status: string;
    statusName: string;
    priority: string;
    priorityName: string;
    category: string;
    team: string;
    tier: number;
    tierName: string;
    requester: string;
    assignee: string;
    createdAt: string;
    /** What desk.yaml’s fields say of it; nothing to whoever is outside. */
    fields?: { name: string; value: string }[];
  } | null;
  /** What the mail is about: the requester's text, the agent's answer, the note. Null when it carries none. */
  message: Said | null;
  /** For a hand-over: what happened so far, oldest first. */
  history: Said[];
  /** Files of the message: those that ride along, and those too large to. */
  attachments: { name: string; size: string; attached: boolean }[];
  /** Files that nobody may see, why, and what to do about it, in a sentence; '' or absent when there are none. */
  withheld?: string;
  /** Category, impact, urgency, priority, team, assignee: what the desk thinks, each with its reason. */
  reasons: { what: string; why: string }[];
  /** The next deadlines in words: `{name: 'First response', due: 'Mon 23 Nov, 10:30', left: '1 h 20 min'}`. */
  deadlines: { name: string; due: string; left: string }[];
  /** Facts of this kind of update by name: `promised`, `code`, `validFor`, `reason`, `detail`, `deadline`, `due`, `fromTier`, `toTier`, `until` … */
  facts: Record<string, string>;
  /** For a transcript: each command line, what became of it, and why. */
  lines: { line: string; outcome: 'done' | 'nothing-to-do' | 'refused' | 'unknown'; detail: string }[];
  /** A digest's list, each number once. `tone` is that of what is due. */
  sections?: {
    title: string;
    entries: {
      number: string;
      id: string;
      subject: string;
      about: string;
      due: string;
      tone: 'late' | 'quiet';
      news: string;
      actions?: Action[];
    }[];
    /** How many more there are, in words; '' when these are all. */
    rest: string;
  }[];
  /** A report's figures. Its numbered lines are `sections`. */
  report?: ReportView;
  /** What the desk knows about it: the sentence before, each in short, and what to do when one has helped. */
  articles?: { head: string; entries: { title: string; text: string }[]; how: string } | null;
  /** The catalogue: what may be asked for, and a mailto button for each. */
  services?: {
    head: string;
    entries: { title: string; description: string; about: string[]; write: string; ask: Action }[];
    note: string;
  } | null;
  /** What a plain reply to this mail does, in words; '' when nobody reads replies to it. */
  plainReply: string;
  actions: Action[];
  /** The line above which an answer is to be written; everything at or below it is ours. */
  marker: string;
}

/** A figure in words, with how it has changed: `+3 ↑`, which reads in plain text too. */
export interface Figure {
  name: string;
  value: string;
  change: string;
  note: string;
  tone: 'good' | 'late' | 'quiet';
}

/** Bars whose figures stand beside them: what draws them needs no picture. Strings are finished words. */
export interface ReportView {
  /** With which days it is compared, in a sentence. */
  against: string;
  headline: Figure[];
  /** That nothing happened; '' when something did. */
  quiet: string;
  /** One column for each day or week. `height` from 0 to 1. */
  columns: {
    title: string;
    tone: BarTone;
    columns: { label: string; value: string; height: number }[];
    /** The same in words, with its longest names. */
    days: string[];
    note: string;
  }[];
  charts: {
    title: string;
    /** What its bars count. */
    about: string;
    /** `share` from 0 to 1. */
    bars: { name: string; value: string; change: string; note: string; share: number; tone: BarTone }[];
    rest: string;
    /** A line that a reply brings more with. */
    ask: Action | null;
  }[];
  further: Figure[];
  furtherTitle: string;
  askLabel: string;
  ask: Action;
  footnote: string;
}
export type BarTone = 'first' | 'second' | 'third';

export interface RenderedUpdate {
  language: Language;
  /** Without the ticket's tag and without Re:, which compose adds. */
  subject: string;
  text: string;
  html: string;
}
