import { describe, expect, test } from 'vitest';
import { readCommands } from '../../core/mail/commands.ts';
import { updatesFor } from '../../core/ticket/audience.ts';
import { change, open } from '../../core/ticket/change.ts';
import { decideCommands } from '../../core/ticket/decide.ts';
import type { Act } from '../../core/ticket/decision.ts';
import { receiveSolution } from '../../core/ticket/links.ts';
import type { Happening, Message, Relation, Ticket, TicketEvent } from '../../core/ticket/ticket.ts';
import { phrase } from '../../templates/words.ts';
import { desk, ID, KIM, LUIS, MARTHA, MONDAY, NORA, opened, ticket } from '../sample.ts';

const OTHER = 'T-BBBBBB';
const ADA = 'ada.osei@example.test';
const IDA = 'ida@example.org';

/** A ticket of Ida's, in Kim's hands. */
function another(id = OTHER, given: Partial<Ticket> = {}, happenings: Happening[] = []): Ticket {
  const [event] = opened(MONDAY, { requester: { address: IDA, name: 'Ida Moll' } }).events;
  if (event?.kind !== 'opened') throw new Error('a ticket is opened first');
  const assigned: Happening = { kind: 'assigned', assignee: KIM, previous: null, reason: '', by: 'desk' };
  const begun = open(id, event, [assigned], MONDAY, desk).after;
  const made = { ...begun, ...given } as Ticket;
  return happenings.length > 0 ? change(made, happenings, MONDAY, desk).after : made;
}

function decide(text: string, on: Ticket = ticket(), others: Ticket[] = [another()], by = LUIS) {
  const named = new Map(others.map((each) => [each.id, each]));
  const act: Act = { by, role: 'agent', now: MONDAY, loads: new Map(), others: named };
  return decideCommands(readCommands(text, 'agent'), on, act, desk);
}
const why = (...given: Parameters<typeof decide>) => decide(...given).lines[0]?.detail;
const changed = (before: Ticket, happenings: Happening[]) => change(before, happenings, MONDAY, desk).after;
const told = (event: Happening, on: Ticket) =>
  updatesFor({ ...event, number: on.events, at: MONDAY }, on, desk).map(
    ({ kind, to }) => `${kind} → ${to.address}`,
  );

describe('#link', () => {
  test('is kept on both tickets, on each as what the other is to it', () => {
    const { happenings, elsewhere } = decide(`#link ${OTHER} problem`);
    expect(changed(ticket(), happenings).links).toEqual([{ relation: 'problem', id: OTHER }]);
    expect(elsewhere).toHaveLength(1);
    expect(elsewhere[0]?.before.id).toBe(OTHER);
    expect(changed(another(), elsewhere[0]?.happenings ?? []).links).toEqual([
      { relation: 'incident', id: ID },
    ]);
    expect(told(happenings[0] as Happening, ticket())).toEqual([]);
  });

  test('without a word they are related; a number may be written as it stands in a subject', () => {
    expect(decide('#link [t-bbbbbb]').happenings).toMatchObject([{ relation: 'related', to: OTHER }]);
    expect(decide(`#link ${OTHER} blocked by`).elsewhere[0]?.happenings).toMatchObject([
      { relation: 'blocks', to: ID },
    ]);
  });

  test('said twice changes nothing, and another word replaces the first', () => {
    const linked = ticket([{ kind: 'linked', relation: 'related', to: OTHER, by: LUIS }]);
    expect(decide(`#link ${OTHER}`, linked)).toMatchObject({
      happenings: [],
      elsewhere: [],
      lines: [{ outcome: 'nothing-to-do' }],
    });
    const { happenings } = decide(`#dup ${OTHER}`, linked);
    expect(changed(linked, happenings).links).toEqual([{ relation: 'duplicate', id: OTHER }]);
  });

  test('several of one mail are one change for each ticket', () => {
    const { elsewhere, happenings } = decide(
      `#link ${OTHER}\n#dup T-CCCCCC\n#link ${OTHER} blocks`,
      ticket(),
      [another(), another('T-CCCCCC')],
    );
    expect(happenings).toHaveLength(3);
    expect(elsewhere.map(({ before, happenings: also }) => [before.id, also.length])).toEqual([
      [OTHER, 2],
      ['T-CCCCCC', 1],
    ]);
    expect(changed(another(), elsewhere[0]?.happenings ?? []).links).toEqual([
      { relation: 'blocked-by', id: ID },
    ]);
  });

  test('a mail with a mistake changes no other ticket either', () => {
    expect(decide(`#link ${OTHER}\n#priorty P1`)).toMatchObject({ refused: true, elsewhere: [] });
  });

  test('refuses what is no ticket, no relation, or the ticket itself', () => {
    expect(why('#link 4711')).toBe(`“4711” is no ticket’s number; write it like ${ID}`);
    expect(why(`#link ${OTHER} problm`)).toBe(
      '“problm” is nothing that one ticket can be to another; did you mean problem? Allowed are problem, incident, blocks, blocked-by, duplicate, related',
    );
    expect(why(`#dup ${ID}`)).toBe(`${ID} is this ticket itself`);
    expect(why('#link T-DDDDDD')).toBe('there is no ticket T-DDDDDD');
  });

  test('refuses more than five names in a mail, and more than fifty links', () => {
    const five = ['A', 'B', 'C', 'D', 'E'].map((letter) => another(`T-${letter.repeat(6)}`));
    expect(why('#link T-FFFFFF', ticket(), five)).toContain('one mail can name 5 other tickets');
    const links = Array.from({ length: 50 }, (_, n) => ({ relation: 'related' as const, id: `T-${n}` }));
    expect(why(`#link ${OTHER}`, { ...ticket(), links })).toContain(`${ID} has 50 links`);
    expect(why(`#link ${OTHER}`, ticket(), [another(OTHER, { links })])).toContain(`${OTHER} has 50 links`);
  });
});

