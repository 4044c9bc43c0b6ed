/** Entry of a task's thread that does what no thread should, at its first start; from the second on it is the real one. */
import fs from 'node:fs';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadInput } from '../../../engine/runner/messages.ts';

const misbehaviours: Readonly<Record<string, () => void>> = {
  throws: () => {
    setImmediate(() => {
      throw new TypeError('as if by a fault in the code');
    });
  },
  spins: () => {
    for (;;);
  },
  exhausts: () => {
    const kept: string[][] = [];
    for (;;) kept.push(new Array(100_000).fill(`${kept.length}`));
  },
};

const { selection, directory } = workerData as ThreadInput;
const misbehave = misbehaviours[selection.databases[0]?.name ?? ''];
const been = path.join(directory, 'been-here');
if (misbehave !== undefined && !fs.existsSync(been)) {
  fs.mkdirSync(directory, { recursive: true });
  fs.writeFileSync(been, '');
  parentPort?.postMessage({ type: 'pong' }); // it had begun well
  misbehave();
} else await import('../../../engine/runner/task-thread.ts');
