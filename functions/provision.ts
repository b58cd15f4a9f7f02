/**
 * Called by CloudFormation for the two things that it cannot make itself: the keys, an SSM SecureString, and the active
 * receipt rule set, of which an account has one in each region.
 *
 * It has no table and no desk, and whatever happens it answers: CloudFormation waits for the answer, not for the
 * function.
 */
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { makeKeys } from '../aws/first-keys.ts';
import { openReceiving, type Receiving } from '../aws/receiving.ts';

const Flag = z.pipe(
  z.enum(['true', 'false']),
  z.transform((word) => word === 'true'),
);
const Properties = z.discriminatedUnion('Resource', [
  z.object({
    Resource: z.literal('Custom::Preparation'),
    KeysParameter: z.string(),
    RuleSetName: z.string(),
    /** Who activates the rule set: the desk, or somebody else whose rule set it is. */
    RuleSetKeeper: z.enum(['desk', 'other']),
    TakeOverActiveRuleSet: Flag,
  }),
  z.object({
    Resource: z.literal('Custom::Activation'),
    RuleSetName: z.string(),
    TakeOverActiveRuleSet: Flag,
  }),
]);
type Properties = z.infer<typeof Properties>;

type Outcome = { done: true; physicalId: string } | { done: false; reason: string };

export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  const outcome = await settle(event).catch(
    (error): Outcome => ({
      done: false,
      reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    }),
  );
  await answer(event, outcome);
}

async function settle(event: CloudFormationCustomResourceEvent): Promise<Outcome> {
  const properties = Properties.parse({ ...event.ResourceProperties, Resource: event.ResourceType });
  switch (event.RequestType) {
    case 'Create':
      return provide(properties, { before: [], physicalId: null });
    case 'Update': {
      // After a replacement the rule set that is active is the one that we had until now.
      const before = [event.OldResourceProperties.RuleSetName].filter((name) => typeof name === 'string');
      return provide(properties, { before, physicalId: event.PhysicalResourceId });
    }
    case 'Delete':
      if (properties.Resource === 'Custom::Activation')
        await withdraw(properties.RuleSetName, event.PhysicalResourceId);
      // The keys stay: mail that was signed with them is still out, and so is the table that it belongs to.
      return { done: true, physicalId: event.PhysicalResourceId };
  }
}

/** `before`: rule sets that were ours. `physicalId`: kept through updates, or CloudFormation deletes the one before. */
async function provide(
  properties: Properties,
  { before, physicalId }: { before: string[]; physicalId: string | null },
): Promise<Outcome> {
  const receiving = openReceiving();
  const { RuleSetName: ours, TakeOverActiveRuleSet: takeOver } = properties;
  const active = await receiving.active();
  switch (properties.Resource) {
    case 'Custom::Preparation': {
      const refusal =
        properties.RuleSetKeeper === 'other'
          ? notActive(ours, active)
          : othersMail([ours, ...before], active, takeOver);
      if (refusal) return { done: false, reason: refusal };
      await makeKeys(properties.KeysParameter);
      return { done: true, physicalId: physicalId ?? 'preparation' };
    }
    case 'Custom::Activation': {
      const refusal = othersMail([ours, ...before], active, takeOver);
      if (refusal) return { done: false, reason: refusal };
      if (active !== ours) await activate(receiving, ours);
      return { done: true, physicalId: physicalId ?? physicalIdOf(ours, active) };
    }
  }
}

/** Why the rule set may not be activated. */
function othersMail(ours: string[], active: string | null, takeOver: boolean): string | null {
  if (active === null || ours.includes(active) || takeOver) return null;
  return (
    `The receipt rule set "${active}" is active in this account and region, and is not this desk's. Activating the desk's ` +
    'would silently stop the mail of whatever uses it. Either add the desk to that rule set (-c existingRuleSetName=' +
    `${active}), or deploy to another region or account, or, if nothing needs it any more, replace it ` +
    '(-c takeOverActiveRuleSet=true).'
  );
}

/** A desk in a rule set that is not active would receive nothing and say nothing. */
function notActive(ruleSetName: string, active: string | null): string | null {
  if (active === ruleSetName) return null;
  return (
    `The receipt rule set "${ruleSetName}" (-c existingRuleSetName) is not active: ` +
    `${active === null ? 'none is' : `"${active}" is`}. Activate it first, or leave the option out and the desk keeps its own.`
  );
}

async function activate(receiving: Receiving, ruleSetName: string): Promise<void> {
  if ((await receiving.activate(ruleSetName)) === 'unknown-rule-set')
    throw new Error(`There is no receipt rule set "${ruleSetName}".`);
}

/** Only if ours is still the active one; what it took over is put back, if it is still there. */
async function withdraw(ours: string, physicalId: string): Promise<void> {
  const receiving = openReceiving();
  if ((await receiving.active()) !== ours) return;
  const before = takenOver(physicalId);
  if (before !== null && (await receiving.activate(before)) === 'activated') return;
  await receiving.activate(null);
}

const AFTER = 'activation-after-';

/** CloudFormation keeps no other memory between creating and deleting than this id. */
function physicalIdOf(ours: string, active: string | null): string {
  return active === null || active === ours ? 'activation' : `${AFTER}${active}`;
}

function takenOver(physicalId: string): string | null {
  return physicalId.startsWith(AFTER) ? physicalId.slice(AFTER.length) : null;
}

/** To a presigned URL, which refuses a content type. Throws if it is not taken: Lambda then calls again. */
async function answer(event: CloudFormationCustomResourceEvent, outcome: Outcome): Promise<void> {
  const { ResponseURL, StackId, RequestId, LogicalResourceId } = event;
  const known = event.RequestType === 'Create' ? null : event.PhysicalResourceId;
  const response = await fetch(ResponseURL, {
    method: 'PUT',
    headers: { 'content-type': '' },
    body: JSON.stringify({
      Status: outcome.done ? 'SUCCESS' : 'FAILED',
      Reason: outcome.done ? undefined : outcome.reason,
      // A failure needs an id as well. This one stands for nothing, and deleting it does nothing.
      PhysicalResourceId: outcome.done ? outcome.physicalId : (known ?? 'nothing-made'),
      StackId,
      RequestId,
      LogicalResourceId,
    }),
  });
  if (!response.ok) throw new Error(`CloudFormation did not take the answer: ${response.status}`);
}
