/** When a release is cut: `node test/infra/write-released.ts` writes down what it deploys, for all releases after it to keep. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deskTemplate } from './desk-template.ts';
import { statefulIn } from './released.ts';

const stateful = Object.entries(statefulIn(await deskTemplate())).sort(([a], [b]) => (a < b ? -1 : 1));
const text = JSON.stringify(Object.fromEntries(stateful), null, 2);
writeFileSync(join(import.meta.dirname, 'released.json'), `${text}\n`);
