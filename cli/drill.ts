/** Orders faults from the desk that runs on this laptop, through its gateway, as the AWS clients speak to it. */
import * as z from 'zod';
import { runningDesk, type Where } from './connect.ts';
import { askEngine } from './engine.ts';
import { Refused } from './refused.ts';

export const SERVICES = ['dynamodb', 's3', 'sqs', 'ses', 'sns', 'states', 'ssm'] as const;

const Answer = z.object({
  Drills: z.array(
    z.object({
      Kind: z.enum(['throttle', 'outage']),
      Service: z.string(),
      Share: z.number(),
      EndsAt: z.string(),
      Struck: z.int(),
    }),
  ),
});

export interface Drill {
  kind: 'throttle' | 'outage';
  service: string;
  share: number;
  /** ISO 8601 UTC, real time. */
  endsAt: string;
  /** Calls that met it so far. */
  struck: number;
}

/** The drills that are on now; with an order, after it was carried out. */
export async function drill(
  where: Where,
  order:
    | { order: 'look' | 'end' }
    | { order: 'begin'; kind: Drill['kind']; service: string; seconds: number; share: number },
): Promise<Drill[]> {
  if (where.stack)
    throw new Refused('A drill is for a desk on a laptop: in AWS it would hold up the mail of real people.');
  const running = await runningDesk(where.data);
  const [operation, input] =
    order.order === 'begin'
      ? [
          'StartDrill',
          { Kind: order.kind, Service: order.service, Seconds: order.seconds, Share: order.share },
        ]
      : [order.order === 'end' ? 'EndDrills' : 'ListDrills', {}];
  const answer = await askEngine(running, 'drill', operation, input);
  return Answer.parse(answer).Drills.map(({ Kind, Service, Share, EndsAt, Struck }) => ({
    ...{ kind: Kind, service: Service, share: Share, endsAt: EndsAt, struck: Struck },
  }));
}
