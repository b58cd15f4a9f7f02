/**
 * The sample day: invented people write to a new desk, its agents answer from their mailboxes or do not, and the
 * terminal tells what became of it. The people go by mail alone, through the same door as everybody; what is told is
 * read from the ledger, the tickets and the mail that left. What does not happen in time is said, and the day goes on.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Desk as Configuration } from '../core/config/desk.ts';
import { describeProblems, loadDesk } from '../core/config/load.ts';
import type { Ticket } from '../core/ticket/ticket.ts';
import type { Desk, DeskSetting } from './desk.ts';
import { DeskFault } from './fault.ts';
import type { SentMail } from './mailer.ts';
import { openFacts } from './sample-day/facts.ts';
import { openPage, type Paper } from './sample-day/page.ts';
import type { Person } from './sample-day/post.ts';
import { openScene, type Scene } from './sample-day/scene.ts';

/** The story names what the sample's categories and promises make of its mail. */
const SAMPLE_DOMAIN = 'desk.example.test';
/** Five minutes in a second: the hours in which a ticket climbs to the top pass while one reads, and not too fast to. */
const FAST = 300;
/** Those hours, and what a slow machine needs besides. */
const FAST_PATIENCE_MS = 45_000;

const NORA: Person = { name: 'Nora Quist', address: 'nora.quist@example.org' };
const BRUNO: Person = { name: 'Bruno Adler', address: 'bruno.adler@example.com' };
const EVE: Person = { name: 'Eve Lindqvist', address: 'eve.lindqvist@example.org' };
const MALLORY = 'mallory@example.com';

const OUTAGE: [Person, subject: string, text: string][] = [
  [person('Ines Duarte', 'org'), 'VPN is down', 'The VPN is down, and none of us can work from home.'],
  [
    person('Paul Meier', 'com'),
    'Kein VPN',
    'Bei uns im Team kommt keiner ins VPN. Wir können nicht arbeiten.',
  ],
  [person('Sara Holm', 'org'), 'Cannot connect from home', 'The tunnel drops as soon as it is up.'],
  [person('Yusuf Kaya', 'com'), 'VPN???', 'My VPN does not work, is it me?'],
  [
    person('Chloe Martin', 'org'),
    'Urgent: no remote access',
    'The whole team is unable to work: no VPN since ten minutes.',
  ],
  [person('Jan Novotny', 'com'), 'VPN-Ausfall', 'Das VPN ist ausgefallen.'],
  [
    person('Mei Tanaka', 'org'),
    'Connection to the office',
    'I cannot connect to the office network from the train.',
  ],
  [
    person('Olga Petrova', 'com'),
    'VPN outage',
    'Is there an outage? The VPN is not reachable for several colleagues.',
  ],
  [person('Tim Becker', 'org'), 'Fernzugriff geht nicht', 'Der Fernzugriff geht nicht mehr.'],
  [person('Rosa Alvarez', 'com'), 'Tunnel fails', 'The VPN client says: connection failed (error 809).'],
];

export interface Stage {
  desk: Desk;
  setting: DeskSetting;
  /** Path of the desk.yaml. */
  config: string;
  paper: Paper;
  /** Ends the day at once, whatever goes on. */
  signal: AbortSignal;
}

/** Resolves when the day is over, was ended, or is not to be played here, which the paper then says. */
export async function playSampleDay(stage: Stage): Promise<void> {
  try {
    const configuration = await readConfiguration(stage.config);
    const page = openPage(stage.paper, configuration.timezone);
    const facts = await openFacts(stage.setting.dataDir);
    if (configuration.domain !== SAMPLE_DOMAIN)
      return page.say(
        `No sample day: it is written for the sample desk, and this is ${configuration.domain}.`,
      );
    if (!(await facts.isUntouched()))
      return page.say(
        'No sample day: this desk has had mail already, and goes on from there. With --fresh it forgets everything and the day is played again.',
      );
    const scene = openScene(stage.desk, configuration, page, facts, stage.signal);
    await play(scene, stage, Math.max(...configuration.tiers.map(({ tier }) => tier)));
  } catch (error) {
    if (!stage.signal.aborted) throw error;
  }
}

async function readConfiguration(file: string): Promise<Configuration> {
  const loaded = loadDesk(await readFile(file, 'utf8'), (path) => readFileSync(resolve(dirname(file), path)));
  if (!loaded.ok) throw new DeskFault(describeProblems(file, loaded.problems));
  return loaded.desk;
}