describe('a confidential team’s ticket', () => {
  const theirs = another(OTHER, { team: 'hr', assignee: ADA });

  test('is not there for whoever may not read it', () => {
    for (const verb of ['link', 'dup', 'merge'])
      expect(why(`#${verb} ${OTHER}`, ticket(), [theirs])).toBe(`there is no ticket ${OTHER}`);
  });

  test('stays apart from those of others, also for whoever may read both', () => {
    for (const verb of ['link', 'dup', 'merge'])
      expect(why(`#${verb} ${OTHER}`, ticket(), [theirs], ADA)).toContain('stay apart');
    expect(why(`#merge ${OTHER}`, { ...ticket(), team: 'hr' }, [another()], ADA)).toContain('stay apart');
    expect(decide(`#merge ${OTHER}`, { ...ticket(), team: 'hr' }, [theirs], ADA).refused).toBe(false);
  });
});

describe('#merge', () => {
  test('closes the ticket with a link; its requester takes part in the other one and is told once', () => {
    const { happenings, elsewhere } = decide(`#merge ${OTHER}`);
    const merged = changed(ticket(), happenings);
    expect(merged).toMatchObject({
      status: 'closed',
      mergedInto: OTHER,
      links: [{ relation: 'merged-into', id: OTHER }],
      watch: { state: 'ended' },
    });
    expect(told(happenings[0] as Happening, merged)).toEqual([`closed → ${NORA}`]);
    const [event] = elsewhere[0]?.happenings ?? [];
    const target = changed(another(), [event as Happening]);
    expect(target).toMatchObject({
      requester: { address: IDA },
      links: [{ relation: 'merged-here', id: ID }],
    });
    expect(target.participants).toEqual([
      { address: IDA, name: 'Ida Moll', role: 'requester' },
      { address: NORA, name: 'Nora Quist', role: 'cc' },
    ]);
    expect(told(event as Happening, target)).toEqual([`note → ${KIM}`]);
  });

  test('adds nobody who takes part already, and keeps quiet towards whoever wanted no more mail', () => {
    const both = ticket([
      { kind: 'copies-changed', added: [{ address: IDA, name: '' }], removed: [], by: LUIS },
      { kind: 'muted', by: NORA },
    ]);
    const event = decide(`#merge ${OTHER}`, both).elsewhere[0]?.happenings[0] as Happening;
    expect(event).toMatchObject({ added: [{ address: NORA }], muted: [NORA] });
    const target = changed(another(), [event]);
    expect(told({ kind: 'answered', message: 2, by: KIM, messageId: null, with: null }, target)).toEqual([
      `answer → ${IDA}`,
    ]);
  });

  test('one of the desk’s people who asked reads along, and is nobody’s copy', () => {
    const asked = another('T-CCCCCC', {
      requester: { address: LUIS, name: '' },
      participants: [{ address: LUIS, name: '', role: 'requester' }],
    });
    expect(decide(`#merge ${OTHER}`, asked).elsewhere[0]?.happenings).toMatchObject([
      { added: [], watchers: [LUIS] },
    ]);
  });

  test('refuses itself, a ticket that is not worked on, and a circle', () => {
    expect(why(`#merge ${ID}`)).toBe(`${ID} is this ticket itself`);
    const closed: Happening = { kind: 'closed', reason: 'closed', by: KIM };
    expect(why(`#merge ${OTHER}`, ticket(), [another(OTHER, {}, [closed])])).toBe(
      `${OTHER} is closed; #reopen it there first`,
    );
    const merged = (into: string) => another(OTHER, {}, [{ kind: 'merged', into, by: KIM }]);
    expect(why(`#merge ${OTHER}`, ticket(), [merged(ID)])).toBe(`${OTHER} goes on as this ticket already`);
    expect(why(`#merge ${OTHER}`, ticket(), [merged('T-CCCCCC')])).toContain('#merge T-CCCCCC instead');
  });

  test('a merged ticket is not opened again, and not merged once more', () => {
    const merged = ticket([{ kind: 'merged', into: OTHER, by: LUIS }]);
    expect(why('#reopen', merged)).toBe(`it goes on as ${OTHER}`);
    expect(why('#open', merged)).toBe(`it goes on as ${OTHER}`);
    expect(
      decide(`#merge ${OTHER}\n#merge T-CCCCCC`, ticket(), [another(), another('T-CCCCCC')]),
    ).toMatchObject({ refused: true, elsewhere: [] });
  });
});

