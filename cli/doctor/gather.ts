/** Gathers what the doctor decides by: from the account, and from DNS. Each lookup for itself, all at once, each in bounded time. */
import {
  type Account,
  type ActiveRules,
  type DeployedStack,
  LONGEST_LOOK,
  type MailAccount,
  type MailIdentity,
} from '../../aws/account.ts';
import { type Dmarc, findDmarc, isNothing } from './dmarc.ts';
import { type Fact, look } from './finding.ts';

/** As node:dns/promises has them. */
export interface Names {
  resolveMx(name: string): Promise<{ exchange: string; priority: number }[]>;
  resolveCname(name: string): Promise<string[]>;
  resolveTxt(name: string): Promise<string[][]>;
  resolve4(name: string): Promise<string[]>;
}

export interface Facts {
  domain: string;
  stackName: string;
  /** The version of this clone. */
  version: string;
  /** The desk's people, in lower case. */
  people: string[];
  region: Fact<string>;
  who: Fact<string>;
  bootstrap: Fact<number | null>;
  stack: Fact<DeployedStack | null>;
  ruleSet: Fact<string | null>;
  activeRules: Fact<ActiveRules | null>;
  mail: Fact<MailAccount>;
  identity: Fact<MailIdentity | null>;
  suppressed: Fact<string[]>;
  concurrency: Fact<number>;
  /** Whether the region's host for incoming mail exists. */
  inbound: Fact<boolean>;
  mx: Fact<string[]>;
  /** Of each of the identity's tokens, in their order: where its name leads. */
  dkim: Fact<(string | null)[]>;
  /** Of the desk's own domain and of each domain of its people. */
  dmarc: { domain: string; own: boolean; record: Fact<Dmarc | null> }[];
}

export interface Patient {
  domain: string;
  people: string[];
  stackName: string;
  version: string;
}

/** Of a list of a hundred thousand only the beginning is searched for the desk's own people. */
const MOST_SUPPRESSED = 20_000;

export async function gather(patient: Patient, account: Account, names: Names): Promise<Facts> {
  const { domain, people, stackName } = patient;
  const seen = <T>(lookup: () => Promise<T>) => look(lookup, LONGEST_LOOK);
  const inDns = <T>(lookup: () => Promise<T>, nothing: T) =>
    seen(() =>
      lookup().catch((error) => {
        if (isNothing(error)) return nothing;
        throw error;
      }),
    );
  const region = await seen(() => account.region());
  const identity = seen(() => account.identity(domain));
  const domains = [...new Set(people.map((address) => address.slice(address.lastIndexOf('@') + 1)))].sort();
  const facts = {
    who: seen(() => account.who()),
    bootstrap: seen(() => account.bootstrap()),
    stack: seen(() => account.stack(stackName)),
    ruleSet: seen(() => account.ruleSet(stackName)),
    activeRules: seen(() => account.activeRules()),
    mail: seen(() => account.mail()),
    identity,
    suppressed: seen(() => account.suppressed(MOST_SUPPRESSED)),
    concurrency: seen(() => account.concurrency()),
    inbound: region.known
      ? inDns(async () => (await names.resolve4(inboundHost(region.value))).length > 0, false)
      : Promise.resolve(region),
    mx: inDns(
      async () =>
        (await names.resolveMx(domain)).map(({ exchange }) => exchange.toLowerCase().replace(/\.$/, '')),
      [],
    ),
    dkim: identity.then((found) =>
      found.known
        ? seen(() =>
            Promise.all((found.value?.dkim.tokens ?? []).map((token) => leadsTo(token, domain, names))),
          )
        : found,
    ),
    dmarc: Promise.all(
      [...new Set([domain, ...domains])].map(async (each) => ({
        domain: each,
        own: each === domain,
        record: await seen(() => findDmarc(each, (name) => names.resolveTxt(name))),
      })),
    ),
  };
  const settled = await Promise.all(Object.entries(facts).map(async ([name, fact]) => [name, await fact]));
  return { ...patient, region, ...(Object.fromEntries(settled) as Settled<typeof facts>) };
}

type Settled<T> = { [Name in keyof T]: Awaited<T[Name]> };

export function inboundHost(region: string): string {
  return `inbound-smtp.${region}.amazonaws.com`;
}

async function leadsTo(token: string, domain: string, names: Names): Promise<string | null> {
  try {
    const [target = null] = await names.resolveCname(`${token}._domainkey.${domain}`);
    return target;
  } catch (error) {
    if (isNothing(error)) return null;
    throw error;
  }
}