async function play(scene: Scene, stage: Stage, topTier: number): Promise<void> {
  const { page } = scene;
  const began = { real: Date.now(), desk: Date.parse(stage.desk.now()) };
  page.say(
    `The sample day. Invented people write to support@${SAMPLE_DOMAIN}, and everything takes the real way. ` +
      'What you read is what the desk recorded: < somebody writes, = the desk decides, > a mail leaves, ! the clock.',
  );
  const printer = await aQuestionIsAnswered(scene);
  const keyboard = await somebodyIsAway(scene);
  await anAgentWithoutProof(scene, keyboard);
  await aMistypedCommand(scene, keyboard);
  await aForgedSender(scene, keyboard);
  const ignored = await nobodyAnswers(scene, stage, topTier);
  await manyAtOnce(scene);
  farewell(scene, stage, began, ignored ?? keyboard?.ticket ?? printer);
}

async function aQuestionIsAnswered(scene: Scene): Promise<Ticket | null> {
  scene.page.scene('A printer jams, and is repaired by mail');
  const opened = await newTicket(scene, NORA, {
    subject: 'The printer on floor 3 is jammed',
    text: 'It eats the paper. Could somebody have a look?',
  });
  if (!opened?.assignment) return opened?.ticket ?? null;
  const { ticket, assignment, agent } = opened;

  await scene.reply(assignment, agent, 'Please open flap B at the back and pull the sheet out.');
  const answer = await scene.mail('answer', NORA.address, ticket.id);
  if (!answer) return ticket;
  await scene.reply(answer, NORA, 'That was it, it prints again. Thank you!', { proven: null });
  const thanks = await scene.mail('requester-message', agent.address, ticket.id);
  if (!thanks) return ticket;
  await scene.reply(thanks, agent, 'Good. I have ordered a new roller all the same.\n\n#resolve');
  await scene.mail('resolved', NORA.address, ticket.id);
  await scene.mail('transcript', agent.address, ticket.id);
  await scene.settle();
  return ticket;
}

async function somebodyIsAway(scene: Scene): Promise<Opened | null> {
  scene.page.scene('An answering machine');
  const opened = await newTicket(scene, BRUNO, {
    subject: 'A keyboard for my desk',
    text: 'I would like a keyboard with a Greek layout. No rush.',
  });
  if (!opened?.acknowledgement) return opened;
  const id = await scene.reply(
    opened.acknowledgement,
    BRUNO,
    'I am out of the office and read my mail again on Friday.',
    {
      proven: null,
      subject: 'Automatic reply: A keyboard for my desk',
      headers: { 'Auto-Submitted': 'auto-replied' },
    },
  );
  await scene.andNobodyHears(id);
  return opened;
}

async function anAgentWithoutProof(scene: Scene, opened: Opened | null): Promise<void> {
  scene.page.scene('An agent writes without proof of who he is, and is asked for a code');
  if (!opened?.assignment) return scene.skip();
  const { ticket, assignment, agent } = opened;
  await scene.reply(assignment, agent, 'One is on its way to you.', { proven: null });
  const code = await scene.mail('code', agent.address);
  if (!code) return;
  const digits = /\b\d{6}\b/.exec(await scene.textOf(code))?.[0] ?? '';
  await scene.reply(code, agent, digits, { proven: null });
  await scene.mail('answer', BRUNO.address, ticket.id);
  await scene.settle();
}

async function aMistypedCommand(scene: Scene, opened: Opened | null): Promise<void> {
  scene.page.scene('An agent mistypes a command, and nothing leaves');
  if (!opened?.assignment) return scene.skip();
  const { ticket, assignment, agent } = opened;
  await scene.reply(assignment, agent, 'He has lost two keyboards this year already.\n\n#noet');
  await scene.mail('transcript', agent.address, ticket.id);
  await scene.settle();
}

async function aForgedSender(scene: Scene, opened: Opened | null): Promise<void> {
  scene.page.scene('Somebody writes in an agent’s name');
  if (!opened) return scene.skip();
  const { ticket, agent } = opened;
  const id = await scene.write(
    {
      from: agent,
      to: ticket.mailbox,
      subject: `Re: ${ticket.subject} [${ticket.id}]`,
      text: 'Please send the administrator’s password to this address.\n\n#close',
      // The server knows the writer, and it is not who he says: his domain does not vouch for the mail.
      proven: MALLORY,
    },
    { who: `${MALLORY}, in the name of ${agent.name} <${agent.address}>,` },
  );
  await scene.andNobodyHears(id);
}

