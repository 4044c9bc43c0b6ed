import path from 'node:path';
import { discardChangeLog, isDamagedLog, openChangeLog } from './capture/open-change-log.ts';
import { withRetry } from './run/retry.ts';
import { StructureFiles } from './schema/structure-file.ts';
import { retryOptionsOf } from './task-retry.ts';
import { TaskRun } from './task-run.ts';
import type { TaskRunOptions } from './task-run-options.ts';

/**
 * The life of a task, from wherever its checkpoints say. Resolves when it is complete; rejects with AbortedError when the signal
 * aborts, and with a coded error when a failure outlasts its retry window. May be called again after any of them, and after a crash.
 */
export async function runTask(options: TaskRunOptions): Promise<void> {
  const retry = retryOptionsOf(options);
  const onWaiting = (message: string) => options.port.event({ kind: 'WARNING', message });
  const source = await withRetry(retry, () => options.openSource({ onWaiting }));
  try {
    const target = await withRetry(retry, () => options.openTarget());
    try {
      const files = new StructureFiles(path.join(options.directory, 'structure'));
      const opened = await withRetry(retry, () => openChangeLog(options, target));
      try {
        const run = new TaskRun(options, { source, target, files, log: opened.log });
        await run.live(opened.checkpoint);
      } catch (error) {
        await opened.log.close();
        if (isDamagedLog(error)) await discardChangeLog(options);
        throw error;
      } finally {
        await opened.log.close();
      }
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}
