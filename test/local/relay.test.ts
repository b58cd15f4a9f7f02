import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { expect, onTestFinished, test, vi } from 'vitest';
import { relayAddress, startRelay } from '../../local/relay.ts';
import { type Ground, openGround } from './world.ts';

interface Caught {
  from: string;
  to: string[];
  raw: string;
}

async function openServer({ port = 0, refuse = (_: string): number => 0 } = {}) {
  const caught: Caught[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onRcptTo({ address }, _, done) {
      const code = refuse(address);
      done(code === 0 ? undefined : Object.assign(new Error('no'), { responseCode: code }));
    },
    async onData(stream, { envelope }, done) {
      const parts: Buffer[] = [];
      for await (const part of stream) parts.push(part);
      caught.push({
        from: envelope.mailFrom ? envelope.mailFrom.address : '',
        to: envelope.rcptTo.map(({ address }) => address),
        raw: Buffer.concat(parts).toString('latin1'),
      });
      done();
    },
  });
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  onTestFinished(close);
  return { caught, port: (server.server.address() as AddressInfo).port, close };
}

const RAW = 'Subject: x\r\n\r\n.dot\r\n..two\r\nümlaut \u00e9\r\nno end of line';

function open({ dataDir, state, whenClosing }: Ground, port: number) {
  mkdirSync(join(dataDir, 'sent'), { recursive: true });
  const relay = startRelay(state, dataDir, `smtp://127.0.0.1:${port}`, () => {});
  whenClosing(() => relay.stop());
  const send = (id: string, recipients = ['ada@customer.test']) => {
    writeFileSync(join(dataDir, 'sent', `${id}.eml`), RAW, 'latin1');
    writeFileSync(
      join(dataDir, 'sent', `${id}.json`),
      JSON.stringify({ source: 'support@desk.example.test' }),
    );
    relay.add(id, recipients);
  };
  return { send };
}

test('a mail goes to the relay once for each recipient, with its octets as they were sent', async () => {
  const { caught, port } = await openServer();
  const { send } = open(openGround(), port);
  send('1', ['ada@customer.test', 'bob@customer.test']);
  await vi.waitFor(() => expect(caught).toHaveLength(2), { timeout: 5000 });
  expect(caught.map(({ to }) => to).sort()).toEqual([['ada@customer.test'], ['bob@customer.test']]);
  expect(caught[0]).toMatchObject({ from: 'support@desk.example.test', raw: `${RAW}\r\n` });
});

test('a relay that is down is tried again until it is there, also by a desk that was started anew', async () => {
  const { port, close } = await openServer();
  await close();
  const ground = openGround();
  const { send } = open(ground, port);
  send('1');
  await new Promise((resolve) => setTimeout(resolve, 200));
  ground.close();
  const { caught } = await openServer({ port });
  open(openGround({ dataDir: ground.dataDir }), port);
  await vi.waitFor(() => expect(caught).toHaveLength(1), { timeout: 5000 });
});

test('a mail that is refused for now comes again, one that is refused for good does not, and neither holds up others', async () => {
  let tries = 0;
  const { caught, port } = await openServer({
    refuse: (address) =>
      address.startsWith('never') ? 550 : address.startsWith('later') && tries++ === 0 ? 450 : 0,
  });
  const { send } = open(openGround(), port);
  send('1', ['never@customer.test']);
  send('2', ['later@customer.test']);
  send('3', ['ada@customer.test']);
  await vi.waitFor(() => expect(caught).toHaveLength(2), { timeout: 5000 });
  expect(caught.map(({ to }) => to[0])).toEqual(['ada@customer.test', 'later@customer.test']);
});

test.each(['127.0.0.1:25', 'http://127.0.0.1', 'smtp://'])('%s is not a relay', (url) => {
  expect(() => relayAddress(url)).toThrow('smtp://');
});