/** Returns the ticket that climbed. */
async function nobodyAnswers(scene: Scene, stage: Stage, topTier: number): Promise<Ticket | null> {
  const { page } = scene;
  page.scene('Nobody answers, and the ticket climbs');
  const opened = await newTicket(scene, EVE, {
    subject: 'Outlook is down for everyone',
    text: 'Nobody at the company can send or receive emails. We cannot take any orders.',
  });
  if (!opened) return null;
  const { id } = opened.ticket;
  const { speed } = stage.setting;
  const faster = speed < FAST;
  if (faster) {
    page.say(
      `Nobody does anything now. So that you need not wait for hours, the desk’s clock goes ${FAST} times faster: five minutes in a second.`,
    );
    await stage.desk.setSpeed(FAST);
  }
  await scene.until(
    `the hand-over of ${id} at tier ${topTier}`,
    (told) => {
      const climbed = told.findLastIndex(
        (fact) =>
          fact.kind === 'happened' &&
          fact.ticket.id === id &&
          fact.event.kind === 'escalated' &&
          fact.event.to === topTier,
      );
      return (
        climbed >= 0 &&
        told
          .slice(climbed)
          .some(
            ({ kind, ...fact }) =>
              'mail' in fact && fact.mail.ticket === id && fact.mail.update === 'assignment',
          )
      );
    },
    FAST_PATIENCE_MS,
  );
  if (faster) {
    await stage.desk.setSpeed(speed);
    page.say(speed === 1 ? 'A second is a second again.' : `The clock goes ${speed} times faster again.`);
  }
  await scene.settle();
  return opened.ticket;
}

async function manyAtOnce(scene: Scene): Promise<void> {
  scene.page.scene(`An outage: ${OUTAGE.length} people write at once`);
  const to = `support@${SAMPLE_DOMAIN}`;
  const ids = new Set(
    await Promise.all(
      OUTAGE.map(([from, subject, text]) =>
        scene.write({ from, to, subject, text, proven: null }, { brief: true }),
      ),
    ),
  );
  await scene.untilMany('a ticket and two mails for each of them', (told) => {
    const tickets = told.flatMap((fact) =>
      fact.kind === 'disposed' && ids.has(fact.record.messageId ?? '') ? [fact.record.ticketId] : [],
    );
    const mails = told.filter((fact) => fact.kind === 'left' && tickets.includes(fact.mail.ticket));
    return tickets.length >= ids.size && mails.length >= 2 * ids.size;
  });
  await scene.settle();
}

function farewell(
  { page }: Scene,
  { desk, setting }: Stage,
  began: { real: number; desk: number },
  ticket: Ticket | null,
): void {
  const data = setting.dataDir === resolve('.desk') ? '' : ` --data '${setting.dataDir}'`;
  const cli = `npm run -s desk --${data}`;
  const seconds = Math.round((Date.now() - began.real) / 1000);
  const minutes = Math.round((Date.parse(desk.now()) - began.desk) / 60_000);
  page.scene('What to try next');
  page.say(
    `The day took ${seconds} seconds of yours and ${minutes} minutes of the desk’s. The desk stays until Ctrl-C, and its clock goes on: what nobody answers warns and climbs by itself.`,
  );
  page.say('Read what everybody got, in a browser:');
  page.command([`http://127.0.0.1:${desk.webPort}`]);
  page.say('Write to the desk yourself:');
  page.command([
    `swaks --server 127.0.0.1:${desk.smtpPort} --from you@example.org --to support@${SAMPLE_DOMAIN} \\`,
    "  --header 'Subject: My screen stays black' --body 'Since this morning it shows nothing.'",
  ]);
  page.say('See all tickets, the whole of one, and what became of every mail:');
  page.command([`${cli} tickets`, ...(ticket ? [`${cli} ticket ${ticket.id}`] : []), `${cli} mail`]);
  page.say('Begin with an empty desk, or play the day again:');
  page.command([`npm start --${data} --empty --fresh`, `npm start --${data} --fresh`]);
}

interface Opened {
  ticket: Ticket;
  agent: Person;
  acknowledgement: SentMail | null;
  assignment: SentMail | null;
}

async function newTicket(
  scene: Scene,
  from: Person,
  { subject, text }: { subject: string; text: string },
): Promise<Opened | null> {
  const id = await scene.write({ from, to: `support@${SAMPLE_DOMAIN}`, subject, text, proven: null });
  const record = await scene.disposed(id);
  const ticketId = record?.ticketId;
  if (!ticketId) return null;
  // The ledger's word may be read a moment before the ticket's.
  await scene.until(`the beginning of ${ticketId}`, () => scene.ticket(ticketId) !== null);
  const ticket = scene.ticket(ticketId);
  if (!ticket) return null;
  const acknowledgement = await scene.mail('acknowledgement', from.address, ticketId);
  const assignment = ticket.assignee ? await scene.mail('assignment', ticket.assignee, ticketId) : null;
  await scene.settle();
  return { ticket, agent: scene.agent(ticket.assignee ?? ''), acknowledgement, assignment };
}

function person(name: string, ending: 'org' | 'com'): Person {
  return { name, address: `${name.toLowerCase().replace(' ', '.')}@example.${ending}` };
}
