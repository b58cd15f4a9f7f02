import { describe, expect, test } from 'vitest';
import type { Desk } from '../../core/config/desk.ts';
import { readCommands } from '../../core/mail/commands.ts';
import { dispose } from '../../core/mail/dispose.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import type { Act } from '../../core/ticket/decision.ts';
import { fillIn } from '../../core/ticket/macro-words.ts';
import { macrosFor } from '../../core/ticket/macros.ts';
import type { Ticket } from '../../core/ticket/ticket.ts';
import {
  arrival,
  ID,
  keys,
  LUIS,
  MONDAY,
  memory,
  moment,
  PROVEN,
  desk as sample,
  ticket,
  tokenOf,
} from '../sample.ts';

const desk: Desk = {
  ...sample,
  macros: [
    {
      name: 'paper',
      title: 'Paper that jams',
      categories: ['printing'],
      words: {
        en: 'Hello {{requester}},\n\nthis is {{agent}} of {{desk}} about {{ticket}}, “{{subject}}”.',
        de: 'Guten Tag {{requester}}.',
      },
      do: ['#waiting 3d for better paper', '#tag +paper'],
    },
    { name: 'unplug', title: 'Unplug it', words: { en: 'Please unplug it.' }, do: [] },
    { name: 'vpn', title: 'VPN', categories: ['network'], words: { en: 'Sign in again.' }, do: [] },
    {
      ...{ name: 'plan', title: 'The plan', categories: ['access'], words: {}, do: [] },
      files: [{ name: 'plan.pdf', contentType: 'application/pdf', size: 9, beside: 'macro-1' }],
    },
    { name: 'aside', title: 'For colleagues', words: {}, do: ['#note seen before', '#escalate known fault'] },
    { name: 'too-high', title: 'Cannot be', words: { en: 'No.' }, do: ['#tag +high', '#priority P9'] },
  ],
};
const agent: Act = { by: LUIS, role: 'agent', now: MONDAY, loads: new Map() };
const decide = (text: string, on: Ticket = ticket()) =>
  decideCommands(readCommands(text, 'agent'), on, agent, desk);

describe('#macro', () => {
  test('goes by its name or its title, in any case', () => {
    expect(
      ['paper', 'PAPER', 'Paper that jams', 'paper THAT jams'].map((name) => decide(`#macro ${name}`).words),
    ).toEqual(Array.from({ length: 4 }, () => decide('#macro paper').words));
    expect(decide('#macro paper').words).toMatch(/^Hello Nora Quist,/);
  });

  test('gives its commands as if they had been typed, each with what became of it', () => {
    const { happenings, lines } = decide('#macro paper');
    expect(happenings).toMatchObject([
      { kind: 'paused', until: '2026-11-26T09:00:00.000Z', reason: 'for better paper' },
      { kind: 'tagged', added: ['paper'] },
    ]);
    expect(lines.map(({ line, outcome }) => `${line}: ${outcome}`)).toEqual([
      '#macro paper: done',
      '#waiting 3d for better paper: done',
      '#tag +paper: done',
    ]);
  });

  test('says its words in the ticket’s language, and in the desk’s where it has none in it', () => {
    expect(decide('#macro paper').words).toBe(
      `Hello Nora Quist,\n\nthis is Luis Ortega of Example Service Desk about ${ID}, “The printer is jammed”.`,
    );
    const german = { ...ticket(), language: 'de' as const };
    expect(decide('#macro paper', german).words).toBe('Guten Tag Nora Quist.');
    expect(decide('#macro unplug', german).words).toBe('Please unplug it.');
  });

  test('undoes all when one of its commands is refused', () => {
    expect(decide('#tag +mine\n#macro too-high')).toMatchObject({ refused: true, happenings: [] });
  });

  test('lists what it attaches, and says what it attached', () => {
    const access = { ...ticket(), category: 'access' };
    expect(decide('#macro', access).lines[0]?.said?.facts?.macros).toMatch(
      /^plan \(The plan, plan\.pdf\), unplug \(Unplug it\)/,
    );
    const { lines, encloses } = decide('#macro plan', access);
    expect(lines[0]).toMatchObject({
      detail: 'The plan; it attaches plan.pdf',
      said: { facts: { title: 'The plan, plan.pdf' } },
    });
    expect(encloses.map(({ beside }) => beside)).toEqual(['macro-1']);
  });

  test('with a note among its commands stays inside', () => {
    expect(decide('#macro aside')).toMatchObject({ isNote: true, words: 'seen before' });
  });

  test('asks which was meant when there is none of that name', () => {
    expect(decide('#macro papier').lines[0]).toMatchObject({
      outcome: 'refused',
      detail: 'there is no macro “papier”; did you mean paper? #macro alone lists them',
    });
  });

  test('alone lists those for the category before those for all, and no others', () => {
    expect(macrosFor(ticket(), desk).map(({ name }) => name)).toEqual([
      'paper',
      'unplug',
      'aside',
      'too-high',
    ]);
    expect(decide('#macro').lines[0]?.detail).toMatch(/^paper \(Paper that jams\), unplug \(Unplug it\)/);
  });
});

test('what is filled in is not filled in again', () => {
  const values = { requester: '{{ticket}}', ticket: ID, agent: '', desk: '', subject: '' };
  expect(fillIn('{{requester}} {{ ticket }} {{other}}', values)).toBe(`{{ticket}} ${ID} {{other}}`);
});

describe('the answer of a mail with a macro', () => {
  const reply = (text: string, html: string | null = null) =>
    dispose(
      arrival({ from: { address: LUIS, name: '' }, text, html }, PROVEN),
      memory({
        ticket: ticket(),
        candidate: { ticketId: ID, clue: 'token', why: '' },
        token: tokenOf(LUIS),
      }),
      moment,
      desk,
      keys,
    );

  test('begins with the macro’s words, and the agent’s own follow', () => {
    expect(reply('#macro unplug\nAnd wait a minute.').message).toMatchObject({
      visibility: 'public',
      text: 'Please unplug it.\n\nAnd wait a minute.',
    });
    expect(reply('#macro unplug').message?.text).toBe('Please unplug it.');
  });

  test('keeps how the agent’s own words were formatted', () => {
    const html = '<p>#macro unplug</p><p>And wait a <b>minute</b>.</p>';
    expect(reply('#macro unplug\nAnd wait a minute.', html).message?.html).toBe(
      '<p>Please unplug it.</p><p>And wait a <b>minute</b>.</p>',
    );
  });

  test('does not leave when a macro is unknown', () => {
    expect(reply('#macro unplgu\nAnd wait.')).toMatchObject({ disposition: 'refused', message: null });
  });
});
