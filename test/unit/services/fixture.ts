import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../../engine/core/clock.ts';
import { silentLogger } from '../../../engine/core/logger.ts';
import type { TaskProgress } from '../../../engine/core/task.ts';
import type { EndpointInput, Engine } from '../../../engine/engine.ts';
import type { Enquiries } from '../../../engine/services/enquiries.ts';
import type { TaskControl, TaskRunner } from '../../../engine/services/runner-port.ts';
import { createServices } from '../../../engine/services/services.ts';
import { openStore } from '../../../engine/store/store.ts';

/** A runner that works on nothing: it notes its orders, and the test plays the worker through `control`. */
export class NotingRunner implements TaskRunner {
  readonly orders: string[] = [];
  readonly numbers = new Map<string, TaskProgress>();
  forgetting: (taskId: string) => Promise<void> = async () => {};
  #listener: (taskId: string) => void = () => {};

  precheck(taskId: string): void {
    this.orders.push(`precheck ${taskId}`);
  }
  reconcile(taskId: string): void {
    this.orders.push(`reconcile ${taskId}`);
  }
  progress(taskId: string): TaskProgress | undefined {
    return this.numbers.get(taskId);
  }
  onProgress(listener: (taskId: string) => void): () => void {
    this.#listener = listener;
    return () => {};
  }
  async forget(taskId: string): Promise<void> {
    this.orders.push(`forget ${taskId}`);
    await this.forgetting(taskId);
  }
  async close(): Promise<void> {}

  show(taskId: string, rowsCopied: number): void {
    this.numbers.set(taskId, { rowsCopied } as TaskProgress);
    this.#listener(taskId);
  }
}

/** Databases that answer at once, and have nothing. */
const answers: Enquiries = {
  test: async () => ({ ok: true, latencyMillis: 1 }),
  precheck: async () => [],
  databases: async () => [],
  tables: async () => ({ items: [], hasMore: false }),
};

/** Time that the test moves; sleeps end at once. */
export class HandClock implements Clock {
  time = 1_700_000_000_000;
  now(): number {
    return this.time;
  }
  async sleep(): Promise<void> {
    await new Promise(setImmediate);
  }
}

export interface Opened {
  readonly engine: Engine;
  readonly control: TaskControl;
  readonly runner: NotingRunner;
  readonly clock: HandClock;
  readonly dataDir: string;
}

export async function open(dataDir = newDirectory()): Promise<Opened> {
  const runner = new NotingRunner();
  const clock = new HandClock();
  let control: TaskControl | undefined;
  const engine = createServices({
    store: openStore({ dataDir, clock }),
    logger: silentLogger,
    clock,
    enquiries: answers,
    createRunner: (given) => {
      control = given;
      return runner;
    },
  });
  onTestFinished(() => engine.close());
  return { engine, control: control!, runner, clock, dataDir };
}

function newDirectory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'services-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export const source: EndpointInput = {
  name: 'source',
  engine: 'MYSQL',
  host: 'db.example',
  port: 3306,
  username: 'dts',
  password: 'secret',
  tls: { mode: 'PREFERRED' },
};

/** A migration with both endpoints and one database, as a draft. */
export function configured(engine: Engine) {
  const from = engine.endpoints.create(source);
  const to = engine.endpoints.create({ ...source, name: 'target' });
  return engine.tasks.create({
    kind: 'MIGRATION',
    name: 'move the shop',
    sourceId: from.id,
    targetId: to.id,
    objects: { databases: [{ name: 'shop' }] },
  });
}

/** The same, checked and started, as far as RUNNING. */
export function running({ engine, control }: Opened) {
  const { id } = configured(engine);
  engine.tasks.runPrecheck(id);
  control.savePrecheck({ taskId: id, startedAt: 1, finishedAt: 2, passed: true, items: [] });
  engine.tasks.start(id);
  return control.transition(id, 'dequeued')!;
}
