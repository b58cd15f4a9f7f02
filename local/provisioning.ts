/** CloudFormation's part in custom resources: it calls their function once, later on when their properties changed, and waits for the answer. */
import { randomUUID } from 'node:crypto';
import { DeskFault } from './fault.ts';
import type { Functions } from './functions.ts';
import type { Gateway } from './gateway.ts';
import { readBody } from './gateway.ts';
import type { Plan } from './plan.ts';
import type { Fields } from './protocol.ts';
import type { State } from './state.ts';

interface Made {
  physicalId: string;
  properties: Fields;
}

interface Answer {
  Status: 'SUCCESS' | 'FAILED';
  Reason?: string;
  PhysicalResourceId: string;
}

const ANSWER_WITHIN_MS = 60_000;
const LARGEST_ANSWER = 4096;

/** Throws DeskFault with the function's own reason when one of them fails. */
export async function provision(
  { account, customs }: Plan,
  { state, functions, gateway }: { state: State; functions: Pick<Functions, 'invoke'>; gateway: Gateway },
): Promise<void> {
  for (const { id, type, functionArn, properties } of customs) {
    const note = `custom:${id}`;
    const made = state.read<Made>(note);
    if (made && JSON.stringify(made.properties) === JSON.stringify(properties)) continue;

    const path = `/_cloudformation/${randomUUID()}`;
    const answered = new Promise<Answer>((resolve, reject) => {
      const patience = setTimeout(
        () =>
          reject(
            new DeskFault(`${id}: its function did not answer within ${ANSWER_WITHIN_MS / 1000} seconds.`),
          ),
        ANSWER_WITHIN_MS,
      );
      gateway.route(path, async (request, response) => {
        clearTimeout(patience);
        response.end();
        resolve(JSON.parse((await readBody(request, LARGEST_ANSWER)).toString()) as Answer);
      });
      functions
        .invoke(functionArn, {
          RequestType: made ? 'Update' : 'Create',
          ServiceToken: functionArn,
          ResponseURL: `${gateway.endpoint}${path}`,
          StackId: `arn:aws:cloudformation:${account.region}:${account.id}:stack/${account.stackName}/laptop`,
          RequestId: randomUUID(),
          LogicalResourceId: id,
          ResourceType: type,
          ResourceProperties: properties,
          ...(made ? { PhysicalResourceId: made.physicalId, OldResourceProperties: made.properties } : {}),
        })
        .then((outcome) => {
          if (outcome.ok) return;
          clearTimeout(patience);
          reject(new DeskFault(`${id}: ${outcome.fault.errorType}: ${outcome.fault.errorMessage}`));
        });
    });
    const { Status, Reason, PhysicalResourceId } = await answered;
    if (Status !== 'SUCCESS') throw new DeskFault(`${id}: ${Reason}`);
    state.write(note, { physicalId: PhysicalResourceId, properties } satisfies Made);
  }
}
