import { expect, test } from 'vitest';
import { CHECKS, findingsOfAccount } from '../../cli/doctor/account.ts';
import { findDmarc, readDmarc } from '../../cli/doctor/dmarc.ts';
import { diagnosis, type Fact, look } from '../../cli/doctor/finding.ts';
import { type Facts, gather, type Names } from '../../cli/doctor/gather.ts';
import { findingsOfLaptop, type LaptopFacts } from '../../cli/doctor/laptop.ts';

const known = <T>(value: T): Fact<T> => ({ known: true, value });
const unknown = <T>(why = 'TimeoutError: no answer'): Fact<T> => ({ known: false, why });

const TOKENS = ['aaa', 'bbb', 'ccc'];
const DOMAIN = 'desk.example.org';

/** An account in which nothing is left to do. */
const HEALTHY: Facts = {
  domain: DOMAIN,
  stackName: 'Replydesk',
  version: '0.2.0',
  people: ['kim@example.org', 'luis@example.org'],
  region: known('eu-central-1'),
  who: known('111122223333'),
  bootstrap: known(28),
  stack: known({ status: 'UPDATE_COMPLETE', outputs: { Version: '0.2.0' } }),
  ruleSet: known('Replydesk-MailRuleSet-1'),
  activeRules: known({ name: 'Replydesk-MailRuleSet-1', recipients: [DOMAIN], takesAll: false }),
  mail: known({
    production: true,
    review: 'GRANTED',
    sendingEnabled: true,
    enforcement: 'HEALTHY',
    quota: { max24h: 50_000, perSecond: 14, sent24h: 120 },
    suppresses: ['BOUNCE', 'COMPLAINT'],
    plan: 'NONE',
  }),
  identity: known({
    verified: true,
    dkim: { status: 'SUCCESS', tokens: TOKENS, zone: 'dkim.amazonses.com' },
    mailFrom: null,
  }),
  suppressed: known(['gone@example.net']),
  concurrency: known(1000),
  inbound: known(true),
  mx: known(['inbound-smtp.eu-central-1.amazonaws.com']),
  dkim: known(TOKENS.map((token) => `${token}.dkim.amazonses.com`)),
  dmarc: [
    { domain: DOMAIN, own: true, record: known({ at: 'example.org', policy: 'reject' }) },
    { domain: 'example.org', own: false, record: known({ at: 'example.org', policy: 'reject' }) },
  ],
};

const NOTHING_DEPLOYED: Partial<Facts> = {
  stack: known(null),
  ruleSet: known(null),
  activeRules: known(null),
  identity: known(null),
  dkim: known([]),
  mx: known([]),
};

type Mail = Extract<Facts['mail'], { known: true }>['value'];
type Identity = NonNullable<Extract<Facts['identity'], { known: true }>['value']>;
const mail = (changed: Partial<Mail>): Partial<Facts> =>
  HEALTHY.mail.known ? { mail: known({ ...HEALTHY.mail.value, ...changed }) } : {};
const identity = (changed: Partial<Identity>): Partial<Facts> =>
  HEALTHY.identity.known && HEALTHY.identity.value
    ? { identity: known({ ...HEALTHY.identity.value, ...changed }) }
    : {};

function finding(check: string, changed: Partial<Facts>, nth = 0) {
  const found = findingsOfAccount({ ...HEALTHY, ...changed }).filter((each) => each.check === check)[nth];
  if (!found) throw new Error(`there is no finding ${check}`);
  return found;
}

test('in a healthy account everything is fine, and every check has spoken', () => {
  const { findings, counts } = diagnosis(findingsOfAccount(HEALTHY));
  expect(findings.filter(({ state }) => state !== 'fine')).toEqual([]);
  expect([...new Set(findings.map(({ check }) => check))]).toEqual([...CHECKS]);
  expect(counts).toEqual({ fine: findings.length, problem: 0, waits: 0, unknown: 0 });
});

test('before the first deployment nothing of the desk is a problem: it waits for it', () => {
  const findings = findingsOfAccount({ ...HEALTHY, ...NOTHING_DEPLOYED });
  expect(findings.filter(({ state }) => state === 'problem')).toEqual([]);
  expect(findings.filter(({ state }) => state === 'waits').map(({ check }) => check)).toEqual([
    'stack',
    'version',
    'identity',
    'dkim',
    'mail-from',
    'mx',
    'rule-set',
  ]);
});