describe('#resolve on a problem', () => {
  const linked = (relation: Relation, to: string): Happening => ({
    kind: 'linked',
    relation,
    to,
    by: LUIS,
  });
  const problem = ticket([linked('incident', OTHER), linked('related', 'T-CCCCCC')]);
  const incident = another(OTHER, {}, [linked('problem', ID)]);
  const [, event] = decide('#resolve the rollers are new', problem).happenings;
  const passed = (given: Partial<Extract<TicketEvent, { kind: 'solution-passed-on' }>> = {}) =>
    ({ ...event, message: 2, number: 9, at: MONDAY, ...given }) as Extract<
      TicketEvent,
      { kind: 'solution-passed-on' }
    >;

  test('passes its solution on to its incidents and to nothing else, each in an event of its own', () => {
    const { happenings, elsewhere, lines } = decide('#resolve the rollers are new', problem);
    expect(happenings).toMatchObject([
      { kind: 'resolved' },
      { kind: 'solution-passed-on', to: OTHER, reason: 'the rollers are new', by: LUIS },
    ]);
    expect(elsewhere).toEqual([]);
    expect(lines[0]?.detail).toContain('its incidents (1) are resolved with it');
    expect(told(happenings[1] as Happening, problem)).toEqual([]);
    expect(decide('#close', problem).happenings).toMatchObject([{ kind: 'closed' }]);
  });

  test('answers and resolves the incident towards its own requester, with the same words', () => {
    const happenings = receiveSolution(incident, problem, passed(), desk) ?? [];
    expect(happenings.map(({ kind }) => kind)).toEqual(['started', 'answered', 'resolved']);
    const solved = changed(incident, happenings);
    expect(solved).toMatchObject({ status: 'resolved', messages: 2 });
    expect(happenings.flatMap((each) => told(each, solved))).toEqual([`note → ${KIM}`, `resolved → ${IDA}`]);
    const silent = receiveSolution(incident, problem, passed({ message: null }), desk) ?? [];
    expect(changed(incident, silent)).toMatchObject({ status: 'resolved', messages: 1 });
  });

  test('a repeat finds it done, also when its requester has taken it up again since', () => {
    const solved = changed(incident, receiveSolution(incident, problem, passed(), desk) ?? []);
    expect(receiveSolution(solved, problem, passed(), desk)).toBeNull();
    const again = changed(solved, [{ kind: 'reopened', reason: 'not for me', by: IDA, told: true }]);
    expect(receiveSolution(again, problem, passed(), desk)).toBeNull();
    expect(receiveSolution(again, problem, passed({ number: 20 }), desk)).not.toBeNull();
  });

  test('goes nowhere that is no incident of it any more, is closed, or is a confidential team’s now', () => {
    const unlinked = changed(incident, [linked('problem', 'T-CCCCCC'), linked('incident', ID)]);
    const closed = changed(incident, [{ kind: 'closed', reason: '', by: KIM }]);
    const theirs = { ...incident, team: 'hr', assignee: ADA };
    for (const each of [unlinked, closed, theirs, another()])
      expect(receiveSolution(each, problem, passed(), desk)).toBeNull();
    expect(receiveSolution(incident, { ...problem, team: 'hr' }, passed(), desk)).toBeNull();
  });

  test('and one mail does no more than one transaction takes', () => {
    const links = Array.from({ length: 50 }, (_, n) => ({ relation: 'incident' as const, id: `T-${n}` }));
    const lines = Array.from(
      { length: 29 },
      (_, n) => `#link ${OTHER} ${n % 2 === 0 ? 'blocks' : 'problem'}`,
    );
    const full = { ...problem, links: [...links.slice(1), { relation: 'related' as const, id: OTHER }] };
    expect(decide(['#resolve', ...lines].join('\n'), full).lines.at(-1)?.detail).toBe(
      'that is more than one mail can do at once',
    );
    const { happenings } = decide('#resolve', full);
    expect(happenings.length).toBeLessThanOrEqual(20);
    const passed = happenings.flatMap((event) =>
      event.kind === 'solution-passed-on' ? [event.to, ...(event.others ?? [])] : [],
    );
    expect(passed.sort()).toEqual(
      links
        .slice(1)
        .map(({ id }) => id)
        .sort(),
    );
  });
});

