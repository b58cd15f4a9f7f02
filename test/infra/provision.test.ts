import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  DescribeActiveReceiptRuleSetCommand,
  RuleSetDoesNotExistException,
  SESClient,
  SetActiveReceiptRuleSetCommand,
} from '@aws-sdk/client-ses';
import { ParameterAlreadyExists, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { handler } from '../../functions/provision.ts';

const ses = mockClient(SESClient);
const ssm = mockClient(SSMClient);

interface Answer {
  Status: string;
  Reason?: string;
  PhysicalResourceId: string;
  RequestId: string;
  LogicalResourceId: string;
  StackId: string;
}

let cloudFormation: Server;
let answers: { body: Answer; type: string | undefined; method: string | undefined }[] = [];
let status = 200;

beforeAll(async () => {
  cloudFormation = createServer((request, response) => {
    let body = '';
    request.on('data', (data) => {
      body += data;
    });
    request.on('end', () => {
      answers.push({ body: JSON.parse(body), type: request.headers['content-type'], method: request.method });
      response.writeHead(status).end();
    });
  }).listen(0, '127.0.0.1');
  await once(cloudFormation, 'listening');
});

afterAll(() => {
  cloudFormation.close();
});

beforeEach(() => {
  ses.reset();
  ssm.reset();
  answers = [];
  status = 200;
  ses.on(SetActiveReceiptRuleSetCommand).resolves({});
  ssm.on(PutParameterCommand).resolves({});
});

function active(name: string | null): void {
  ses.on(DescribeActiveReceiptRuleSetCommand).resolves(name === null ? {} : { Metadata: { Name: name } });
}

const PREPARATION = {
  KeysParameter: '/replydesk/Desk/keys',
  RuleSetName: 'ours',
  RuleSetKeeper: 'desk',
  TakeOverActiveRuleSet: 'false',
};
const ACTIVATION = { RuleSetName: 'ours', TakeOverActiveRuleSet: 'false' };

interface Call {
  physicalId?: string;
  before?: Record<string, string>;
}

async function call(
  type: 'Create' | 'Update' | 'Delete',
  resource: 'Preparation' | 'Activation',
  properties: Record<string, string>,
  { physicalId = resource.toLowerCase(), before = properties }: Call = {},
): Promise<Answer> {
  const { port } = cloudFormation.address() as AddressInfo;
  const event = {
    RequestType: type,
    ServiceToken: 'arn:aws:lambda:eu-west-1:123456789012:function:provision',
    ResponseURL: `http://127.0.0.1:${port}/answer?signature=of-cloudformation`,
    StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Desk/1',
    RequestId: 'request-1',
    LogicalResourceId: resource,
    ResourceType: `Custom::${resource}`,
    ResourceProperties: {
      ServiceToken: 'arn:aws:lambda:eu-west-1:123456789012:function:provision',
      ServiceTimeout: '300',
      ...properties,
    },
    ...(type === 'Create' ? {} : { PhysicalResourceId: physicalId }),
    ...(type === 'Update' ? { OldResourceProperties: before } : {}),
  } as CloudFormationCustomResourceEvent;
  await handler(event);
  const [answer] = answers.slice(-1);
  if (!answer) throw new Error('CloudFormation has no answer.');
  return answer.body;
}

/** What was made active, in order; null: nothing. */
function activated(): (string | null)[] {
  return ses
    .commandCalls(SetActiveReceiptRuleSetCommand)
    .map(({ args }) => args[0].input.RuleSetName ?? null);
}

describe('preparing', () => {
  test('makes the keys: one secret of 32 random octets, in a SecureString that is not overwritten', async () => {
    active(null);
    expect(await call('Create', 'Preparation', PREPARATION)).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: 'preparation',
    });
    await call('Create', 'Preparation', PREPARATION);
    const inputs = ssm.commandCalls(PutParameterCommand).map(({ args }) => args[0].input);
    expect(inputs[0]).toMatchObject({ Name: '/replydesk/Desk/keys', Type: 'SecureString', Overwrite: false });
    const made = inputs.map(({ Value }) => JSON.parse(Value as string));
    expect(made[0].current).toBe(1);
    expect(Buffer.from(made[0].keys['1'], 'base64')).toHaveLength(32);
    expect(made[0].keys['1']).not.toBe(made[1].keys['1']);
  });

  test('leaves keys alone that are there: answers to mail that is out are signed with them', async () => {
    active(null);
    ssm.on(PutParameterCommand).rejects(new ParameterAlreadyExists({ message: 'exists', $metadata: {} }));
    expect(await call('Create', 'Preparation', PREPARATION)).toMatchObject({ Status: 'SUCCESS' });
  });

  test('never asks to overwrite on an update: a deployment does not rotate keys', async () => {
    active('ours');
    await call('Update', 'Preparation', PREPARATION);
    for (const { args } of ssm.commandCalls(PutParameterCommand)) expect(args[0].input.Overwrite).toBe(false);
  });

  test('activates nothing yet', async () => {
    active(null);
    await call('Create', 'Preparation', PREPARATION);
    expect(activated()).toEqual([]);
  });

  test('another system’s active rule set stops the deployment, with its name and the ways out, before anything is made', async () => {
    active('newsletter');
    const { Status, Reason } = await call('Create', 'Preparation', PREPARATION);
    expect(Status).toBe('FAILED');
    expect(Reason).toContain('"newsletter"');
    expect(Reason).toContain('-c existingRuleSetName=newsletter');
    expect(Reason).toContain('-c takeOverActiveRuleSet=true');
    expect(ssm.commandCalls(PutParameterCommand)).toHaveLength(0);
  });

  test('goes on beside another system’s rule set when taking over was asked for', async () => {
    active('newsletter');
    expect(
      await call('Create', 'Preparation', { ...PREPARATION, TakeOverActiveRuleSet: 'true' }),
    ).toMatchObject({ Status: 'SUCCESS' });
  });

  test('somebody else’s rule set must be the active one: else the desk would receive nothing and say nothing', async () => {
    const shared = { ...PREPARATION, RuleSetName: 'company-mail', RuleSetKeeper: 'other' };
    active('company-mail');
    expect(await call('Create', 'Preparation', shared)).toMatchObject({ Status: 'SUCCESS' });
    for (const other of ['newsletter', null]) {
      active(other);
      const { Status, Reason } = await call('Create', 'Preparation', shared);
      expect(Status).toBe('FAILED');
      expect(Reason).toContain('"company-mail"');
    }
  });

  test('deleting keeps the keys, whose mail is still out', async () => {
    expect(await call('Delete', 'Preparation', PREPARATION)).toMatchObject({ Status: 'SUCCESS' });
    expect(ssm.calls()).toHaveLength(0);
    expect(ses.calls()).toHaveLength(0);
  });
});

