/**
 * Faults on order: for a while a service answers the functions as it does when it is asked for too much, or not at all.
 * Whoever reads as `admin` is answered as ever, and so can watch. A drill is kept nowhere: it ends with its time, by
 * order, or with the desk.
 */
import { AwsFault } from './fault.ts';
import type { Service } from './gateway.ts';
import type { Fields } from './protocol.ts';

export type DrillKind = 'throttle' | 'outage';

export interface Drills {
  /** What a call meets; null when it meets nothing. */
  strike(scope: string, principal: string): Strike | null;
  service: Service;
  stop(): void;
}

/** `parts` says of how many parts a transaction of DynamoDB consists, the one call whose refusal tells of them. */
export type Strike = (operation: string, parts: () => Promise<number>) => Promise<AwsFault | 'broken'>;

interface Drill {
  kind: DrillKind;
  /** Of the calls, above 0 and at most 1. */
  share: number;
  /** Epoch ms of real time. */
  endsAt: number;
  struck: number;
  timer: NodeJS.Timeout;
}

interface Refusal {
  throttled: [code: string, message: string, status: number];
  /** The code of its own faults. */
  broken: string;
}

/**
 * How each service refuses, by the errors of its API reference. DynamoDB's is that of a table on demand; SES says which
 * of its limits it is.
 */
const REFUSALS: Record<
  string,
  { throttled: [code: string, message: string, status: number]; broken: string }
> = {
  dynamodb: {
    throttled: [
      'ThrottlingException',
      'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly.',
      400,
    ],
    broken: 'InternalServerError',
  },
  s3: { throttled: ['SlowDown', 'Please reduce your request rate.', 503], broken: 'InternalError' },
  sqs: {
    throttled: ['RequestThrottled', 'The request was denied due to request throttling.', 400],
    broken: 'InternalFailure',
  },
  ses: { throttled: ['Throttling', 'Maximum sending rate exceeded.', 400], broken: 'InternalFailure' },
  sns: { throttled: ['Throttled', 'Rate exceeded', 429], broken: 'InternalError' },
  states: { throttled: ['ThrottlingException', 'Rate exceeded', 400], broken: 'InternalFailure' },
  ssm: { throttled: ['ThrottlingException', 'Rate exceeded', 400], broken: 'InternalServerError' },
};
const LONGEST_SECONDS = 86_400;

/** `note` hears a line when a drill begins and when it ends. */
export function openDrills(note: (line: string) => void): Drills {
  const drills = new Map<string, Drill>();

  const end = (scope: string) => {
    const drill = drills.get(scope);
    if (!drill) return;
    clearTimeout(drill.timer);
    drills.delete(scope);
    note(`The drill of ${scope} has ended: ${drill.struck} calls met its ${drill.kind}.`);
  };

  const begin = (input: Fields) => {
    const { Kind: kind, Service: scope, Seconds: seconds, Share: share } = input;
    const invalid = (what: string) => new AwsFault('ValidationException', what);
    if (kind !== 'throttle' && kind !== 'outage') throw invalid(`There is no drill «${kind}».`);
    if (typeof scope !== 'string' || !Object.hasOwn(REFUSALS, scope))
      throw invalid(`There is no service «${scope}»; there are ${Object.keys(REFUSALS).join(', ')}.`);
    if (typeof seconds !== 'number' || !(seconds > 0 && seconds <= LONGEST_SECONDS))
      throw invalid('A drill takes more than nothing and at most a day.');
    if (typeof share !== 'number' || !(share > 0 && share <= 1))
      throw invalid('The share of calls is above 0 and at most 1.');
    end(scope);
    const timer = setTimeout(() => end(scope), seconds * 1000);
    drills.set(scope, { kind, share, endsAt: Date.now() + seconds * 1000, struck: 0, timer });
    note(
      `A drill: ${kind} of ${scope} for ${seconds} seconds, for ${share * 100} % of the functions' calls.`,
    );
  };

  const list = (): Fields => ({
    Drills: [...drills].map(([Service, { kind, share, endsAt, struck }]) => ({
      ...{ Kind: kind, Service, Share: share, EndsAt: new Date(endsAt).toISOString(), Struck: struck },
    })),
  });

  return {
    strike(scope, principal) {
      const drill = drills.get(scope);
      if (!drill || principal === 'admin' || Math.random() >= drill.share) return null;
      drill.struck++;
      return drill.kind === 'throttle' ? throttled(scope) : broken(scope, drill.struck);
    },
    service: {
      protocol: 'json-1.0',
      operations: {
        StartDrill(input) {
          begin(input);
          return list();
        },
        EndDrills() {
          for (const scope of [...drills.keys()]) end(scope);
          return list();
        },
        ListDrills: list,
      },
      // No role has this right.
      needs: (operation) => [{ action: `drill:${operation}`, resource: '*' }],
    },
    stop() {
      for (const { timer } of drills.values()) clearTimeout(timer);
      drills.clear();
    },
  };
}

function throttled(scope: string): Strike {
  const [code, message, status] = (REFUSALS[scope] as Refusal).throttled;
  return async (operation, parts) =>
    operation === 'TransactWriteItems' || operation === 'TransactGetItems'
      ? cancelled(await parts(), message)
      : new AwsFault(code, message, status);
}

/** An outage has many faces, and a caller has to bear them all. */
function broken(scope: string, n: number): Strike {
  const { broken: code } = REFUSALS[scope] as Refusal;
  return async () => {
    switch (n % 3) {
      case 1:
        return new AwsFault('ServiceUnavailable', 'Service is unable to handle request.', 503);
      case 2:
        return new AwsFault(code, 'We encountered an internal error. Please try again.', 500);
      default:
        return 'broken';
    }
  };
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html, Errors */
function cancelled(parts: number, message: string): AwsFault {
  const reasons = Array.from({ length: parts }, (_, n) =>
    n === 0 ? { Code: 'ThrottlingError', Message: message } : { Code: 'None' },
  );
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new AwsFault(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    400,
    { CancellationReasons: reasons },
  );
}
