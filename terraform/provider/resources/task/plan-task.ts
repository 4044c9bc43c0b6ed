import type { Connection } from '../../connection.ts';
import type { TaskKind } from '../../gateway/tasks.ts';
import type { PlanContext, PrivateState } from '../../protocol/contracts/context.ts';
import type { Path } from '../../protocol/contracts/diagnostics.ts';
import type { PlanRequest, PlanResult } from '../../protocol/contracts/resource.ts';
import { sentences } from '../../protocol/contracts/sentences.ts';
import { isUnknown, UNKNOWN, Unknown } from '../../protocol/values/unknown.ts';
import { AWAITED } from './awaited.ts';
import { CLEAR_THE_TARGET, REFUSED_WISH, REPLACE_LOST } from './copy-again.ts';
import { abandonedTaskStays, abandonedUnder, isKept, runningTaskStays } from './deletion-policy.ts';
import { planSuccession, planToGoOnWith } from './departure.ts';
import { copiedTaskStays, isGone } from './finished-task.ts';
import { leaveFormer, takeFormer } from './former-task.ts';
import { keeperOf, refusalOf } from './kept-name.ts';
import { finerNoted } from './noted-state.ts';
import { previewOf } from './plan-precheck.ts';
import { isSameSelection } from './selection.ts';
import { changesOnlySettings } from './settings.ts';
import { needOf, type Status } from './status.ts';
import { foreseeTask, foreseeTaskRename } from './task-name.ts';
import type { KnownWork, TaskAttributes, TaskStateValues } from './task-state.ts';

type Request = PlanRequest<TaskAttributes>;
type Planned = Request['planned'];

/** What the schema cannot say of a task's plan: repair of what is not as desired, replacement, and the precheck. */
export async function planTask(
  kind: TaskKind,
  request: Request,
  context: PlanContext<Connection>,
): Promise<PlanResult<TaskAttributes>> {
  const { prior, planned } = request;
  if (prior === null) {
    await planNew(kind, planned, context);
    return { planned };
  }
  const { client, privateState } = context;
  const isRenamed = !isUnknown(planned.name) && planned.name !== prior.name;
  client?.ownership.hold(prior.id);
  client?.ownership.keepsName(
    prior.id,
    isRenamed || isGone(privateState) ? undefined : abandonedUnder(prior),
    'plan',
  );
  if (!isGone(privateState)) leaveFormer(prior, privateState);
  if (request.requiresReplace.length > 0) return { planned };
  if (!isUnknown(planned.name) && isRenamed && !isGone(privateState))
    await foreseeTaskRename(prior.id, planned.name, context);
  return await planChange(kind, { prior, planned }, context);
}

/** A task in place of another is refused while that one must stay or keeps the name, or where its precheck would fail: nothing is removed for it. */
async function planNew(kind: TaskKind, planned: Planned, context: PlanContext<Connection>): Promise<void> {
  const former = takeFormer(context.privateState);
  const { name } = planned;
  planSuccession(context.privateState, isUnknown(name) ? undefined : name);
  if (former !== undefined && isKept(former.policy, former.status)) {
    context.diagnostics.error(runningTaskStays(former.id).finding);
    return;
  }
  if (former?.policy === 'abandon' && (isUnknown(name) || name === former.name)) {
    context.diagnostics.error(abandonedTaskStays(former));
    return;
  }
  const keeper = isUnknown(name) ? undefined : await keeperOf(name, context);
  if (keeper !== undefined) {
    context.diagnostics.error(refusalOf(keeper));
    return;
  }
  const known = knownWork(planned);
  const foreseen =
    former === undefined && !isUnknown(name) ? await foreseeTask(kind, name, known, context) : undefined;
  if (foreseen?.left !== undefined) {
    // Its rows are at the target already.
    planToGoOnWith(context.privateState, foreseen.left.id);
    return;
  }
  const copied = foreseen?.holders.find(({ state }) => state === 'COMPLETED');
  if (copied !== undefined) {
    context.diagnostics.error(copiedTaskStays(copied));
    return;
  }
  if (known === undefined) return;
  const isHealed = !isUnknown(name) && context.client?.ownership.isMissing(name) === true;
  await previewOf(kind, { ...known, replaces: former, holder: foreseen?.taken, isHealed }, context);
}

async function planChange(
  kind: TaskKind,
  { prior, planned }: { readonly prior: TaskStateValues; readonly planned: Planned },
  context: PlanContext<Connection>,
): Promise<PlanResult<TaskAttributes>> {
  const moved = (['source_id', 'target_id'] as const).filter((end) => planned[end] !== prior[end]);
  const known = knownWork(planned);
  const reselected = known !== undefined && !isSameSelection(known.databases, prior.databases);
  const changes: Path[] = [...moved.map((end) => [end]), ...(reselected ? [['databases']] : [])];
  if (prior.status === 'not_started') {
    if (known !== undefined && changes.length > 0) await previewOf(kind, { ...known, id: prior.id }, context);
  } else if (isOver(prior, context)) {
    // Nothing that works is lost with it.
    if (changes.length > 0) return { planned, requiresReplace: changes };
  } else {
    // A task that is gone works with neither end.
    for (const end of isGone(context.privateState) ? [] : moved) {
      if (isUnknown(planned[end])) warnOfEnd(end, prior, context);
      else refuseEnd(end, prior, context);
    }
    if (reselected && kind === 'MIGRATION') refuseSelection(prior, context);
    else if (reselected && moved.length === 0)
      await previewOf(kind, { ...known, id: prior.id, addedTo: prior.id }, context);
  }
  return { planned: withStatus(prior, planned, context) };
}

