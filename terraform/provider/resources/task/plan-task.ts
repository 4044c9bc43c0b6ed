import type { Connection } from '../../connection.ts';
import type { TaskKind } from '../../gateway/tasks.ts';
import type { PlanContext } from '../../protocol/contracts/context.ts';
import type { Path } from '../../protocol/contracts/diagnostics.ts';
import type { PlanRequest, PlanResult } from '../../protocol/contracts/resource.ts';
import { isUnknown, UNKNOWN, Unknown } from '../../protocol/values/unknown.ts';
import { previewOf } from './plan-precheck.ts';
import { isSameSelection } from './selection.ts';
import { needOf, type Status } from './status.ts';
import { foreseeTask } from './task-name.ts';
import type { TaskAttributes, TaskStateValues } from './task-state.ts';

type Request = PlanRequest<TaskAttributes>;
type Planned = Request['planned'];

/** Remembers what the coarse status does not tell: that no operation brings the task back. */
export const LOST = 'lost';

/** What the schema cannot say of a task's plan: repair of what is not as desired, replacement, and the precheck. */
export async function planTask(
  kind: TaskKind,
  request: Request,
  context: PlanContext<Connection>,
): Promise<PlanResult<TaskAttributes>> {
  const { prior, planned } = request;
  if (prior === null) {
    const known = knownWork(planned);
    const { name } = planned;
    const isTaken = !isUnknown(name) && (await foreseeTask(kind, name, known, context));
    // One of that name is what this plan goes on with, or what it replaces: its tables are at the target already.
    if (known !== undefined && !isTaken) await previewOf(kind, known, context);
    return { planned };
  }
  context.client?.ownership.hold(prior.id);
  if (request.requiresReplace.length > 0) return { planned };
  return await planChange(kind, { prior, planned }, context);
}

async function planChange(
  kind: TaskKind,
  { prior, planned }: { readonly prior: TaskStateValues; readonly planned: Planned },
  context: PlanContext<Connection>,
): Promise<PlanResult<TaskAttributes>> {
  const started = prior.status !== 'not_started';
  const moved = (['source_id', 'target_id'] as const).filter((end) => planned[end] !== prior[end]);
  if (started && moved.length > 0) return { planned, requiresReplace: moved.map((end): Path => [end]) };
  const known = knownWork(planned);
  const reselected = known !== undefined && !isSameSelection(known.databases, prior.databases);
  const modifiable = kind === 'SYNCHRONIZATION' && !isOver(prior, context);
  if (started && reselected && !modifiable) refuseSelection(prior, context);
  if (started && reselected && modifiable) await previewOf(kind, { ...known, addedTo: prior.id }, context);
  if (!started && known !== undefined && (reselected || moved.length > 0))
    await previewOf(kind, known, context);
  return { planned: withRepair(prior, planned, context) };
}

/** Whether the task has ended, so that it works no more. */
const isOver = ({ status }: TaskStateValues, { privateState }: PlanContext<Connection>): boolean =>
  status === 'stopped' || privateState.get(LOST) === true;

function refuseSelection({ id, status }: TaskStateValues, { diagnostics }: PlanContext<Connection>): void {
  diagnostics.error({
    summary: 'The objects of the task cannot be changed any more',
    detail: `Task ${id} is ${status}. What a migration carries is fixed once it was started, and what any task carries once it has ended. Carry further tables with a task of their own; or copy everything again with -replace. Nothing is replaced unless you say so.`,
    path: ['databases'],
  });
}

/** The status is planned to change when operations can bring the task to what is desired. */
function withRepair(
  prior: TaskStateValues,
  planned: Planned,
  { privateState, diagnostics }: PlanContext<Connection>,
): Planned {
  const desired = planned.desired_status;
  if (isUnknown(desired)) return planned;
  const lost = privateState.get(LOST) === true && desired === 'running';
  const need = lost ? 'lost' : needOf(desired, prior.status as Status);
  if (need === 'repair') return { ...planned, status: UNKNOWN, status_reason: UNKNOWN };
  if (need === 'lost') {
    diagnostics.warning({
      summary: 'The task can never run again',
      detail: `Task ${prior.id} is ${prior.status}. ${prior.status_reason ?? ''} Replace it, with -replace, to copy again; or set desired_status to "stopped".`,
      path: ['desired_status'],
    });
  }
  return planned;
}

/** What the task is to do, once all of it is known. */
export type KnownWork = Pick<TaskStateValues, 'name' | 'source_id' | 'target_id' | 'databases' | 'options'>;

function knownWork({ name, source_id, target_id, databases, options }: Planned): KnownWork | undefined {
  const work = { name, source_id, target_id, databases, options };
  return isWhollyKnown(work) ? (work as KnownWork) : undefined;
}

function isWhollyKnown(value: unknown): boolean {
  if (value instanceof Unknown) return false;
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(isWhollyKnown);
}
