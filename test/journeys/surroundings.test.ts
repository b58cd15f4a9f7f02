/** What surrounds a conversation, on the sample desk: what people ask to see, files, what it knows by itself, mail of machines. */
import { automatic } from './automatic.ts';
import { files } from './files.ts';
import { shows } from './shows.ts';
import { tell } from './stories.ts';
import { triage } from './triage.ts';

// The last one leaves somebody away.
tell([shows, files, triage, automatic]);
