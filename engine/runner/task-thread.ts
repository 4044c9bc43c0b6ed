/** Entry of a task's worker thread: runs one task and says how it ended. */
import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { openSource, openTarget } from '../connectors/connectors.ts';
import { systemClock } from '../core/clock.ts';
import { AbortedError, reportOf } from '../core/errors.ts';
import { runTask } from '../pipeline/run-task.ts';
import { freeMemoryWhenIdle } from './idle-memory.ts';
import type { ThreadInput, ToThread } from './messages.ts';
import { sourceStack } from './source-stack.ts';
import { ThreadPort } from './thread-port.ts';
import { giveWayToMainThread } from './thread-priority.ts';

if (parentPort === null) throw new Error('task-thread.ts runs as a worker thread only');
const input = workerData as ThreadInput;
const channel = new ThreadPort(parentPort);
const stop = new AbortController();
const completion = new AbortController();

parentPort.on('message', (message: ToThread) => {
  if (message.type === 'ping') channel.post({ type: 'pong' });
  else if (message.type === 'stop') stop.abort();
  else if (message.type === 'complete') completion.abort();
  else channel.receive(message);
});

// All modules are loaded: the next thread finds them compiled, however this one ends.
flushCompileCache();
freeMemoryWhenIdle();
giveWayToMainThread();

const logger = channel.logger();
const context = { logger, clock: systemClock };
try {
  await runTask({
    ...input,
    openSource: (given) => openSource({ ...context, ...given, endpoint: input.source }),
    openTarget: () => openTarget({ ...context, endpoint: input.target }),
    port: channel.taskPort,
    ...context,
    random: Math.random,
    signal: stop.signal,
    completion: completion.signal,
  });
  channel.post({ type: 'ended', outcome: 'completed' });
} catch (error) {
  if (error instanceof AbortedError) channel.post({ type: 'ended', outcome: 'aborted' });
  else {
    const stack = error instanceof Error ? sourceStack(error.stack ?? '') : String(error);
    logger.error({ error: stack }, 'the task failed');
    channel.post({ type: 'ended', outcome: 'failed', error: reportOf(error) });
  }
} finally {
  // Nothing must keep the thread alive: what a stage left open would be a leak, and shows as a thread that does not end.
  parentPort.close();
}
