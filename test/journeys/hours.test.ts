/** What takes hours, on one desk on which a second is one. */
import { clock } from './clock.ts';
import { repair } from './repair.ts';
import { tell } from './stories.ts';

tell([clock, repair], { speed: 3600, patience: 60_000 });
