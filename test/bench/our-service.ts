import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '../product/client.ts';
import { Service } from '../product/service.ts';
import { createMysqlTask, type MysqlTaskOptions, type TaskHandle } from '../product/task.ts';
import type { MysqlServer } from '../servers/mysql.ts';
import type { Readings } from './bench-case.ts';

/** The service in a process of its own, as users run it, and what that process costs. */
export class OurService implements AsyncDisposable {
  readonly service: Service;
  readonly client: Client;

  private constructor(service: Service) {
    this.service = service;
    this.client = new Client(() => service);
  }

  static async start(): Promise<OurService> {
    return new OurService(await Service.start({ env: { OPENDTS_LOG_LEVEL: 'warn' } }));
  }

  /** Creates and checks a task; nothing runs yet. Its connections are plain, as those of every peer are unless told otherwise. */
  async prepare(options: MysqlTaskOptions): Promise<TaskHandle> {
    const task = await createMysqlTask(this.client, { tls: 'DISABLED', ...options });
    await task.operate('runPrecheck');
    const { state } = await task.waitFor(['CHECK_PASSED', 'CHECK_FAILED'], 60);
    if (state === 'CHECK_FAILED') throw new Error(`the precheck failed:\n${await task.precheckFailures()}`);
    return task;
  }

  /** Does the work, and reads `ours` (seconds), `cpu` (seconds) and `rss` (MB, the peak) of our process meanwhile. */
  async measure(work: () => Promise<void>): Promise<Readings> {
    this.service.resetPeakResidentBytes();
    const cpu = this.cpuSeconds;
    const startedAt = performance.now();
    await work();
    return {
      ours: (performance.now() - startedAt) / 1000,
      cpu: this.cpuSeconds - cpu,
      rss: this.service.peakResidentBytes / 1e6,
    };
  }

  /** User and system time of the process since its start. Linux counts it in hundredths of a second. */
  get cpuSeconds(): number {
    const stat = fs.readFileSync(`/proc/${this.service.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.service.stop();
  }
}

/** Waits until the checkpoint at the target holds all that the source has committed by now. */
export async function applied(source: MysqlServer, target: MysqlServer): Promise<void> {
  const [end] = await source.query<{ gtid: string }>('SELECT @@GLOBAL.gtid_executed AS gtid');
  const deadline = Date.now() + 1_800_000;
  for (;;) {
    const [row] = await target.query<{ done: number }>(
      `SELECT GTID_SUBSET(?, JSON_UNQUOTE(JSON_EXTRACT(position, '$.gtid'))) AS done FROM opendts.checkpoints`,
      [end?.gtid],
    );
    if (Number(row?.done) === 1) return;
    if (Date.now() > deadline) throw new Error('not applied within half an hour');
    await delay(20);
  }
}

/** Waits until the full load is done and every change goes straight through. */
export async function applying(task: TaskHandle): Promise<void> {
  for (;;) {
    const { state, phase, errors } = await task.view();
    if (state === 'ERROR' || state === 'FAILED')
      throw new Error(`the task is in ${state}: ${JSON.stringify(errors)}`);
    if (phase === 'APPLY' || state === 'READY_TO_COMPLETE') return;
    // Each question costs what it measures two milliseconds or three.
    await delay(100);
  }
}

/** Ends a task and forgets it, so that the next round begins anew. */
export async function remove(task: TaskHandle, target: MysqlServer): Promise<void> {
  await task.operate('stopTask');
  await task.waitFor(['STOPPED'], 60);
  await task.destroy();
  await target.query('DELETE FROM opendts.checkpoints');
}
