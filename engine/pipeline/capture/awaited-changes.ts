import type { ChangeLog } from '../change-log/change-log.ts';
import type { Meter } from '../run/meter.ts';
import type { RunPhases } from '../run-phases.ts';

/** With so much to be applied first, nobody waits for what is captured now. */
const BEHIND_BYTES = 1024n * 1024n;

/** Whether changes are applied as they come: the copy is done, and little of the change log is left. */
export function areChangesAwaited(run: { phases: RunPhases; meter: Meter; log: ChangeLog }): boolean {
  if (!run.phases.isDone('FULL_LOAD')) return false;
  const applied = run.meter.appliedOffset ?? run.log.begins();
  return run.log.durable().offset - applied < BEHIND_BYTES;
}
