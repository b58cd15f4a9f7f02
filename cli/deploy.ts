/** A deployment as a story: the doctor, the difference, a yes, the CDK, and what the admin still has to do. */
import type { DeployedStack } from '../aws/account.ts';
import type { Cdk } from './cdk.ts';
import type { Diagnosis, Finding } from './doctor/finding.ts';
import { Refused } from './refused.ts';

/**
 * `sandbox`: it runs, and writes to verified addresses alone. `requested`: AWS has the request. `records`: production access,
 * but something in DNS is missing or not yet seen. `ready`: write to it.
 */
export type State = 'sandbox' | 'requested' | 'records' | 'ready' | 'unknown';

export interface Deployed {
  outcome: 'looked' | 'deployed';
  findings: Finding[];
  /** `name TYPE value` each. */
  records: string[];
  state: State;
  /** To paste, as long as the desk is in the sandbox. */
  request: string | null;
}

export interface Hands {
  examine(): Promise<Diagnosis>;
  cdk: Cdk;
  stack(): Promise<DeployedStack | null>;
  /** Whether to go on, after the difference was shown. */
  agreed(): Promise<boolean>;
  /** To whoever watches; not a result. */
  say(words: string): void;
}

export async function deploy(
  { name, domain }: { name: string; domain: string },
  { despite, dryRun }: { despite: readonly string[]; dryRun: boolean },
  { examine, cdk, stack, agreed, say }: Hands,
): Promise<Deployed> {
  const before = await examine();
  const stops = before.findings.filter(({ check, state }) => state === 'problem' && !despite.includes(check));
  for (const { check, state, seen, remedy } of before.findings)
    if (state === 'problem')
      say(`${despite.includes(check) ? 'despite ' : ''}${check}: ${seen}${remedy ? `\n  ${remedy}` : ''}`);
  if (stops.length > 0 && !dryRun)
    throw new Refused(
      `The doctor stops the deployment: ${names(stops)}. Mend it, or go on with ${[...new Set(stops.map(({ check }) => `--despite ${check}`))].join(' ')}.`,
    );
  const blind = before.findings.some(({ check, state }) => check === 'credentials' && state !== 'fine');
  if (blind) say('Without credentials there is no difference to show.');
  else if ((await cdk(['diff'])) !== 0)
    throw new Refused('The CDK could not compare; its own words are above.');
  if (dryRun)
    return { outcome: 'looked', ...afterwards(before.findings, (await seen(stack))?.outputs, name, domain) };
  if (!(await agreed())) throw new Refused('Nothing was deployed.');
  if ((await cdk(['deploy', '--require-approval', 'never'])) !== 0)
    throw new Refused(
      'The deployment failed; its own words are above. CloudFormation has put back what there was, and the next one begins anew.',
    );
  const [after, made] = [await examine(), await seen(stack)];
  return { outcome: 'deployed', ...afterwards(after.findings, made?.outputs, name, domain) };
}

/** What it says is of use, but what it cannot say stops nothing. */
function seen(stack: Hands['stack']): Promise<DeployedStack | null> {
  return stack().catch(() => null);
}

function names(findings: readonly Finding[]): string {
  return [...new Set(findings.map(({ check }) => check))].join(', ');
}

function afterwards(
  findings: Finding[],
  outputs: Readonly<Record<string, string>> = {},
  name: string,
  domain: string,
): Omit<Deployed, 'outcome'> {
  const state = stateOf(findings);
  return {
    findings,
    records: recordsOf(outputs, domain),
    state,
    request: state === 'ready' || state === 'records' ? null : requestText(name, domain),
  };
}

export function stateOf(findings: readonly Finding[]): State {
  const of = (check: string) => findings.filter((finding) => finding.check === check);
  const [sandbox] = of('sandbox');
  if (!sandbox || sandbox.state === 'unknown') return 'unknown';
  if (sandbox.state !== 'fine') return sandbox.remedy === null ? 'requested' : 'sandbox';
  const dns = [...of('identity'), ...of('dkim'), ...of('mx')];
  return dns.every(({ state }) => state === 'fine') ? 'ready' : 'records';
}

export function recordsOf(outputs: Readonly<Record<string, string>>, domain: string): string[] {
  return [
    ...Object.entries(outputs)
      .filter(([output]) => /^(MxRecord|DkimRecord\d)$/.test(output))
      .sort(([a], [b]) => b.localeCompare(a))
      .map(([, record]) => record),
    `_dmarc.${domain} TXT "v=DMARC1; p=reject"`,
  ];
}

/** What AWS asks of whoever leaves the sandbox: https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html */
export function requestText(name: string, domain: string): string {
  return `Mail type: Transactional
Website URL: https://${domain.split('.').slice(-2).join('.')} (put in yours)
Use case description:
${name} is a help desk by email. People write to it at ${domain}; it acknowledges their mail, passes it on to our own staff,
and sends their answers back.
Recipients: only people who wrote to us first, and our own staff. There are no lists, no marketing and no bought addresses.
Volume: about six mails for each request; we expect (put in yours) requests a day.
Bounces and complaints: the configuration set publishes every bounce, complaint and rejection to a topic; the desk records them on
the ticket, tells the agent, and stops writing to that address. The account's suppression list is on.
Stopping: a requester ends all mail about a ticket by replying #stop. Automatic mail and loops are recognised and never answered.
Authentication: all mail is signed with DKIM for ${domain}, which publishes DMARC.`;
}

const WORDS: Record<State, string> = {
  sandbox:
    'sandbox: the desk runs, and SES lets it write to verified addresses and domains only, 200 mails a day. Ask for production access in the SES console (Account dashboard, Request production access) with the text below. Until then verify your own domain in SES, and try the desk with your own people.',
  requested:
    'requested: the desk is in the sandbox, and AWS has the request, or an answer to it is waiting in the support console.',
  records:
    'records: production access is there, and the records below are not all in DNS, or SES has not seen them yet.',
  ready: 'ready: write to it.',
  unknown: 'unknown: SES could not be asked. desk doctor says why.',
};

export function describeDeployed({ outcome, records, state, request }: Deployed): string {
  return [
    outcome === 'deployed' ? 'It is deployed.' : 'Nothing was changed.',
    '',
    'DNS records:',
    ...records.map((record) => `  ${record}`),
    ...(records.length === 1 ? ['  the MX and three CNAMEs come with the stack'] : []),
    '',
    `State: ${WORDS[state]}`,
    ...(request === null ? [] : ['', request]),
  ].join('\n');
}
