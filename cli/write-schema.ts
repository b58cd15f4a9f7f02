/** Writes desk.schema.json, which tells editors what desk.yaml may say: `node cli/write-schema.ts`. */
import { writeFileSync } from 'node:fs';
import { deskJsonSchema } from '../core/config/json-schema.ts';

const file = new URL('../desk.schema.json', import.meta.url);
writeFileSync(file, deskJsonSchema());
