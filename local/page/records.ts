/** What the table and the bucket say, read through the desk's own adapters with the admin's rights, as the CLI does. */
import { type Ledger, openLedger } from '../../aws/ledger.ts';
import { type Mailroom, openMailroom } from '../../aws/mailroom.ts';
import { openTable } from '../../aws/table.ts';
import { openTickets, type Tickets } from '../../aws/tickets.ts';

export interface Records {
  tickets: Tickets;
  ledger: Ledger;
  mailroom: Mailroom;
}

/** `outputs` are the stack's. Null when they name no table and no bucket: then there is only mail to look at. */
export function openRecords(
  endpoint: string,
  region: string,
  { TableName, BucketName }: Record<string, string>,
): Records | null {
  if (!TableName || !BucketName) return null;
  // The adapters' clients go by the environment of their process. Nothing of the owner's own AWS set-up may win over it.
  for (const name of Object.keys(process.env)) {
    if (/^AWS_(ENDPOINT_URL_|PROFILE$|SESSION_TOKEN$)/.test(name)) delete process.env[name];
  }
  process.env.AWS_ENDPOINT_URL = endpoint;
  process.env.AWS_REGION = region;
  process.env.AWS_ACCESS_KEY_ID = 'admin';
  process.env.AWS_SECRET_ACCESS_KEY = 'admin';
  const table = openTable(TableName);
  return { tickets: openTickets(table), ledger: openLedger(table), mailroom: openMailroom(BucketName) };
}