/** Whether the task was ended before its work was done, and works no more. */
const isOver = ({ status }: TaskStateValues, { privateState }: PlanContext<Connection>): boolean =>
  status === 'stopped' || finerNoted(privateState) === 'lost';

function refuseSelection(
  prior: TaskStateValues,
  { diagnostics, privateState }: PlanContext<Connection>,
): void {
  diagnostics.error({
    summary: 'The objects of the task cannot be changed any more',
    detail: sentences(
      `Task ${prior.id} is ${prior.status}.`,
      'What a migration carries is fixed once it was started: to change it is to copy everything again.',
      ...remediesFor(prior, privateState),
    ),
    path: ['databases'],
  });
}

type End = 'source_id' | 'target_id';
const nameOf: Readonly<Record<End, string>> = { source_id: 'source', target_id: 'target' };

function refuseEnd(
  end: End,
  prior: TaskStateValues,
  { diagnostics, privateState }: PlanContext<Connection>,
): void {
  diagnostics.error({
    summary: `The ${nameOf[end]} of the task cannot be changed any more`,
    detail: sentences(
      `Task ${prior.id} is ${prior.status}.`,
      'Its ends are fixed once it was started: to change one is to copy everything again. Where a server has moved, change the address of its endpoint.',
      ...remediesFor(prior, privateState),
    ),
    path: [end],
  });
}

/** One that is not known yet may be the same: the plan that is made while it is applied tells. */
function warnOfEnd(end: End, prior: TaskStateValues, { diagnostics }: PlanContext<Connection>): void {
  diagnostics.warning({
    summary: `The ${nameOf[end]} of the task may become another one, which would be refused`,
    detail: `It is known only when the plan is applied. Task ${prior.id} is ${prior.status}, and its ends are fixed: the apply refuses any other than ${prior[end]}, and changes nothing. If the block of the endpoint was renamed, tell it by a "moved" block.`,
    path: [end],
  });
}

/** The precheck of the plan that replaces the task asks for a target without rows again. */
const remediesFor = ({ status }: TaskStateValues, privateState: PrivateState): readonly string[] => [
  'Carry something else with a task of its own.',
  ...(status === 'finished' || isGone(privateState)
    ? []
    : [
        'To copy everything again, first apply desired_status = "stopped" without this change: a change of a stopped task replaces it.',
        CLEAR_THE_TARGET,
      ]),
];

/**
 * The status is planned to change when operations can bring the task to what is desired, when it was waited for in vain, and when
 * something changes of which the service knows. What is planned otherwise leaves it as it is, so that nothing else changes with it.
 */
function withStatus(
  prior: TaskStateValues,
  planned: Planned,
  { privateState, diagnostics }: PlanContext<Connection>,
): Planned {
  const { status, status_reason } = prior;
  const unchanged = { ...planned, status, status_reason };
  const desired = planned.desired_status;
  if (isGone(privateState)) return unchanged;
  if (isUnknown(desired)) return planned;
  const need = needOf(desired, status as Status, finerNoted(privateState));
  const awaited = need === 'nothing' && privateState.get(AWAITED) === true;
  if (need === 'repair' || awaited) return { ...planned, status: UNKNOWN, status_reason: UNKNOWN };
  if (need === 'lost') {
    const isAsked = desired !== prior.desired_status;
    diagnostics[isAsked ? 'error' : 'warning']({
      summary: 'The task can never run again',
      detail: sentences(
        `Task ${prior.id} is ${status}.`,
        status_reason,
        isAsked ? REFUSED_WISH : REPLACE_LOST,
      ),
      path: ['desired_status'],
    });
  }
  return changesOnlySettings(prior, planned) && !waitsAnew(prior, planned) ? unchanged : planned;
}

/** Whether an apply waits for what none has waited for yet: the task may finish or fail meanwhile. One that works is started already. */
const waitsAnew = ({ status, wait_for: before }: TaskStateValues, { wait_for: now }: Planned): boolean =>
  status === 'running' && now !== before && now !== 'started';

function knownWork({ name, source_id, target_id, databases, options }: Planned): KnownWork | undefined {
  const work = { name, source_id, target_id, databases, options };
  return isWhollyKnown(work) ? (work as KnownWork) : undefined;
}

function isWhollyKnown(value: unknown): boolean {
  if (value instanceof Unknown) return false;
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(isWhollyKnown);
}
