/** Findings about an account in AWS and about the desk in it, decided from facts alone. */
import { SIGN_IN } from '../refused.ts';
import type { Policy } from './dmarc.ts';
import { type Fact, type Finding, of } from './finding.ts';
import { type Facts, inboundHost } from './gather.ts';

export const CHECKS = [
  'credentials',
  'region',
  'bootstrap',
  'stack',
  'version',
  'identity',
  'dkim',
  'mail-from',
  'mx',
  'rule-set',
  'sandbox',
  'sending',
  'quota',
  'suppression',
  'plan',
  'concurrency',
  'dmarc',
] as const;

export function findingsOfAccount(facts: Facts): Finding[] {
  return [
    credentials(facts),
    region(facts),
    bootstrap(facts),
    stack(facts),
    version(facts),
    identity(facts),
    dkim(facts),
    mailFrom(facts),
    mx(facts),
    ruleSet(facts),
    sandbox(facts),
    sending(facts),
    quota(facts),
    suppression(facts),
    plan(facts),
    concurrency(facts),
    ...dmarc(facts),
  ];
}

function credentials({ who }: Facts): Finding {
  const wanted = 'credentials of the account that the desk lives in';
  const refused =
    !who.known && /Credentials|ExpiredToken|InvalidClientTokenId|SignatureDoesNotMatch/.test(who.why);
  if (refused && !who.known)
    return {
      ...{ check: 'credentials', state: 'problem', wanted, seen: who.why },
      remedy: SIGN_IN,
    };
  return of('credentials', wanted, who, (account) => ({ state: 'fine', seen: `account ${account}` }));
}

/**
 * Where SES receives: https://docs.aws.amazon.com/general/latest/gr/ses.html, "Email receiving endpoints", as announced on
 * 2023-09-26. AWS adds regions: one that is not here yet is known by its host for incoming mail.
 */
export const RECEIVING_REGIONS = [
  'us-east-1',
  'us-east-2',
  'us-west-2',
  'ca-central-1',
  'eu-west-1',
  'eu-west-2',
  'eu-central-1',
  'ap-northeast-1',
  'ap-southeast-1',
  'ap-southeast-2',
];

function region({ region, inbound }: Facts): Finding {
  const wanted = `a region in which SES receives mail: ${RECEIVING_REGIONS.join(', ')}, or one with a host inbound-smtp`;
  const elsewhere =
    'Name another region with --region, or AWS_REGION. The region of a desk cannot be changed later.';
  if (!region.known && /Region is missing/i.test(region.why))
    return { check: 'region', state: 'problem', wanted, seen: 'no region is set', remedy: elsewhere };
  return of('region', wanted, region, (name) => {
    if (RECEIVING_REGIONS.includes(name)) return { state: 'fine', seen: name };
    if (!inbound.known)
      return {
        state: 'unknown',
        seen: `${name} is not in the list, and ${inboundHost(name)} could not be looked up: ${inbound.why}`,
      };
    return inbound.value
      ? { state: 'fine', seen: `${name}: not in the list, but ${inboundHost(name)} exists` }
      : {
          state: 'problem',
          seen: `${name}: ${inboundHost(name)} does not exist, so SES does not receive there`,
          remedy: elsewhere,
        };
  });
}

/** What the stack's assets ask for, as the assembly's manifest says (requiresBootstrapStackVersion). */
const NEEDED_BOOTSTRAP = 8;

function bootstrap({ bootstrap, who, region }: Facts): Finding {
  const where = `aws://${who.known ? who.value : 'ACCOUNT'}/${region.known ? region.value : 'REGION'}`;
  const remedy = `node setup.mjs cdk bootstrap ${where}`;
  return of(
    'bootstrap',
    `the CDK's bootstrap stack, version ${NEEDED_BOOTSTRAP} or newer`,
    bootstrap,
    (version) =>
      version === null
        ? { state: 'problem', seen: 'there is none in this account and region', remedy }
        : version < NEEDED_BOOTSTRAP
          ? { state: 'problem', seen: `version ${version}`, remedy }
          : { state: 'fine', seen: `version ${version}` },
  );
}

