/** Entry of a task's thread that tells of one thing after the other, asks the store once, and ends. */
import { parentPort } from 'node:worker_threads';
import type { FromThread } from '../../../engine/runner/messages.ts';

const say = (message: FromThread) => parentPort?.postMessage(message);
parentPort?.on('message', (message: { type: string }) => {
  if (message.type !== 'refused' && message.type !== 'result') return;
  say({ type: 'log', level: 'info', fields: {}, message: `the store ${message.type}` });
  say({ type: 'ended', outcome: 'completed' });
  parentPort?.close();
});
say({ type: 'event', event: { kind: 'WARNING', message: 'listen' } });
say({ type: 'caughtUp' });
say({ type: 'recovered' });
say({ type: 'call', id: 1, method: 'clearChunks', args: [{ database: 'd', name: 't' }] });
