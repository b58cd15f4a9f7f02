/** Canaries that set out: one event each, which the stream hands on. What it says stands in its key. */
import { CANARIES } from '../core/mail/canary.ts';
import { expiry, type Table } from './table.ts';

export interface Canaries {
  /** `sentAt`: ISO 8601 UTC, real time. */
  begin(sentAt: string): Promise<void>;
}

const REMEMBERED = 2 * 86_400_000;

export function openCanaries(table: Table): Canaries {
  return {
    async begin(sentAt) {
      const item = { pk: `${CANARIES}${sentAt}`, sk: 'EVENT#00000001', event: { kind: 'canary' } };
      await table.put({ ...item, expiresAt: expiry(Date.parse(sentAt) + REMEMBERED) });
    },
  };
}