describe('activating', () => {
  test('makes our rule set active where none is', async () => {
    active(null);
    expect(await call('Create', 'Activation', ACTIVATION)).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: 'activation',
    });
    expect(activated()).toEqual(['ours']);
  });

  test('does nothing where ours is active already', async () => {
    active('ours');
    expect(await call('Create', 'Activation', ACTIVATION)).toMatchObject({ Status: 'SUCCESS' });
    expect(activated()).toEqual([]);
  });

  test('never takes over the mail of another system, which would stop without a word', async () => {
    active('newsletter');
    expect(await call('Create', 'Activation', ACTIVATION)).toMatchObject({ Status: 'FAILED' });
    expect(activated()).toEqual([]);
  });

  test('takes over when asked to, and remembers from whom', async () => {
    active('newsletter');
    const answer = await call('Create', 'Activation', { ...ACTIVATION, TakeOverActiveRuleSet: 'true' });
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'activation-after-newsletter' });
    expect(activated()).toEqual(['ours']);
  });

  test('an update knows the rule set that was ours until now, and keeps its id, or CloudFormation would delete it', async () => {
    active('ours-before');
    const answer = await call('Update', 'Activation', ACTIVATION, {
      physicalId: 'activation-after-x',
      before: { ...ACTIVATION, RuleSetName: 'ours-before' },
    });
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'activation-after-x' });
    expect(activated()).toEqual(['ours']);
  });

  test('an update does not take over either', async () => {
    active('newsletter');
    expect(await call('Update', 'Activation', ACTIVATION)).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: 'activation',
    });
    expect(activated()).toEqual([]);
  });
});

describe('deleting', () => {
  test('deactivates our rule set, since an active one cannot be deleted', async () => {
    active('ours');
    expect(await call('Delete', 'Activation', ACTIVATION)).toMatchObject({ Status: 'SUCCESS' });
    expect(activated()).toEqual([null]);
  });

  test.each(['newsletter', null])(
    'leaves the active rule set alone where it is not ours (%s)',
    async (other) => {
      active(other);
      expect(await call('Delete', 'Activation', ACTIVATION)).toMatchObject({ Status: 'SUCCESS' });
      expect(activated()).toEqual([]);
    },
  );

  test('puts back the rule set that was taken over', async () => {
    active('ours');
    await call('Delete', 'Activation', ACTIVATION, { physicalId: 'activation-after-newsletter' });
    expect(activated()).toEqual(['newsletter']);
  });

  test('deactivates where the one that was taken over is gone', async () => {
    active('ours');
    ses
      .on(SetActiveReceiptRuleSetCommand, { RuleSetName: 'newsletter' })
      .rejects(new RuleSetDoesNotExistException({ message: 'gone', $metadata: {} }));
    expect(
      await call('Delete', 'Activation', ACTIVATION, { physicalId: 'activation-after-newsletter' }),
    ).toMatchObject({ Status: 'SUCCESS' });
    expect(activated()).toEqual(['newsletter', null]);
  });

  test('after a creation that failed touches nothing of others', async () => {
    active('newsletter');
    const { PhysicalResourceId } = await call('Create', 'Activation', ACTIVATION);
    expect(await call('Delete', 'Activation', ACTIVATION, { physicalId: PhysicalResourceId })).toMatchObject({
      Status: 'SUCCESS',
    });
    expect(activated()).toEqual([]);
  });
});

describe('answering', () => {
  test('goes by PUT to the URL of the request, without the content type that its signature would refuse', async () => {
    active(null);
    await call('Create', 'Activation', ACTIVATION);
    expect(answers).toEqual([
      {
        method: 'PUT',
        type: '',
        body: {
          Status: 'SUCCESS',
          PhysicalResourceId: 'activation',
          StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Desk/1',
          RequestId: 'request-1',
          LogicalResourceId: 'Activation',
        },
      },
    ]);
  });

  test('a fault is an answer too, with its name: CloudFormation would wait otherwise', async () => {
    ses
      .on(DescribeActiveReceiptRuleSetCommand)
      .rejects(Object.assign(new Error('not authorized'), { name: 'AccessDenied' }));
    expect(await call('Create', 'Activation', ACTIVATION)).toMatchObject({
      Status: 'FAILED',
      Reason: 'AccessDenied: not authorized',
    });
  });

  test('properties that it does not know are an answer as well', async () => {
    expect(await call('Create', 'Activation', { RuleSetName: 'ours' })).toMatchObject({ Status: 'FAILED' });
    expect(activated()).toEqual([]);
  });

  test('an answer that is not taken is a fault, after which Lambda calls again', async () => {
    active('ours');
    status = 503;
    await expect(call('Create', 'Activation', ACTIVATION)).rejects.toThrow('503');
  });
});
