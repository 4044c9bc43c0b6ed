import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../../test/product/client.ts';
import { count, type Narrator } from './narrator.ts';

interface Progress {
  readonly phase: string | null;
  readonly rowsCopied: string;
  readonly rowsTotal: string;
  readonly changesApplied: string;
  readonly rowsPerSecond: number;
  readonly transactionsPerSecond: number;
  readonly lagMillis: string | null;
}

const document = `subscription($id: ID!) { taskProgress(id: $id) {
  phase rowsCopied rowsTotal changesApplied rowsPerSecond transactionsPerSecond lagMillis } }`;

/** Shows the progress of a task live from its subscription; subscribes again when the service was down. */
export function followProgress(
  client: Client,
  taskId: string,
  narrator: Narrator,
): { stop(): Promise<void> } {
  const ended = new AbortController();
  const run = async () => {
    while (!ended.signal.aborted) {
      try {
        for await (const progress of client.subscribe<Progress>(document, { id: taskId }, ended.signal)) {
          narrator.progress(describe(progress));
        }
      } catch {
        // The service was killed: the next attempt finds it again.
      }
      await delay(200);
    }
  };
  const running = run();
  return {
    stop: async () => {
      ended.abort();
      await running;
    },
  };
}

function describe(progress: Progress): string {
  const { phase, rowsCopied, rowsTotal, changesApplied, lagMillis } = progress;
  const copied = `${count(rowsCopied)} of ${count(rowsTotal)} rows copied`;
  if (phase === 'FULL_LOAD')
    return `full load   ${copied}, ${count(Math.round(progress.rowsPerSecond))} rows/s`;
  const lag = lagMillis === null ? '' : `, ${count(lagMillis)} ms behind`;
  const pace = `${count(Math.round(progress.transactionsPerSecond))} transactions/s`;
  return `${(phase ?? 'starting').toLowerCase().replace('_', ' ').padEnd(11)} ${copied}, ${count(changesApplied)} changes applied, ${pace}${lag}`;
}
