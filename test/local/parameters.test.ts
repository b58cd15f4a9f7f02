import {
  GetParameterCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { openParameters } from '../../local/parameters.ts';
import { clientFor, type Ground, openGround, openTestGateway } from './world.ts';

async function open({ state }: Ground) {
  const gateway = await openTestGateway();
  gateway.add('ssm', openParameters(state, { region: 'us-east-1', accountId: '000000000000' }));
  return new SSMClient(clientFor(gateway.endpoint));
}

const SECRET = { Name: '/desk/keys', Type: 'SecureString', Value: '{"current":1}' } as const;

test('a secret is read by whoever asks for it decrypted, also after a restart', async () => {
  const ground = openGround();
  await (await open(ground)).send(new PutParameterCommand(SECRET));
  ground.close();
  const ssm = await open(openGround({ dataDir: ground.dataDir }));
  expect(await ssm.send(new GetParameterCommand({ Name: SECRET.Name, WithDecryption: true }))).toMatchObject({
    Parameter: {
      Value: SECRET.Value,
      Version: 1,
      ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/desk/keys',
    },
  });
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: SECRET.Name }));
  expect(Parameter?.Value).not.toContain('current');
});

test('a parameter is overwritten only by whoever says so', async () => {
  const ssm = await open(openGround());
  await ssm.send(new PutParameterCommand(SECRET));
  await expect(ssm.send(new PutParameterCommand(SECRET))).rejects.toMatchObject({
    name: 'ParameterAlreadyExists',
  });
  expect(await ssm.send(new PutParameterCommand({ ...SECRET, Overwrite: true }))).toMatchObject({
    Version: 2,
  });
});

test('a parameter that is not there is said by name', async () => {
  const ssm = await open(openGround());
  await expect(ssm.send(new GetParameterCommand({ Name: '/none' }))).rejects.toMatchObject({
    name: 'ParameterNotFound',
  });
  expect(await ssm.send(new GetParametersCommand({ Names: ['/none'] }))).toMatchObject({
    Parameters: [],
    InvalidParameters: ['/none'],
  });
});