test.each([
  `#link ${OTHER} problem`,
  `#link ${OTHER} problm`,
  `#link ${OTHER} xyzzyxyzzy`,
  '#link 4711',
  `#dup ${ID}`,
  '#dup T-DDDDDD',
  `#merge ${OTHER}`,
  '#split',
  '#split 7',
])('%s is answered in the language of the desk', (text) => {
  const said = decide(text).lines[0]?.said;
  if (!said) throw new Error('it is said in one language only');
  const [english, german] = [
    phrase('en', `said-${said.key}`, said.facts),
    phrase('de', `said-${said.key}`, said.facts),
  ];
  expect(english).toMatch(/^\S/);
  expect(german).toMatch(/^\S/);
  expect(german).not.toBe(english);
});

describe('#clone', () => {
  const first: Message = {
    ...{ id: `${ID}-m1`, number: 1, at: MONDAY, direction: 'in', visibility: 'public' },
    ...{ from: { address: NORA, name: 'Nora Quist' }, text: 'Two monitors, please.' },
    ...{ bodyKey: null, attachments: [], withheld: 0, mailId: 'mail-1', messageId: null, cc: [] },
  };
  const unasked = () => {
    throw new Error('nothing is split off');
  };
  const cloned = (text: string, before = ticket(), message: Message | null = first, on = desk) => {
    const split = message && { id: OTHER, message, open: unasked };
    const act: Act = { by: LUIS, role: 'agent', now: MONDAY, loads: new Map(), split };
    return decideCommands(readCommands(text, 'agent'), before, act, on);
  };

  test('begins another ticket with the same request, filed as this one, linked both ways, and tells nobody outside', () => {
    const { happenings, opens, refused } = cloned('#clone The second monitor', {
      ...ticket(),
      priority: 'P2',
    });
    expect(refused).toBe(false);
    expect(happenings).toEqual([{ kind: 'cloned', to: OTHER, by: LUIS }]);
    expect(opens).toMatchObject({
      ...{ id: OTHER, message: first },
      opened: {
        subject: 'The second monitor',
        requester: { address: NORA },
        category: 'printing',
        priority: 'P2',
        acknowledge: false,
      },
    });
    expect(opens?.also).toContainEqual({ kind: 'linked', relation: 'related', to: ID, by: LUIS });
    expect(change(ticket(), happenings, MONDAY, desk).after.links).toEqual([
      { relation: 'related', id: OTHER },
    ]);
    if (!opens) throw new Error('a clone opens a ticket');
    const made = open(OTHER, opens.opened, opens.also, MONDAY, desk);
    expect(
      made.events.flatMap((event) => updatesFor(event, made.after, desk)).map(({ kind }) => kind),
    ).toEqual(['assignment']);
  });

  test('keeps the subject when none is given, and waits for the same approval', () => {
    const approval = { by: [MARTHA], quorum: 'all' as const };
    const approving = { ...desk, categories: desk.categories.map((each) => ({ ...each, approval })) };
    const { opens } = cloned('#clone', ticket(), first, approving);
    expect(opens?.opened.subject).toBe(ticket().subject);
    expect(opens?.also.map(({ kind }) => kind)).toContain('approval-asked');
  });

  test('is done once in a mail, and not of what nobody outside wrote', () => {
    expect(cloned('#clone one\n#clone two')).toMatchObject({ refused: true, opens: null });
    expect(cloned('#clone', ticket(), null).lines[0]?.said?.key).toBe('not-to-clone');
  });
});
