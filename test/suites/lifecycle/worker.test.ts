import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { DtsError } from '../../../engine/core/errors.ts';
import { type Logger, silentLogger } from '../../../engine/core/logger.ts';
import { defaultTaskOptions } from '../../../engine/core/task.ts';
import type { ThreadInput } from '../../../engine/runner/messages.ts';
import { TaskWorker, type WorkerHost } from '../../../engine/runner/task-worker.ts';

const endpoint = {
  engine: 'MYSQL',
  host: '127.0.0.1',
  port: 1,
  username: '',
  password: '',
  tls: { mode: 'DISABLED' },
} as const;

const inputOf = (name: string, directory: string): ThreadInput => ({
  taskId: name,
  kind: 'MIGRATION',
  selection: { databases: [{ name }] },
  options: defaultTaskOptions,
  directory,
  tables: [],
  source: endpoint,
  target: endpoint,
  readerId: 1,
});

const hostOf = (all: () => void): WorkerHost => ({
  call: all,
  event: all,
  progress: all,
  retrying: all,
  recovered: all,
  caughtUp: all,
  fellBehind: all,
});

test('a store that fails takes no word of a thread, and neither thread nor service ends of it', async () => {
  const full = () => {
    throw new DtsError('DISK_FULL', 'the store is full');
  };
  const host = hostOf(full);
  const lost: string[] = [];
  const heard: string[] = [];
  const logger: Logger = {
    ...silentLogger,
    error: (fields) => lost.push((fields as { type: string }).type),
    info: (_, message) => heard.push(message),
  };
  const worker = new TaskWorker({
    input: inputOf('talking', ''),
    host,
    logger,
    entry: new URL('./talking-thread.ts', import.meta.url),
  });
  expect(await worker.ended).toEqual({ outcome: 'completed' });
  expect(lost).toEqual(['event', 'caughtUp', 'recovered']);
  expect(heard).toEqual(['the store refused']);
});

test('where a thread died of a fault in the code is in the log', async () => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'opendts-worker-'));
  try {
    const logged: unknown[] = [];
    const worker = new TaskWorker({
      input: inputOf('throws', directory),
      host: hostOf(() => undefined),
      logger: { ...silentLogger, error: (fields, message) => logged.push({ message, ...fields }) },
      entry: new URL('./misbehaving-thread.ts', import.meta.url),
    });
    expect(await worker.ended).toMatchObject({ outcome: 'failed', error: { code: 'WORKER_DIED' } });
    expect(logged).toEqual([
      {
        message: 'the thread of the task died',
        error: expect.stringMatching(
          /^TypeError: as if by a fault in the code\n.*misbehaving-thread\.ts:\d+/s,
        ),
      },
    ]);
  } finally {
    await rm(directory, { recursive: true });
  }
});