test('what cannot be asked is unknown, with the reason, and nothing else becomes of it', () => {
  const blind: Facts = {
    ...HEALTHY,
    region: unknown(),
    who: unknown(),
    bootstrap: unknown(),
    stack: unknown(),
    ruleSet: unknown(),
    activeRules: unknown(),
    mail: unknown(),
    identity: unknown(),
    suppressed: unknown(),
    concurrency: unknown(),
    inbound: unknown(),
    mx: unknown(),
    dkim: unknown(),
    dmarc: HEALTHY.dmarc.map((each) => ({ ...each, record: unknown() })),
  };
  for (const { check, state, seen } of findingsOfAccount(blind))
    expect([check, state, seen]).toEqual([check, 'unknown', 'TimeoutError: no answer']);
});

test.each<[string, string, Partial<Facts>, string, RegExp]>([
  [
    'no credentials',
    'credentials',
    { who: unknown('CredentialsProviderError: Could not load credentials') },
    'problem',
    /aws sso login/,
  ],
  [
    'expired credentials',
    'credentials',
    { who: unknown('ExpiredTokenException: expired') },
    'problem',
    /aws sso login/,
  ],
  ['no region', 'region', { region: unknown('Error: Region is missing') }, 'problem', /--region/],
  [
    'a region in which SES does not receive',
    'region',
    { region: known('eu-south-2'), inbound: known(false) },
    'problem',
    /another region/,
  ],
  ['a region that is newer than the list', 'region', { region: known('sa-east-1') }, 'fine', /^$/],
  [
    'a region that is not in the list, without DNS',
    'region',
    { region: known('sa-east-1'), inbound: unknown() },
    'unknown',
    /^$/,
  ],
  [
    'no bootstrap',
    'bootstrap',
    { bootstrap: known(null) },
    'problem',
    /cdk bootstrap aws:\/\/111122223333\/eu-central-1/,
  ],
  ['an old bootstrap', 'bootstrap', { bootstrap: known(6) }, 'problem', /cdk bootstrap/],
  [
    'a first deployment that failed',
    'stack',
    { stack: known({ status: 'ROLLBACK_COMPLETE', outputs: {} }) },
    'problem',
    /delete this stack/,
  ],
  [
    'an update that failed',
    'stack',
    { stack: known({ status: 'UPDATE_ROLLBACK_COMPLETE', outputs: {} }) },
    'problem',
    /deploy again/,
  ],
  [
    'a deployment that runs',
    'stack',
    { stack: known({ status: 'UPDATE_IN_PROGRESS', outputs: {} }) },
    'waits',
    /^$/,
  ],
  [
    'another version',
    'version',
    { stack: known({ status: 'CREATE_COMPLETE', outputs: { Version: '0.1.0' } }) },
    'waits',
    /desk upgrade --stack Replydesk/,
  ],
  [
    'a version that says nothing',
    'version',
    { stack: known({ status: 'CREATE_COMPLETE', outputs: {} }) },
    'waits',
    /desk upgrade/,
  ],
  ['an identity that is not verified', 'identity', identity({ verified: false }), 'waits', /DKIM/],
  ['an identity that somebody deleted', 'identity', { identity: known(null) }, 'problem', /deleted/],
  [
    'a DKIM record that is missing',
    'dkim',
    { dkim: known(['aaa.dkim.amazonses.com', null, 'ccc.dkim.amazonses.com']) },
    'problem',
    /bbb\._domainkey\.desk\.example\.org CNAME bbb\.dkim\.amazonses\.com/,
  ],
  [
    'a DKIM record that leads elsewhere',
    'dkim',
    { dkim: known(['aaa.dkim.amazonses.com', 'bbb.elsewhere.test', 'ccc.dkim.amazonses.com']) },
    'problem',
    /bbb\._domainkey/,
  ],
  [
    'DKIM that SES has not seen',
    'dkim',
    identity({ dkim: { status: 'PENDING', tokens: TOKENS, zone: 'dkim.amazonses.com' } }),
    'waits',
    /^$/,
  ],
  [
    'DKIM that SES gave up on',
    'dkim',
    identity({ dkim: { status: 'FAILED', tokens: TOKENS, zone: 'dkim.amazonses.com' } }),
    'problem',
    /SES console/,
  ],
  ['DKIM without DNS', 'dkim', { dkim: unknown() }, 'unknown', /^$/],
  [
    'a MAIL FROM that waits',
    'mail-from',
    identity({ mailFrom: { domain: 'bounce.example.org', status: 'PENDING' } }),
    'waits',
    /bounce\.example\.org/,
  ],
  [
    'a MAIL FROM that failed',
    'mail-from',
    identity({ mailFrom: { domain: 'bounce.example.org', status: 'FAILED' } }),
    'problem',
    /bounce\.example\.org/,
  ],
  [
    'a MAIL FROM that works',
    'mail-from',
    identity({ mailFrom: { domain: 'bounce.example.org', status: 'SUCCESS' } }),
    'fine',
    /^$/,
  ],
  [
    'no MX although the stack is there',
    'mx',
    { mx: known([]) },
    'problem',
    /desk\.example\.org MX 10 inbound-smtp\.eu-central-1\.amazonaws\.com/,
  ],
  [
    'an MX of another region',
    'mx',
    { mx: known(['inbound-smtp.us-east-1.amazonaws.com']) },
    'problem',
    /MX 10 inbound-smtp\.eu-central-1/,
  ],
  [
    'an MX beside others',
    'mx',
    { mx: known(['inbound-smtp.eu-central-1.amazonaws.com', 'mail.example.org']) },
    'problem',
    /Take mail\.example\.org out/,
  ],
  ['no active rule set', 'rule-set', { activeRules: known(null) }, 'problem', /activates? it/],
  [
    "somebody else's rule set",
    'rule-set',
    { activeRules: known({ name: 'theirs', recipients: ['example.net'], takesAll: false }) },
    'problem',
    /existingRuleSetName=theirs/,
  ],
  [
    "somebody else's rule set with our rule",
    'rule-set',
    { ruleSet: known(null), activeRules: known({ name: 'theirs', recipients: [DOMAIN], takesAll: false }) },
    'fine',
    /^$/,
  ],
  ['a rule set whose owner could not be asked', 'rule-set', { ruleSet: unknown() }, 'unknown', /^$/],
  ['the sandbox', 'sandbox', mail({ production: false, review: null }), 'waits', /production access/],
  ['the sandbox, asked to leave', 'sandbox', mail({ production: false, review: 'PENDING' }), 'waits', /^$/],
  [
    'the sandbox, refused to leave',
    'sandbox',
    mail({ production: false, review: 'DENIED' }),
    'problem',
    /support console/,
  ],
  ['sending paused', 'sending', mail({ sendingEnabled: false }), 'problem', /SES console/],
  ['an account on probation', 'sending', mail({ enforcement: 'PROBATION' }), 'problem', /SES console/],
  [
    'a day that is nearly used up',
    'quota',
    mail({ quota: { max24h: 200, perSecond: 1, sent24h: 160 } }),
    'problem',
    /Service Quotas/,
  ],
  [
    'a day without limit',
    'quota',
    mail({ quota: { max24h: -1, perSecond: 50, sent24h: 99_999 } }),
    'fine',
    /^$/,
  ],
  ['no word on the quota', 'quota', mail({ quota: null }), 'unknown', /^$/],
  [
    'an agent on the suppression list',
    'suppression',
    { suppressed: known(['kim@example.org']) },
    'problem',
    /delete-suppressed-destination --email-address kim@example\.org/,
  ],
  ['the plan of a new account', 'plan', mail({ plan: 'ESSENTIALS' }), 'fine', /--plan NONE/],
  ['no word on the plan', 'plan', mail({ plan: null }), 'unknown', /^$/],
  ['too few executions', 'concurrency', { concurrency: known(4) }, 'problem', /1000/],
  ['the executions of a new account', 'concurrency', { concurrency: known(10) }, 'fine', /1000/],
])('%s: %s', (_, check, changed, state, remedy) => {
  const found = finding(check, changed);
  expect(found.state).toBe(state);
  expect(found.remedy ?? '').toMatch(remedy);
  expect(found.wanted).not.toBe('');
});

