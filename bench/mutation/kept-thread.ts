/**
 * A thread that stays from one mutant to the next. vitest ends its own after each run, and to start another one and to load
 * the libraries again takes longer than most mutants' tests. Our own modules are loaded anew for each mutant (fresh.ts).
 */
import { type PoolRunnerInitializer, type PoolWorker, ThreadsPoolWorker } from 'vitest/node';

export const KEPT_THREAD: PoolRunnerInitializer = {
  name: 'kept-thread',
  createPoolWorker(options) {
    kept ??= { thread: new ThreadsPoolWorker(options), isRunning: false };
    return lent(kept);
  },
};

interface Kept {
  thread: ThreadsPoolWorker;
  isRunning: boolean;
}

let kept: Kept | undefined;

/** To vitest, which takes it for a new one: what would set it up again or end it is answered for it. */
function lent(kept: Kept): PoolWorker {
  const { thread } = kept;
  const listeners = new Set<[event: string, listener: Parameters<PoolWorker['on']>[1]]>();
  const answer = (type: 'started' | 'stopped') => {
    for (const [event, listener] of [...listeners])
      if (event === 'message') listener({ type, __vitest_worker_response__: true });
  };
  return {
    name: KEPT_THREAD.name,
    on(event, listener) {
      listeners.add([event, listener]);
      thread.on(event, listener);
    },
    off(event, listener) {
      for (const entry of listeners) if (entry[0] === event && entry[1] === listener) listeners.delete(entry);
      thread.off(event, listener);
    },
    async start() {
      if (!kept.isRunning) await thread.start();
    },
    send(message) {
      if (message.type === 'stop') return answer('stopped');
      if (message.type !== 'start') return thread.send(message);
      if (kept.isRunning) return answer('started');
      kept.isRunning = true;
      // What it starts with stays: the names of one mutant's tests would hide those of all that follow.
      const config = { ...message.context.config, testNamePattern: undefined };
      thread.send({ ...message, context: { ...message.context, config } });
    },
    async stop() {
      for (const [event, listener] of listeners) thread.off(event, listener);
      listeners.clear();
    },
    deserialize: (data) => data,
  };
}
