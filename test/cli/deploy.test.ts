import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { DeployedStack } from '../../aws/account.ts';
import { deploy, describeDeployed, recordsOf, stateOf } from '../../cli/deploy.ts';
import { diagnosis, type Finding } from '../../cli/doctor/finding.ts';
import { uninstall, whatRemains } from '../../cli/uninstall.ts';
import { describeNotes, notesBetween } from '../../cli/upgrade.ts';

const finding = (check: string, state: Finding['state'], remedy: string | null = 'do it'): Finding => ({
  ...{ check, state, remedy, seen: `${check} is ${state}`, wanted: 'well' },
});
const OUTPUTS = {
  TableName: 'Replydesk-Table-1',
  BucketName: 'replydesk-bucket-1',
  KeysParameter: '/replydesk/Replydesk/keys',
  MxRecord: 'desk.example.org MX 10 inbound-smtp.eu-central-1.amazonaws.com',
  DkimRecord2: 'b._domainkey.desk.example.org CNAME b.dkim.amazonses.com',
  DkimRecord1: 'a._domainkey.desk.example.org CNAME a.dkim.amazonses.com',
};
const STACK: DeployedStack = { status: 'CREATE_COMPLETE', outputs: OUTPUTS };
const DESK = { name: 'Acme Service Desk', domain: 'desk.example.org' };

/** A world in which everything said and done is kept. */
function world({ before = [], after = before, cdk = 0, agreed = true, stack = STACK }: Partial<World> = {}) {
  const done: string[] = [];
  const said: string[] = [];
  let looked = 0;
  return {
    done,
    said,
    hands: {
      examine: async () => diagnosis(looked++ === 0 ? before : after),
      cdk: async (args: readonly string[]) => {
        done.push(args[0] ?? '');
        return cdk;
      },
      stack: async () => stack,
      agreed: async () => {
        done.push('asked');
        return agreed;
      },
      typed: async () => 'Replydesk',
      say: (words: string) => {
        said.push(words);
      },
    },
  };
}
interface World {
  before: Finding[];
  after: Finding[];
  cdk: number;
  agreed: boolean;
  stack: DeployedStack | null;
}

const HEALTHY = ['credentials', 'identity', 'dkim', 'mx', 'sandbox'].map((check) =>
  finding(check, 'fine', null),
);
const plainly = { despite: [], dryRun: false };

describe('a deployment', () => {
  test('shows the difference, asks, deploys, and names the records', async () => {
    const { hands, done } = world({ before: HEALTHY });
    expect(await deploy(DESK, plainly, hands)).toMatchObject({
      outcome: 'deployed',
      state: 'ready',
      request: null,
      records: [
        OUTPUTS.MxRecord,
        OUTPUTS.DkimRecord2,
        OUTPUTS.DkimRecord1,
        '_dmarc.desk.example.org TXT "v=DMARC1; p=reject"',
      ],
    });
    expect(done).toEqual(['diff', 'asked', 'deploy']);
  });

  test('is stopped by a problem, before anything is compared, unless the problem is named', async () => {
    const before = [...HEALTHY, finding('dmarc', 'problem'), finding('quota', 'waits')];
    const { hands, done } = world({ before });
    await expect(deploy(DESK, plainly, hands)).rejects.toThrow('--despite dmarc');
    expect(done).toEqual([]);
    const named = world({ before });
    expect(await deploy(DESK, { despite: ['dmarc'], dryRun: false }, named.hands)).toMatchObject({
      outcome: 'deployed',
    });
    expect(named.said.join()).toContain('despite dmarc');
  });

  test('only looks when it is dry, also past problems, and without credentials compares nothing', async () => {
    const { hands, done } = world({ before: [...HEALTHY, finding('dmarc', 'problem')] });
    expect(await deploy(DESK, { despite: [], dryRun: true }, hands)).toMatchObject({ outcome: 'looked' });
    expect(done).toEqual(['diff']);
    const blind = world({ before: [finding('credentials', 'problem')], stack: null });
    expect(await deploy(DESK, { despite: [], dryRun: true }, blind.hands)).toMatchObject({
      state: 'unknown',
    });
    expect(blind.done).toEqual([]);
  });

  test('that nobody agrees to, or that fails, is refused', async () => {
    const no = world({ before: HEALTHY, agreed: false });
    await expect(deploy(DESK, plainly, no.hands)).rejects.toThrow('Nothing was deployed');
    expect(no.done).toEqual(['diff', 'asked']);
    await expect(deploy(DESK, plainly, world({ before: HEALTHY, cdk: 1 }).hands)).rejects.toThrow(
      'could not compare',
    );
  });

  test('on a first day ends in the sandbox, with the request ready to paste', async () => {
    const after = HEALTHY.map((each) => (each.check === 'sandbox' ? finding('sandbox', 'waits') : each));
    const deployed = await deploy(DESK, plainly, world({ before: after, after }).hands);
    expect(deployed.state).toBe('sandbox');
    expect(deployed.request).toMatch(
      /Mail type: Transactional[\s\S]*Acme Service Desk[\s\S]*desk\.example\.org/,
    );
    const words = describeDeployed(deployed);
    expect(words).toContain('State: sandbox');
    expect(words).toContain('Use case description');
  });
});

