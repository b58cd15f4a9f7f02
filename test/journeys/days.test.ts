/** What takes days, on one desk that is told to hurry. */
import { digest } from './digest.ts';
import { tell } from './stories.ts';
import { waiting } from './waiting.ts';

// Days that fall on a weekend are longer.
tell([digest, waiting], { patience: 60_000 });
