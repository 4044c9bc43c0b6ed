import type { Connection } from '../../connection.ts';
import { hasCode } from '../../gateway/gateway-error.ts';
import { describeItem, type PrecheckItem, previewPrecheck } from '../../gateway/prechecks.ts';
import type { TaskKind } from '../../gateway/tasks.ts';
import type { PlanContext } from '../../protocol/contracts/context.ts';
import type { Finding, Path } from '../../protocol/contracts/diagnostics.ts';
import { sentences } from '../../protocol/contracts/sentences.ts';
import { located } from './field-path.ts';
import { type FormerTask, isWorthKeeping } from './former-task.ts';
import { optionsOf } from './options.ts';
import { selectionOf } from './selection.ts';
import type { KnownWork } from './task-state.ts';

const TIMEOUT_SECONDS = 20;
const OTHER_TASKS = 'target.other_tasks';

interface PlannedWork extends KnownWork {
  /** The task, where there is one whose work is changed. */
  readonly id?: string | undefined;
  /** A task that carries the rest of it. */
  readonly addedTo?: string | undefined;
  /** A task that is there still and would be removed for it. */
  readonly replaces?: FormerTask | undefined;
  /** That another task has its name. */
  readonly holder?: Finding | undefined;
  /** It takes the place of one that somebody has destroyed: what is found is warned of, so that a destroy that begins with this plan goes on. */
  readonly isHealed?: boolean | undefined;
}

/** Tells what the precheck of a task would find, while its plan is made. */
export async function previewOf(
  kind: TaskKind,
  work: PlannedWork,
  { client, signal, diagnostics }: PlanContext<Connection>,
): Promise<void> {
  if (client === undefined || client.planPrecheck === 'off') return;
  const told = client.planPrecheck === 'error' && work.isHealed !== true ? 'error' : 'warning';
  const ends = (['source_id', 'target_id'] as const).filter((end) => client.changingEndpoints.has(work[end]));
  if (ends.length > 0) {
    const { replaces } = work;
    if (replaces !== undefined && isWorthKeeping(replaces))
      diagnostics[told](uncheckedReplacement(ends, replaces));
    else diagnostics.warning(unchecked(ends, work));
    return;
  }
  const input = {
    kind,
    sourceId: work.source_id,
    targetId: work.target_id,
    objects: { databases: selectionOf(work.databases) },
    options: optionsOf(work.options),
    timeoutSeconds: TIMEOUT_SECONDS,
    addedTo: work.addedTo,
    insteadOf: work.id ?? removedFor(work),
  };
  try {
    const items = await located(() => previewPrecheck(client.gateway, input, signal));
    for (const item of items.filter(({ grade }) => grade === 'FAIL')) {
      if (item.name !== OTHER_TASKS) {
        for (const finding of findingsOf(item, work)) diagnostics[told](finding);
      } else if (work.holder === undefined) {
        // Whoever has its name stands in its way before.
        diagnostics.warning(inTheWay(item, work));
      }
    }
    const doubts = items.filter(({ grade }) => grade === 'WARNING');
    if (doubts.length > 0) diagnostics.warning(doubtsFinding(doubts, work));
  } catch (error) {
    if (!hasCode(error, 'DEADLINE_EXCEEDED', 'FORBIDDEN')) throw error;
    diagnostics.warning({
      summary: 'The precheck could not be made while planning',
      detail: sentences(
        `${error.finding.detail}\n\nIt is made when the plan is applied. Set plan_precheck = "off" in the provider to leave it out of plans.`,
        nameOf(work),
      ),
    });
  }
}

/** An abandoned task stays, and works on. */
const removedFor = ({ replaces }: PlannedWork): string | undefined =>
  replaces?.policy === 'abandon' ? undefined : replaces?.id;

/** The task that it is about; of one that is still to be made there is nothing to tell. */
const nameOf = ({ id, replaces }: Pick<PlannedWork, 'id' | 'replaces'>): string => {
  const known = id ?? replaces?.id;
  return known === undefined ? '' : `Task: ${known}.`;
};

