/** What people and agents write to each other, on the sample desk. */
import { answered } from './answered.ts';
import { links } from './links.ts';
import { proof } from './proof.ts';
import { satisfaction } from './satisfaction.ts';
import { tell } from './stories.ts';
import { verbs } from './verbs.ts';

tell([answered, satisfaction, links, proof, verbs], { patience: 60_000 });
