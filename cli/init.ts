/** Makes the first desk.yaml of an organisation out of the sample: its rules and words stay, its people and promises go. */
import { type Document, isMap, parseDocument } from 'yaml';
import { WEEKDAYS } from '../core/config/choices.ts';
import { block, dropped, type Edit, edited, items, setting, written } from './yaml-text.ts';

export interface FirstPerson {
  name: string;
  address: string;
  role: 'agent' | 'lead' | 'manager';
  /** 1 to 9; null for who takes no tickets. */
  tier: number | null;
}

export interface Answers {
  name: string;
  domain: string;
  language: string;
  timezone: string;
  /** `mon-fri 08:00-17:00` */
  hours: string;
  /** `support@desk.example.com` */
  addresses: string[];
  people: FirstPerson[];
}

/** `text`: the sample desk.yaml, or whatever became of it. */
export function firstDesk(text: string, answers: Answers): string {
  const { name, domain, language, timezone, hours, addresses } = answers;
  const document = parseDocument(text);
  const team = String(document.getIn(['teams', 0, 'name']) ?? 'service-desk');
  const title = String(document.getIn(['teams', 0, 'title']) ?? 'Service Desk');
  const people = withLead(answers.people);
  const lead = people.find(({ role }) => role === 'lead');
  const top = Math.max(1, ...people.map(({ tier }) => tier ?? 1));
  const opening = hoursOf(hours);
  const put = (key: string, value: unknown) => block(text, document, key, written({ [key]: value }));
  const strange = strangers(text, document, team);
  return edited(text, [
    ...setting(document, ['name'], name),
    ...setting(document, ['domain'], domain),
    ...setting(document, ['language'], language),
    ...setting(document, ['timezone'], timezone),
    ...put(
      'addresses',
      addresses.map((address) => ({ address, name: addresses.length === 1 ? name : nameOf(address), team })),
    ),
    ...put('teams', [{ name: team, title, lead: lead?.address }]),
    ...put(
      'tiers',
      Array.from({ length: top }, (_, n) => ({ tier: n + 1, title: TITLES[n] ?? `Tier ${n + 1}` })),
    ),
    ...put(
      'people',
      people.map(({ name, address, role, tier }) => ({
        ...{ address, name, role },
        ...(role === 'manager' ? {} : { team }),
        ...(tier === null || role === 'manager' ? {} : { tier, skills: [], hours: 'office' }),
      })),
    ),
    ...put('calendars', [
      {
        name: 'always',
        timezone: 'UTC',
        hours: Object.fromEntries(WEEKDAYS.map((day) => [day, ['00:00-24:00']])),
      },
      { name: 'office', timezone, hours: opening, holidays: ['01-01', '12-25'] },
    ]),
    ...put('vips', []),
    ...put('organisations', []),
    ...put('sla', [
      {
        name: 'standard',
        calendar: 'office',
        warnings: ['75%'],
        targets: {
          P1: { firstResponse: '30m', nextResponse: '1h', resolution: '4h', tier: '2h' },
          P2: { firstResponse: '1h', nextResponse: '2h', resolution: '8h', tier: '4h' },
          P3: { firstResponse: '4h', nextResponse: '4h', resolution: '20h', tier: '8h' },
          P4: { firstResponse: '8h', nextResponse: '8h', resolution: '40h', tier: '16h' },
        },
      },
    ]),
    ...put('services', []),
    ...put('fields', []),
    ...put('recurring', []),
    ...spoken(text, document, language),
    ...strange.edits,
    ...lowered(text, document, top, strange.gone),
  ]);
}

const TITLES = ['First line', 'Specialists', 'Experts'];

/** A team needs a lead: without one the first of its people is, and goes on taking tickets. */
export function withLead(people: readonly FirstPerson[]): FirstPerson[] {
  if (people.some(({ role }) => role === 'lead')) return [...people];
  const first = people.findIndex(({ role }) => role === 'agent');
  return people.map((person, nth) => (nth === first ? { ...person, role: 'lead' } : person));
}

/** `mon-fri 08:00-17:00` for each of these days; a week may begin anywhere. */
export function hoursOf(text: string): Record<string, string[]> {
  const [, from = '', to = from, frame = ''] = HOURS.exec(text) ?? [];
  const days = WEEKDAYS as readonly string[];
  const first = days.indexOf(from);
  const many = ((days.indexOf(to) - first + 7) % 7) + 1;
  return Object.fromEntries(
    Array.from({ length: first < 0 ? 0 : many }, (_, n) => [days[(first + n) % 7] as string, [frame]]),
  );
}

export const HOURS = new RegExp(
  `^(${WEEKDAYS.join('|')})(?:-(${WEEKDAYS.join('|')}))? ((?:[01]\\d|2[0-3]):[0-5]\\d-(?:(?:[01]\\d|2[0-3]):[0-5]\\d|24:00))$`,
);