test.each([
  ['none', /refused by the desk/],
  ['quarantine', /quarantine everywhere/],
  ['reject', /turned away/],
] as const)(
  'agents whose domain says p=%s are believed, and what becomes of forgeries is said',
  (policy, words) => {
    const record = known({ at: 'example.org', policy });
    const found = finding('dmarc', { dmarc: [{ domain: 'example.org', own: false, record }] });
    expect(found.state).toBe('fine');
    expect(found.seen).toMatch(words);
  },
);

test('agents whose domain has no DMARC meet codes, which is a problem; the own domain may wait for its stack', () => {
  const own = { domain: DOMAIN, own: true, record: known(null) };
  const agents = { domain: 'example.org', own: false, record: known(null) };
  expect(finding('dmarc', { dmarc: [own, agents] }, 1)).toMatchObject({
    state: 'problem',
    remedy: expect.stringContaining('waits for a code'),
  });
  expect(finding('dmarc', { dmarc: [own] }).state).toBe('problem');
  expect(finding('dmarc', { dmarc: [own], stack: known(null) }).state).toBe('waits');
});

test('DMARC is read by RFC 7489: one record, its own policy, or what sp says below', () => {
  expect(readDmarc(['v=spf1 -all', 'v=DMARC1; p=reject; sp=none'], false)).toBe('reject');
  expect(readDmarc(['v=DMARC1; p=reject; sp=none'], true)).toBe('none');
  expect(readDmarc(['v=DMARC1;p=quarantine'], true)).toBe('quarantine');
  expect(readDmarc(['v=DMARC1; p=reject', 'v=DMARC1; p=none'], false)).toBeNull();
  expect(readDmarc(['v=DMARC10; p=reject'], false)).toBeNull();
});

