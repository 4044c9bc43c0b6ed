import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type Engine, type Task, taskStates } from '../engine/index.ts';
import type { LiveStreams } from './live-streams.ts';

/** Tasks beyond this number are counted by state only, so that the size of a scrape is bounded. */
const mostLabelledTasks = 1000;

/** Routes that have a label of their own; all others are `other`. */
const routes = new Set(['/graphql', '/health', '/ready', '/metrics']);

export interface Metrics {
  readonly contentType: string;
  /** The text of a scrape. */
  scrape(): Promise<string>;
  request(facts: { method: string; path: string; status: number; seconds: number }): void;
  operation(kind: string, outcome: 'ok' | 'error'): void;
}

const methods = new Set(['GET', 'POST', 'OPTIONS', 'HEAD']);

export function createMetrics(engine: Engine, streams: LiveStreams): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });

  const durations = new Histogram({
    name: 'opendts_http_request_duration_seconds',
    help: 'Time to answer HTTP requests.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const operations = new Counter({
    name: 'opendts_graphql_operations_total',
    help: 'GraphQL operations by kind and outcome.',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  new Gauge({
    name: 'opendts_live_streams',
    help: 'Open subscriptions.',
    registers,
    collect() {
      this.set(streams.count);
    },
  });
  const states = new Gauge({
    name: 'opendts_tasks',
    help: 'Tasks by state.',
    labelNames: ['state'],
    registers,
  });
  const perTask = taskGauges.map(
    ({ name, help }) => new Gauge({ name, help, labelNames: ['task'], registers }),
  );

  function collectTasks(): void {
    const counts = new Map<string, number>(taskStates.map((state) => [state, 0]));
    for (const gauge of perTask) gauge.reset();
    let seen = 0;
    for (const task of allTasks(engine)) {
      counts.set(task.state, (counts.get(task.state) ?? 0) + 1);
      const progress = seen++ < mostLabelledTasks ? engine.tasks.progress(task.id) : undefined;
      if (!progress) continue;
      taskGauges.forEach(({ value }, index) => {
        const number = value(progress);
        if (number !== undefined) perTask[index]?.set({ task: task.id }, number);
      });
    }
    for (const [state, count] of counts) states.set({ state }, count);
  }

  return {
    contentType: registry.contentType,
    scrape() {
      collectTasks();
      return registry.metrics();
    },
    request({ method, path, status, seconds }) {
      durations.observe(
        {
          method: methods.has(method) ? method : 'other',
          route: routes.has(path) ? path : 'other',
          status: String(status),
        },
        seconds,
      );
    },
    operation: (kind, outcome) => operations.inc({ kind, outcome }),
  };
}

type Progress = NonNullable<ReturnType<Engine['tasks']['progress']>>;

/** Kept by the engine over restarts, so they are shown as they are and not counted again here. */
const taskGauges: readonly { name: string; help: string; value(progress: Progress): number | undefined }[] = [
  {
    name: 'opendts_task_lag_seconds',
    help: 'Age of the oldest change that is recorded and not applied; grows while the source is out of reach.',
    value: ({ lagMillis }) => (lagMillis === undefined ? undefined : lagMillis / 1000),
  },
  {
    name: 'opendts_task_lag_bytes',
    help: 'Bytes recorded and not yet applied.',
    value: ({ lagBytes }) => lagBytes,
  },
  {
    name: 'opendts_task_rows_copied',
    help: 'Rows that the full load has copied.',
    value: ({ rowsCopied }) => rowsCopied,
  },
  {
    name: 'opendts_task_bytes_copied',
    help: 'Bytes that the full load has copied.',
    value: ({ bytesCopied }) => bytesCopied,
  },
  {
    name: 'opendts_task_changes_captured',
    help: 'Row changes recorded.',
    value: ({ changesCaptured }) => changesCaptured,
  },
  {
    name: 'opendts_task_changes_applied',
    help: 'Row changes applied, without those that the copy of their table held already.',
    value: ({ changesApplied }) => changesApplied,
  },
  {
    name: 'opendts_task_rows_missing',
    help: 'Rows that changes did not find at the target.',
    value: ({ rowsMissing }) => rowsMissing,
  },
];

function* allTasks(engine: Engine): Generator<Task> {
  let afterId: string | undefined;
  for (;;) {
    const { items, hasMore } = engine.tasks.list({}, { first: 100, afterId });
    yield* items;
    afterId = items.at(-1)?.id;
    if (!hasMore || afterId === undefined) return;
  }
}