/** `Kim Brandt <kim@example.com>`, then a role (agent) and a tier (1; managers have none). */
export function personFrom(text: string): FirstPerson | null {
  const [, name, address, role = 'agent', tier] =
    /^([^<>]{1,100}?)\s*<([^\s<>@]+@[^\s<>@]+\.[^\s<>@]+)>(?:\s+(agent|lead|manager))?(?:\s+([1-9]))?$/.exec(
      text.trim(),
    ) ?? [];
  if (!name || !address) return null;
  return {
    ...{ name, address: address.toLowerCase(), role: role as FirstPerson['role'] },
    tier: role === 'manager' ? null : tier ? Number(tier) : role === 'lead' ? null : 1,
  };
}

function nameOf(address: string): string {
  const local = address.slice(0, address.indexOf('@'));
  return local.length <= 3 ? local.toUpperCase() : local.charAt(0).toUpperCase() + local.slice(1);
}

/** Categories of other teams, their steps, and what speaks of them. */
function strangers(
  text: string,
  document: Document.Parsed,
  team: string,
): { edits: Edit[]; gone: Set<string> } {
  const get = (node: unknown, key: string): string | undefined => {
    const value = isMap(node) ? node.get(key) : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  const edits: Edit[] = [];
  const gone = new Set<string>();
  items(text, document, ['categories']).forEach(({ node, from, to }, nth) => {
    if (get(node, 'team') !== team) {
      gone.add(get(node, 'name') ?? '');
      edits.push({ from, to, text: '' });
      return;
    }
    const steps = items(text, document, ['categories', nth, 'checklist']);
    const others = steps.filter(
      (step) => get(step.node, 'team') !== undefined && get(step.node, 'team') !== team,
    );
    // A checklist of nothing is none.
    if (others.length > 0 && others.length < steps.length)
      for (const { from, to } of others) edits.push({ from, to, text: '' });
  });
  return { edits, gone };
}

/** A macro without words in the desk's own language would be refused. */
function spoken(text: string, document: Document.Parsed, language: string): Edit[] {
  const macros = items(text, document, ['macros']);
  const mute = macros.filter(({ node }) => {
    const words = isMap(node) ? node.get('words') : undefined;
    return isMap(words) && !words.has(language);
  });
  return mute.length === macros.length
    ? block(text, document, 'macros', 'macros: []')
    : mute.map(({ from, to }) => ({ from, to, text: '' }));
}

/** What begins above the highest tier begins at it, and what is asked for above it is asked for nowhere. */
function lowered(text: string, document: Document.Parsed, top: number, gone: ReadonlySet<string>): Edit[] {
  const high = (path: (string | number)[]) => Number(document.getIn(path) ?? 0) > top;
  return [
    ...items(text, document, ['categories']).flatMap(({ node }, nth) =>
      isMap(node) && !gone.has(String(node.get('name'))) && high(['categories', nth, 'tier'])
        ? setting(document, ['categories', nth, 'tier'], top)
        : [],
    ),
    ...(high(['knowledge', 'fixRequired', 'tier'])
      ? dropped(text, document, ['knowledge', 'fixRequired'])
      : []),
  ];
}

/** What is left to do, in its order. */
export function nextSteps(
  { domain, people }: Answers,
  { file, region, stack }: { file: string; region: string; stack: string },
): { steps: string[]; records: string[] } {
  const config = file === 'desk.yaml' ? '' : ` --config ${file}`;
  const domains = [...new Set(people.map(({ address }) => address.slice(address.indexOf('@') + 1)))];
  return {
    steps: [
      `Try it on this laptop: npm start -- --empty${config}`,
      'Sign in to AWS, for instance by `aws sso login`',
      `Once in each account and region: node setup.mjs cdk bootstrap aws://ACCOUNT/${region}`,
      `npm run -s desk -- doctor --stack ${stack} --region ${region}${config}`,
      `npm run -s desk -- deploy --stack ${stack} --region ${region}${config}`,
      'Write the records into DNS: the MX now, the three of DKIM as the deployment prints them',
      'Ask for production access in the SES console (Account dashboard); the deployment prints the text',
      `npm run -s desk -- doctor --stack ${stack} --region ${region}${config}, until nothing waits; then write to the desk`,
    ],
    records: [
      `${domain} MX 10 inbound-smtp.${region}.amazonaws.com`,
      `three CNAMEs <token>._domainkey.${domain} → <token>.dkim.amazonses.com, whose tokens SES makes with the stack`,
      `_dmarc.${domain} TXT "v=DMARC1; p=reject", once DKIM is verified`,
      ...domains.map(
        (each) => `${each} with a DMARC record of its own: only then are its people believed without codes`,
      ),
    ],
  };
}