function stack({ stack, stackName }: Facts): Finding {
  return of('stack', `the stack ${stackName}, complete`, stack, (found) => {
    if (!found) return { state: 'waits', seen: 'there is none yet', remedy: deploy(stackName) };
    const { status } = found;
    if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) return { state: 'fine', seen: status };
    if (status === 'UPDATE_ROLLBACK_COMPLETE')
      return {
        state: 'problem',
        seen: `${status}: the last deployment failed, and the one before it runs`,
        remedy: 'The events of the stack in the CloudFormation console say why. Mend it and deploy again.',
      };
    if (/_IN_PROGRESS$/.test(status)) return { state: 'waits', seen: status };
    return {
      state: 'problem',
      seen: status,
      remedy:
        status === 'ROLLBACK_COMPLETE'
          ? 'The first deployment failed. Its events in the CloudFormation console say why; delete this stack and deploy again.'
          : 'The events of the stack in the CloudFormation console say why.',
    };
  });
}

function version({ stack, version, stackName }: Facts): Finding {
  return of('version', `version ${version}, as in this folder`, stack, (found) => {
    if (!found) return { state: 'waits', seen: 'nothing is deployed', remedy: deploy(stackName) };
    const deployed = found.outputs.Version;
    if (deployed === version) return { state: 'fine', seen: version };
    return {
      state: 'waits',
      seen: deployed === undefined ? 'older than 0.2.0: the stack does not say' : deployed,
      remedy: `desk upgrade --stack ${stackName} says what has to be done.`,
    };
  });
}

function identity({ identity, domain, stack, stackName }: Facts): Finding {
  return of('identity', `${domain} verified in SES`, identity, (found) => {
    if (!found) return absent(stack, 'SES does not know the domain', stackName);
    return found.verified
      ? { state: 'fine', seen: 'verified' }
      : {
          state: 'waits',
          seen: `not verified; DKIM is ${found.dkim.status}`,
          remedy: 'It is verified by its DKIM records: see dkim. SES looks for 72 hours.',
        };
  });
}

function dkim({ identity, dkim, domain, stack, stackName }: Facts): Finding {
  return of('dkim', 'three CNAMEs that lead to SES', identity, (found) => {
    if (!found) return absent(stack, 'there are no tokens before the identity', stackName);
    const { status, tokens, zone } = found.dkim;
    if (!dkim.known) return { state: 'unknown', seen: `SES says ${status}; DNS: ${dkim.why}` };
    const wrong = tokens.filter((token, nth) => dkim.value[nth]?.toLowerCase() !== `${token}.${zone}`);
    if (wrong.length > 0)
      return {
        state: 'problem',
        seen: `${wrong.length} of ${tokens.length} are missing or lead elsewhere; SES says ${status}`,
        remedy: `Write into DNS: ${wrong.map((token) => `${token}._domainkey.${domain} CNAME ${token}.${zone}`).join('; ')}`,
      };
    if (status === 'SUCCESS') return { state: 'fine', seen: 'all three, and SES has seen them' };
    if (status === 'PENDING' || status === 'NOT_STARTED')
      return { state: 'waits', seen: `the records are right; SES has not seen them yet (${status})` };
    return {
      state: 'problem',
      seen: `the records are right, and SES says ${status}`,
      remedy: 'In the SES console, open the identity and let it look again.',
    };
  });
}

/** The desk sets none: DKIM alone carries DMARC then, which is enough. Whoever set one in the console has to keep its records. */
function mailFrom({ identity, stack, stackName }: Facts): Finding {
  return of('mail-from', "SES's own domain, or one of yours with its records", identity, (found) => {
    if (!found) return absent(stack, 'there is none before the identity', stackName);
    const { mailFrom } = found;
    if (!mailFrom)
      return { state: 'fine', seen: "SES's own: SPF passes for it, and DKIM proves your domain to DMARC" };
    const { domain, status } = mailFrom;
    if (status === 'SUCCESS') return { state: 'fine', seen: `${domain}, with its records` };
    return {
      state: status === 'PENDING' ? 'waits' : 'problem',
      seen: `${domain}: ${status}`,
      remedy: `Write the MX and TXT records of ${domain} into DNS as the SES console shows them. Until then SES uses its own domain, or refuses to send, as the identity says.`,
    };
  });
}

