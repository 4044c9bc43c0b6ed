import type { Clock } from '../core/clock.ts';
import type { PositionOrder } from '../core/position.ts';
import type { Bottleneck, PhaseName, TaskProgress } from '../core/task.ts';
import type { ChangeLog } from './change-log/change-log.ts';
import type { Meter } from './run/meter.ts';
import type { TaskPort } from './run/task-port.ts';
import type { RunPhases } from './run-phases.ts';
import type { TableRegistry } from './tables/table-registry.ts';

interface ReportParts {
  readonly phases: RunPhases;
  readonly registry: TableRegistry;
  readonly meter: Meter;
  readonly log: ChangeLog;
  readonly port: TaskPort;
  readonly clock: Clock;
  readonly positions: PositionOrder;
}

const REPORT_MILLIS = 500;
const SAVE_MILLIS = 2000;
/** A task that lags more is not ready to complete any more. */
const FELL_BEHIND_MILLIS = 60_000;

export interface ProgressReports {
  /** Tells at once: before something is told that the numbers must not lag behind. */
  now(): void;
  stop(): Promise<void>;
}

/** Tells the port how the task does, twice a second, and saves counters now and then. */
export function startProgressReports(parts: ReportParts): ProgressReports {
  let savedAt = parts.clock.now();
  const tick = async () => {
    const progress = progressOf(parts);
    parts.port.progress(progress);
    if ((progress.lagMillis ?? 0) > FELL_BEHIND_MILLIS) parts.port.fellBehind();
    if (parts.clock.now() - savedAt < SAVE_MILLIS) return;
    savedAt = parts.clock.now();
    await save(parts);
  };
  const now = () => parts.port.progress(progressOf(parts));
  let last: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    last = last.then(tick).catch(() => undefined);
  }, REPORT_MILLIS);
  return {
    now,
    async stop() {
      clearInterval(timer);
      await last;
      now();
      await save(parts).catch(() => undefined);
    },
  };
}

async function save({ registry, phases, meter }: ReportParts): Promise<void> {
  await registry.saveCounters();
  const { changesCaptured, changesApplied, rowsMissing } = meter;
  const totals = { changesCaptured, changesApplied, rowsMissing };
  if (JSON.stringify(totals) !== JSON.stringify(phases.run.totals)) await phases.save({ totals });
}

export function progressOf({ phases, registry, meter, log, positions }: ReportParts): TaskProgress {
  const tables = registry.all();
  const rowsCopied = sum(tables.map((t) => t.rowsCopied));
  const bytesCopied = sum(tables.map((t) => t.bytesCopied));
  const copying = tables.filter((t) => t.state === 'PENDING' || t.state === 'COPYING');
  const copied = tables.filter((t) => t.state !== 'PENDING' && t.state !== 'COPYING');
  // Statistics are rough: a finished table counts what it had, an open one at least what is copied of it.
  const rowsTotal =
    sum(copied.map((t) => t.rowsCopied)) + sum(copying.map((t) => Math.max(t.estimatedRows, t.rowsCopied)));
  const rowsPerSecond = meter.rows.perSecond();
  const share = rowsTotal === 0 ? 1 : rowsCopied / rowsTotal;
  const percentOf = (name: PhaseName) => (name === 'FULL_LOAD' ? Math.min(99.9, share * 100) : 0);
  const etaOf = (name: PhaseName) =>
    name === 'FULL_LOAD' && rowsPerSecond > 0
      ? Math.round((rowsTotal - rowsCopied) / rowsPerSecond)
      : undefined;
  const applied = meter.appliedOffset ?? log.begins();
  return {
    phase: phases.current,
    phases: phases.report(percentOf, etaOf),
    rowsCopied,
    rowsTotal,
    bytesCopied,
    // A crash may have lost more of the one count than of the other.
    changesCaptured: Math.max(meter.changesCaptured, meter.changesApplied),
    changesApplied: meter.changesApplied,
    rowsMissing: meter.rowsMissing,
    rowsPerSecond,
    bytesPerSecond: meter.bytes.perSecond(),
    transactionsPerSecond: meter.transactions.perSecond(),
    lagMillis: meter.lag.millis,
    lagBytes: Number(log.durable().offset - applied),
    bottleneck: bottleneckOf(phases.current, meter),
    capturedPosition: meter.captured && positions.describe(meter.captured),
    appliedPosition: meter.applied && positions.describe(meter.applied),
  };
}

/** Below it an applying task keeps up, and waits for nothing but the next change. */
const KEEPS_UP_MILLIS = 2000;

function bottleneckOf(phase: PhaseName | undefined, meter: Meter): Bottleneck {
  const longest = meter.waits.longest();
  const keepsUp = phase !== 'FULL_LOAD' && (meter.lag.millis ?? 0) < KEEPS_UP_MILLIS;
  return keepsUp ? 'NONE' : longest;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