test.each([
  ['sandbox', [finding('sandbox', 'waits')]],
  ['requested', [finding('sandbox', 'waits', null)]],
  ['records', [finding('sandbox', 'fine'), finding('dkim', 'waits')]],
  ['ready', [finding('sandbox', 'fine'), finding('dkim', 'fine'), finding('mx', 'fine')]],
  ['unknown', [finding('sandbox', 'unknown')]],
] as const)('the state is %s', (state, findings) => {
  expect(stateOf(findings)).toBe(state);
});

test('without a stack only DMARC can be written down', () => {
  expect(recordsOf({}, 'desk.example.org')).toEqual(['_dmarc.desk.example.org TXT "v=DMARC1; p=reject"']);
});

describe('an uninstallation', () => {
  const where = { stackName: 'Replydesk', domain: 'desk.example.org', region: 'eu-central-1' };

  test('says what remains and how that goes, and deletes after the name was typed', async () => {
    const { hands, done, said } = world();
    const { outcome, remains } = await uninstall(where, { dryRun: false }, hands);
    expect({ outcome, done }).toEqual({ outcome: 'deleted', done: ['destroy'] });
    expect(remains.map(({ command }) => command).join('\n')).toMatch(
      /delete-table --table-name Replydesk-Table-1[\s\S]*s3:\/\/replydesk-bucket-1[\s\S]*\/replydesk\/Replydesk\/keys/,
    );
    expect(said.join('\n')).toContain('Replydesk-Table-1');
  });

  test('deletes nothing under another name, when it is dry, or where there is no stack', async () => {
    const { hands, done } = world();
    await expect(uninstall({ ...where, stackName: 'Other' }, { dryRun: false }, hands)).rejects.toThrow(
      'not its name',
    );
    expect(await uninstall(where, { dryRun: true }, hands)).toMatchObject({ outcome: 'looked' });
    expect(done).toEqual([]);
    await expect(uninstall(where, { dryRun: false }, world({ stack: null }).hands)).rejects.toThrow(
      'There is no stack',
    );
  });

  test('what has no name is not told to be deleted', () => {
    expect(
      whatRemains({}, 'desk.example.org', 'eu-central-1')
        .map(({ what }) => what)
        .join(),
    ).not.toContain('table');
  });
});

const CHANGELOG = `# Changelog

## Unreleased

- **Faster**: it is.
- Plain words. And more
  of them.

### When you upgrade

- Run \`desk doctor\` first.

## 0.2.0 (2026-12-01)

- **Articles** ([docs](x)): new.

### When you upgrade

- Name policies in
  desk.yaml.

## 0.1.0 (2026-11-21)

- **Everything** is new.
`;

describe('upgrade notes', () => {
  test('hold what is newer than the deployed version, and what has to be done first', () => {
    expect(notesBetween(CHANGELOG, '0.1.0')).toEqual([
      { version: 'Unreleased', todo: ['Run `desk doctor` first.'], changes: ['Faster', 'Plain words'] },
      { version: '0.2.0', todo: ['Name policies in desk.yaml.'], changes: ['Articles'] },
    ]);
    expect(notesBetween(CHANGELOG, '0.2.0').map(({ version }) => version)).toEqual(['Unreleased']);
    expect(notesBetween(CHANGELOG, null)).toHaveLength(3);
    expect(notesBetween(CHANGELOG, '0.10.0').map(({ version }) => version)).toEqual(['Unreleased']);
  });

  test('are told with what has to be done at the top', () => {
    const notes = notesBetween(CHANGELOG, '0.1.0');
    const words = describeNotes({ from: '0.1.0', to: '0.2.0', notes });
    expect(words.indexOf('desk doctor')).toBeLessThan(words.indexOf('Faster'));
    expect(describeNotes({ from: null, to: '0.2.0', notes: [] })).toContain('nothing to do but desk deploy');
  });

  test('can be made of the changelog as it is', () => {
    const notes = notesBetween(readFileSync('CHANGELOG.md', 'utf8'), null);
    expect(notes.map(({ version }) => version)).toContain('0.1.0');
    expect(notes.flatMap(({ changes }) => changes).filter((change) => change === '')).toEqual([]);
  });
});
