/** The schema of desk.yaml for editors: what may be written, not what becomes of it. */
import * as z from 'zod';
import { DeskSchema } from './desk.ts';

/** JSON Schema 2020-12, as text. */
export function deskJsonSchema(): string {
  const schema = z.toJSONSchema(DeskSchema, { io: 'input' });
  return `${JSON.stringify({ title: 'desk.yaml', ...schema }, null, 2)}\n`;
}
