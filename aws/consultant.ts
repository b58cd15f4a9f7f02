/**
 * A model of Amazon Bedrock, where desk.yaml names one: asked at most so often a day, for at most so long, and never
 * waited for. No mail fails because of it; what it costs is counted.
 */
import type { BedrockRuntimeClient, ConverseCommandOutput } from '@aws-sdk/client-bedrock-runtime';
import type { Desk } from '../core/config/desk.ts';
import { type Question, questionAbout, readAnswer } from '../core/triage/consulting.ts';
import type { Opinion } from '../core/triage/learned.ts';
import { expiry, type Item, type Table } from './table.ts';

type Settings = NonNullable<Desk['triage']['bedrock']>;

interface Log {
  info(message: string, ids: Record<string, string | number>): void;
  warn(message: string, ids: Record<string, string | number>): void;
}

/** Of one day of UTC, real time. */
export type Spent = Item & { calls: number; tokensIn?: number; tokensOut?: number; microdollars?: number };

const FORM = 'file';
const SECOND = 1_000;
const KEPT_FOR = 400 * 86_400 * SECOND;

const dayKey = (at: number) => ({ pk: `MODEL#${new Date(at).toISOString().slice(0, 10)}`, sk: 'SPENT' });

/** What it says of this text; null when there is nothing to say, or nothing to be had. `realNow` in epoch ms. */
export async function consult(
  text: string,
  { desk, table, realNow, log }: { desk: Desk; table: Table; realNow: number; log: Log },
  client: () => Promise<BedrockRuntimeClient> = () => clientFor(desk),
): Promise<Opinion | null> {
  const settings = desk.triage.bedrock;
  if (!settings) return null;
  const { model } = settings;
  try {
    if (!(await mayCall(table, settings, realNow))) {
      log.warn('the model is asked no more today', { model, mostPerDay: settings.mostPerDay });
      return null;
    }
    const question = questionAbout(text, desk);
    const said = await ask(question, settings, await client());
    const { inputTokens = 0, outputTokens = 0 } = said.usage ?? {};
    const microdollars = Math.ceil(inputTokens * settings.price.in + outputTokens * settings.price.out);
    await spend(table, { inputTokens, outputTokens, microdollars }, realNow);
    log.info('the model was asked', { model, inputTokens, outputTokens, microdollars });
    const read = readAnswer(formIn(said), question, model);
    if (!('discarded' in read)) return read;
    log.info('what the model said is discarded', { model, reason: read.discarded });
  } catch (error) {
    log.warn('the model could not be asked', { model, cause: String(error) });
  }
  return null;
}

/** It is free to say anything; only the form, filled in once, is read. */
function formIn({ output }: ConverseCommandOutput): unknown {
  const forms = (output?.message?.content ?? []).flatMap(({ toolUse }) => toolUse ?? []);
  return forms.length === 1 && forms[0]?.name === FORM ? forms[0].input : undefined;
}

async function ask(
  { system, mail, form }: Question,
  { model, timeout }: Settings,
  client: BedrockRuntimeClient,
): Promise<ConverseCommandOutput> {
  const { ConverseCommand } = await import('@aws-sdk/client-bedrock-runtime');
  // Plain JSON, in a type that the SDK has for it.
  const json = { ...form, properties: { ...form.properties } } as never;
  return client.send(
    new ConverseCommand({
      modelId: model,
      system: [{ text: system }],
      messages: [{ role: 'user', content: [{ text: mail }] }],
      inferenceConfig: { maxTokens: 100, temperature: 0 },
      toolConfig: {
        tools: [{ toolSpec: { name: FORM, inputSchema: { json } } }],
        toolChoice: { tool: { name: FORM } },
      },
    }),
    { abortSignal: AbortSignal.timeout(timeout * SECOND) },
  );
}

let made: { region: string | undefined; client: BedrockRuntimeClient } | null = null;

async function clientFor({ triage }: Desk): Promise<BedrockRuntimeClient> {
  const region = triage.bedrock?.region;
  if (made && made.region === region) return made.client;
  const { BedrockRuntimeClient: Client } = await import('@aws-sdk/client-bedrock-runtime');
  // The rules stand ready: a second attempt would only cost time.
  made = { region, client: new Client({ ...(region ? { region } : {}), maxAttempts: 1 }) };
  return made.client;
}

/** Counted before it is asked, so that no two that come at once are one too many. */
async function mayCall(table: Table, { mostPerDay }: Settings, realNow: number): Promise<boolean> {
  const counted = await table.update<Spent>(dayKey(realNow), {
    update: 'ADD calls :one SET expiresAt = :until',
    expression: 'attribute_not_exists(calls) OR calls < :most',
    values: { ':one': 1, ':most': mostPerDay, ':until': expiry(realNow + KEPT_FOR) },
  });
  return counted !== null;
}

async function spend(
  table: Table,
  {
    inputTokens,
    outputTokens,
    microdollars,
  }: Record<'inputTokens' | 'outputTokens' | 'microdollars', number>,
  realNow: number,
): Promise<void> {
  await table.update(dayKey(realNow), {
    update: 'ADD tokensIn :in, tokensOut :out, microdollars :cost',
    values: { ':in': inputTokens, ':out': outputTokens, ':cost': microdollars },
  });
}