type Ends = readonly ('source_id' | 'target_id')[];

/** The service would ask with the connection that this plan changes, and what is wrong with that may be why. */
const unchecked = (ends: Ends, work: PlannedWork): Finding => ({
  summary: 'The precheck is left to the apply',
  detail: sentences(
    `This plan changes the endpoint of ${ends.join(' and ')}, and the service can ask the server only when that is done. The apply checks then, and refuses what the precheck finds.`,
    nameOf(work),
  ),
  path: ends.slice(0, 1),
});

const uncheckedReplacement = (ends: Ends, { id }: FormerTask): Finding => ({
  summary: 'The task is replaced before its precheck could be made',
  detail: `This plan changes the endpoint of ${ends.join(' and ')}, so what replaces task ${id} can be checked only when that one is gone. First apply the change of the endpoint alone, without the replacement or with -target. Or set plan_precheck = "warn" in the provider. Code: PRECHECK_FAILED.`,
  path: ends.slice(0, 1),
});

/** What a check found, for each database at its own path. */
function findingsOf(item: PrecheckItem, work: PlannedWork): readonly Finding[] {
  const { databases, holder } = work;
  // Its rows are those that are found.
  if (item.name === 'target.conflicts' && holder !== undefined) return [holder];
  const byPath = Map.groupBy(item.objects, (object) => databaseOf(object, Object.keys(databases)));
  if (byPath.size === 0) byPath.set(undefined, []);
  return [...byPath].map(([database, objects]) =>
    findingOf({ ...item, objects }, pathOf(item.name, database), work),
  );
}

function findingOf(item: PrecheckItem, path: Path | undefined, work: PlannedWork): Finding {
  const { replaces, isHealed } = work;
  const remedy = sentences(
    replaces === undefined ? '' : 'The task that would be replaced is left as it is.',
    isHealed === true
      ? 'Somebody has destroyed the task. The apply makes another one and checks again: until it is repaired that one does not begin.'
      : 'Repair it and plan again, or set plan_precheck = "warn" in the provider. A destroy that begins with this plan wants -refresh=false.',
  );
  return {
    summary: `The precheck would fail at ${item.name}`,
    detail: `${sentences(describeItem(item), hints[item.name])}\n\n${sentences(remedy, nameOf(work), 'Code: PRECHECK_FAILED.')}`,
    path,
  };
}

/** What other tasks do when the plan is applied it cannot know: this very plan may end one. */
const inTheWay = (item: PrecheckItem, work: PlannedWork): Finding => ({
  summary: `The precheck would fail at ${item.name}`,
  detail: `${describeItem(item)}\n\n${sentences('It is checked again when the plan is applied, and is well where the other task is over by then. Else the task is made and does not begin, and one that is there takes nothing in: then stop the other task, or leave the tables out of one, and apply again.', nameOf(work))}`,
  path: pathOf(item.name, databaseAmong(item, work)),
});

/** What the remedies of the service are called here. */
const hints: Readonly<Record<string, string>> = {
  'target.conflicts': 'That mode is options.conflict_mode = "ignore".',
};

const doubtsFinding = (items: readonly PrecheckItem[], work: PlannedWork): Finding => ({
  summary: 'The precheck would pass with warnings',
  detail: [...items.map((item) => `- ${describeItem(item)}`), nameOf(work)].join('\n').trim(),
});

/** The database that an object is, or is of. */
const databaseOf = (object: string, databases: readonly string[]): string | undefined =>
  databases.find((each) => object === each || object.startsWith(`${each}.`));

const databaseAmong = ({ objects }: PrecheckItem, { databases }: PlannedWork): string | undefined =>
  objects.map((object) => databaseOf(object, Object.keys(databases))).find((each) => each !== undefined);

/** What is about no database is about one of the ends. */
function pathOf(name: string, database: string | undefined): Path | undefined {
  if (database !== undefined) return ['databases', database];
  if (name.startsWith('source.')) return ['source_id'];
  return name.startsWith('target.') ? ['target_id'] : undefined;
}
