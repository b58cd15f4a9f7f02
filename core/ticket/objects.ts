import type { Message } from './ticket.ts';

/** Keys of what of a message lies in the bucket: its files, and texts that are too long for the table. */
export function objectsOf({ attachments, bodyKey, cut }: Message): string[] {
  return [bodyKey, cut?.bodyKey, ...attachments.map(({ key }) => key)].filter((key) => key != null);
}