function mx({ mx, region, domain, stack, stackName }: Facts): Finding {
  const host = region.known ? inboundHost(region.value) : 'inbound-smtp.REGION.amazonaws.com';
  return of('mx', `${domain} MX 10 ${host}, and no other`, mx, (exchanges) => {
    const others = exchanges.filter((exchange) => exchange !== host);
    const seen = exchanges.join(', ') || 'no MX record';
    if (exchanges.length === 0 && stack.known && !stack.value)
      return { state: 'waits', seen, remedy: `${deploy(stackName)}, which also tells the records` };
    if (!exchanges.includes(host))
      return { state: 'problem', seen, remedy: `Write into DNS: ${domain} MX 10 ${host}` };
    if (others.length > 0)
      return {
        state: 'problem',
        seen,
        remedy: `Take ${others.join(', ')} out: mail that is delivered there never comes to the desk. If people read mail at this domain, give the desk a subdomain of its own.`,
      };
    return { state: 'fine', seen };
  });
}

function ruleSet({ activeRules, ruleSet, domain, stack, stackName }: Facts): Finding {
  return of(
    'rule-set',
    "the desk's receipt rule set active, or its rule in the one that is",
    activeRules,
    (active) => {
      const deployed = stack.known && stack.value !== null;
      if (!active)
        return deployed
          ? {
              state: 'problem',
              seen: 'none is active: the whole account receives nothing in this region',
              remedy: `node setup.mjs cdk deploy -c stackName=${stackName} activates it again if its rule changed; else activate it in the SES console under Email receiving.`,
            }
          : { state: 'waits', seen: 'none is active; the deployment activates its own' };
      if (!ruleSet.known)
        return {
          state: 'unknown',
          seen: `${active.name} is active; whose it is could not be asked: ${ruleSet.why}`,
        };
      if (ruleSet.value === active.name) return { state: 'fine', seen: `${active.name}, this desk's own` };
      if (active.recipients.includes(domain) || (active.takesAll && deployed && ruleSet.value === null))
        return { state: 'fine', seen: `${active.name}, kept by somebody else, with a rule for ${domain}` };
      return {
        state: 'problem',
        seen: `${active.name} is active and not this desk's${ruleSet.value ? ` (${ruleSet.value})` : ''}; it has no rule for ${domain}`,
        remedy: `Deploy with -c existingRuleSetName=${active.name} to add the desk's rule to it, or choose another region or account. If nothing needs it any more: -c takeOverActiveRuleSet=true.`,
      };
    },
  );
}

function sandbox({ mail }: Facts): Finding {
  return of('sandbox', 'production access in this region', mail, ({ production, review }) => {
    if (production) return { state: 'fine', seen: 'production access' };
    if (review === 'PENDING')
      return { state: 'waits', seen: 'in the sandbox; the request is with AWS, usually for a day' };
    if (review === 'DENIED')
      return {
        state: 'problem',
        seen: 'in the sandbox; AWS has refused the request',
        remedy: 'Answer the case in the support console with what was missing.',
      };
    return {
      state: 'waits',
      seen: 'in the sandbox: the desk writes only to addresses and domains verified in SES, 200 mails a day',
      remedy: 'Ask for production access; `desk deploy --dry-run` shows the text to paste.',
    };
  });
}

function sending({ mail }: Facts): Finding {
  return of('sending', 'sending enabled and the account healthy', mail, ({ sendingEnabled, enforcement }) => {
    const seen = `${sendingEnabled ? 'enabled' : 'paused'}, ${enforcement ?? 'no word on its health'}`;
    if (sendingEnabled && (enforcement === 'HEALTHY' || enforcement === null)) return { state: 'fine', seen };
    return {
      state: 'problem',
      seen,
      remedy:
        'The SES console says what is wrong (Account dashboard, Reputation metrics) and how to answer AWS.',
    };
  });
}

/** Above this share of the day's mails a busy morning meets the limit, and then everything waits. */
const MOST_OF_QUOTA = 0.8;

function quota({ mail }: Facts): Finding {
  return of('quota', `less than ${MOST_OF_QUOTA * 100} % of the day's mails used`, mail, ({ quota }) => {
    if (!quota) return { state: 'unknown', seen: 'SES does not say' };
    const { max24h, perSecond, sent24h } = quota;
    const seen = `${sent24h} of ${max24h === -1 ? 'any number' : max24h} in 24 hours, ${perSecond} a second`;
    return max24h === -1 || sent24h < max24h * MOST_OF_QUOTA
      ? { state: 'fine', seen }
      : {
          state: 'problem',
          seen,
          remedy:
            'Ask for more: Service Quotas, Amazon SES, Sending quota. What does not fit waits and is sent later.',
        };
  });
}

