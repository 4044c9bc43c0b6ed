import { expect, test } from 'vitest';
import { DtsError } from '../../../engine/core/errors.ts';
import { type Logger, silentLogger } from '../../../engine/core/logger.ts';
import { defaultTaskOptions } from '../../../engine/core/task.ts';
import { TaskWorker, type WorkerHost } from '../../../engine/runner/task-worker.ts';

const endpoint = {
  engine: 'MYSQL',
  host: '127.0.0.1',
  port: 1,
  username: '',
  password: '',
  tls: { mode: 'DISABLED' },
} as const;

test('a store that fails takes no word of a thread, and neither thread nor service ends of it', async () => {
  const full = () => {
    throw new DtsError('DISK_FULL', 'the store is full');
  };
  const host: WorkerHost = {
    call: full,
    event: full,
    progress: full,
    retrying: full,
    recovered: full,
    caughtUp: full,
    fellBehind: full,
  };
  const lost: string[] = [];
  const heard: string[] = [];
  const logger: Logger = {
    ...silentLogger,
    error: (fields) => lost.push((fields as { type: string }).type),
    info: (_, message) => heard.push(message),
  };
  const worker = new TaskWorker({
    input: {
      taskId: 'talking',
      kind: 'MIGRATION',
      selection: { databases: [] },
      options: defaultTaskOptions,
      directory: '',
      tables: [],
      source: endpoint,
      target: endpoint,
      readerId: 1,
    },
    host,
    logger,
    entry: new URL('./talking-thread.ts', import.meta.url),
  });
  expect(await worker.ended).toEqual({ outcome: 'completed' });
  expect(lost).toEqual(['event', 'caughtUp', 'recovered']);
  expect(heard).toEqual(['the store refused']);
});
