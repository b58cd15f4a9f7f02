/** Made once before the first desk begins, instead of by each of the first ones at the same time. */
import { synthesize } from '../../local/synthesize.ts';

export async function setup(): Promise<void> {
  await synthesize('desk.yaml', () => {});
}