function suppression({ suppressed, people, mail }: Facts): Finding {
  return of('suppression', "nobody of the desk on SES's suppression list", suppressed, (addresses) => {
    const ours = people.filter((person) => addresses.includes(person));
    const reasons =
      mail.known && mail.value.suppresses.length > 0 ? ` (${mail.value.suppresses.join(', ')})` : '';
    const seen = `${addresses.length} addresses${reasons}`;
    if (ours.length === 0) return { state: 'fine', seen };
    return {
      state: 'problem',
      seen: `${seen}, among them ${ours.join(', ')}: SES takes their mail and does not send it`,
      remedy: `See that mail to them arrives again, then ${ours.map((address) => `aws sesv2 delete-suppressed-destination --email-address ${address}`).join('; ')}`,
    };
  });
}

/** https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_PutAccountPricingAttributes.html */
function plan({ mail }: Facts): Finding {
  return of('plan', 'a plan that you chose', mail, ({ plan }) => {
    if (plan === null)
      return {
        state: 'unknown',
        seen: 'SES does not say; it is the one that pays by use, or an older account',
      };
    if (plan === 'NONE') return { state: 'fine', seen: 'none: each mail is paid by itself, $0.10 per 1,000' };
    return {
      state: 'fine',
      seen: `${plan}, which new accounts begin with as ESSENTIALS: $0.16 per 1,000 mails sent`,
      remedy:
        'The desk uses nothing that a plan adds. aws sesv2 put-account-pricing-attributes --plan NONE makes it $0.10.',
    };
  });
}

/** receive-email takes five at once (infra/in.ts), and everything else needs some as well. */
const NEEDED_EXECUTIONS = 10;
const USUAL_EXECUTIONS = 1000;

function concurrency({ concurrency }: Facts): Finding {
  return of(
    'concurrency',
    `${NEEDED_EXECUTIONS} or more executions of Lambda at once`,
    concurrency,
    (free) => {
      const remedy = `Ask for ${USUAL_EXECUTIONS}: Service Quotas, AWS Lambda, Concurrent executions. It costs nothing.`;
      if (free < NEEDED_EXECUTIONS) return { state: 'problem', seen: `${free} are free`, remedy };
      if (free < USUAL_EXECUTIONS / 10)
        return { state: 'fine', seen: `${free}, as new accounts have: enough for the desk alone`, remedy };
      return { state: 'fine', seen: String(free) };
    },
  );
}

const BELIEVED: Record<Policy, string> = {
  none: 'mail that passes is believed; a forgery is refused by the desk, though other receivers let it through',
  quarantine: 'mail that passes is believed; forgeries go to quarantine everywhere',
  reject: 'mail that passes is believed; forgeries are turned away everywhere',
};

/** docs/decisions/0002: only DMARC PASS proves an agent without a code. */
function dmarc({ dmarc, stack }: Facts): Finding[] {
  const deployed = stack.known && stack.value !== null;
  return dmarc.map(({ domain, own, record }) =>
    of(
      'dmarc',
      own
        ? `a DMARC record for the desk's own ${domain}`
        : `a DMARC record for ${domain}, at which agents write`,
      record,
      (found) => {
        if (!found)
          return {
            // Nobody gets mail from the desk's own domain before there is a desk.
            state: own && !deployed ? 'waits' : 'problem',
            seen: `${domain} has none`,
            remedy: own
              ? `Write into DNS: _dmarc.${domain} TXT "v=DMARC1; p=reject". All of the desk's mail is signed.`
              : `Write into DNS: _dmarc.${domain} TXT "v=DMARC1; p=none", and sign outgoing mail with DKIM. Without it nothing proves who writes: each mail of an agent there waits for a code.`,
          };
        const where = found.at === domain ? '' : ` (from ${found.at})`;
        return {
          state: 'fine',
          seen: `${domain}: p=${found.policy}${where}: ${own ? 'the desk signs all of its mail' : BELIEVED[found.policy]}`,
        };
      },
    ),
  );
}

function absent(
  stack: Fact<unknown>,
  seen: string,
  stackName: string,
): Pick<Finding, 'state' | 'seen'> & { remedy?: string } {
  if (stack.known && stack.value)
    return {
      state: 'problem',
      seen: `${seen}, although the stack is there`,
      remedy: 'Somebody deleted the identity. `cdk drift` shows it; deploy from the released template again.',
    };
  return { state: 'waits', seen, remedy: deploy(stackName) };
}

function deploy(stackName: string): string {
  return `desk deploy --stack ${stackName} makes it`;
}
