/** Step Functions: one execution for each ticket and generation of its watch. */
import { UnavailableError } from '../core/faults.ts';
import { firstTurn } from '../core/ticket/turn.ts';
import { machines } from './clients.ts';

export interface Watches {
  /** To wake at `at`, ISO 8601 UTC. Once for each name: a generation that was started before, running or ended, is left as it is. */
  start(ticketId: string, generation: number, at: string): Promise<'started' | 'was-started'>;
  isRunning(ticketId: string, generation: number): Promise<boolean>;
}

export function openWatches(machineArn: string): Watches {
  return {
    async start(ticketId, generation, at) {
      const { sfn, client } = await machines();
      try {
        await client.send(
          new sfn.StartExecutionCommand({
            stateMachineArn: machineArn,
            name: watchName(ticketId, generation),
            input: JSON.stringify(firstTurn(ticketId, generation, at)),
          }),
        );
        return 'started';
      } catch (error) {
        // Said for a running one with other input and for every ended one: names are free again only after 90 days.
        if (error instanceof Error && error.name === 'ExecutionAlreadyExists') return 'was-started';
        throw unavailable(error);
      }
    },
    async isRunning(ticketId, generation) {
      const { sfn, client } = await machines();
      try {
        const { status } = await client.send(
          new sfn.DescribeExecutionCommand({
            executionArn: `${machineArn.replace(':stateMachine:', ':execution:')}:${watchName(ticketId, generation)}`,
          }),
        );
        return status === 'RUNNING';
      } catch (error) {
        if (error instanceof Error && error.name === 'ExecutionDoesNotExist') return false;
        throw unavailable(error);
      }
    },
  };
}

export function watchName(ticketId: string, generation: number): string {
  return `${ticketId}-g${generation}`;
}

function unavailable(error: unknown): unknown {
  return error instanceof Error && /Throttl|Unavailable|LimitExceeded|TimeoutError/.test(error.name)
    ? new UnavailableError(`Step Functions: ${error.message}`, { cause: error })
    : error;
}