const nothing = () => Promise.reject(Object.assign(new Error('queryTxt ENOTFOUND'), { code: 'ENOTFOUND' }));

test('DMARC is looked for up to the last two labels, and a broken name server is no absence', async () => {
  const asked: string[] = [];
  const only = (name: string, text: string) => async (asks: string) => {
    asked.push(asks);
    return asks === name ? [[text.slice(0, 5), text.slice(5)]] : nothing();
  };
  const found = await findDmarc('a.desk.example.org', only('_dmarc.example.org', 'v=DMARC1; p=none'));
  expect(found).toEqual({ at: 'example.org', policy: 'none' });
  expect(asked).toEqual(['_dmarc.a.desk.example.org', '_dmarc.desk.example.org', '_dmarc.example.org']);
  expect(await findDmarc('example.org', nothing)).toBeNull();
  const broken = () => Promise.reject(Object.assign(new Error('queryTxt ESERVFAIL'), { code: 'ESERVFAIL' }));
  await expect(findDmarc('example.org', broken)).rejects.toThrow('ESERVFAIL');
});

test('one lookup that fails, or never answers, leaves the others alone', async () => {
  const value = <T>(value: T) => Promise.resolve(value);
  const names: Names = {
    resolveMx: () => value([{ exchange: 'Inbound-SMTP.eu-central-1.amazonaws.com.', priority: 10 }]),
    resolveCname: (name) =>
      name.startsWith('bbb') ? nothing() : value([`${name.slice(0, 3)}.dkim.amazonses.com`]),
    resolveTxt: nothing,
    resolve4: () => value(['192.0.2.1']),
  };
  const facts = await gather(
    { domain: DOMAIN, people: ['kim@example.org'], stackName: 'Replydesk', version: '0.2.0' },
    {
      region: () => value('eu-central-1'),
      who: () => Promise.reject(new Error('offline')),
      bootstrap: () => value(28),
      stack: () => value(null),
      ruleSet: () => value(null),
      mail: () => Promise.reject(Object.assign(new Error('slow down'), { name: 'TooManyRequestsException' })),
      identity: () =>
        value({
          verified: false,
          dkim: { status: 'PENDING', tokens: TOKENS, zone: 'dkim.amazonses.com' },
          mailFrom: null,
        }),
      activeRules: () => value(null),
      suppressed: () => value([]),
      concurrency: () => value(10),
    },
    names,
  );
  expect(facts).toMatchObject({
    who: { known: false, why: 'Error: offline' },
    mail: { known: false, why: 'TooManyRequestsException: slow down' },
    bootstrap: known(28),
    mx: known(['inbound-smtp.eu-central-1.amazonaws.com']),
    dkim: known(['aaa.dkim.amazonses.com', null, 'ccc.dkim.amazonses.com']),
    dmarc: [
      { domain: DOMAIN, own: true, record: known(null) },
      { domain: 'example.org', own: false, record: known(null) },
    ],
  });
  expect(await look(() => new Promise(() => {}), 1)).toEqual({
    known: false,
    why: 'no answer within 0.001 s',
  });
});

const LAPTOP: LaptopFacts = {
  node: '24.21.0',
  platform: 'linux-x64',
  data: '.desk',
  running: known(4711),
  config: known(null),
  engine: known({ kind: 'packaged', where: '/somewhere' }),
  ports: [
    { port: 2525, free: known(false) },
    { port: 8025, free: known(false) },
  ],
  writable: known(true),
  browser: known(false),
};

test.each<[string, string, Partial<LaptopFacts>, string]>([
  ['a desk that runs has its ports', 'port', {}, 'fine'],
  ['a port that somebody else has', 'port', { running: known(null) }, 'problem'],
  ['an old Node', 'node', { node: '22.1.0' }, 'problem'],
  ['no engine for the platform', 'engine', { engine: known(null), platform: 'linux-arm64' }, 'problem'],
  ['an engine that does not answer', 'engine', { engine: unknown('TypeError: fetch failed') }, 'unknown'],
  [
    'a configuration with a mistake',
    'configuration',
    { config: known('desk.yaml has one problem: …') },
    'problem',
  ],
  ['a folder of somebody else', 'data', { writable: known(false) }, 'problem'],
  ['no desk', 'running', { running: known(null) }, 'waits'],
  ['no browser, which only pictures need', 'browser', {}, 'fine'],
])('on a laptop: %s', (_, check, changed, state) => {
  const found = findingsOfLaptop({ ...LAPTOP, ...changed }).find((each) => each.check === check);
  expect(found?.state).toBe(state);
  expect(state === 'problem' ? found?.remedy : null).not.toBe('');
});
