import { type Connection, define } from '../connection.ts';
import { taskProgress as askProgress, type TaskProgress } from '../gateway/task-progress.ts';
import { finerState, type KeptTask } from '../kept-records.ts';
import { checkId } from '../names.ts';
import type { DataSource } from '../protocol/contracts/data-source.ts';
import { ProviderError } from '../protocol/contracts/diagnostics.ts';
import { defineSchema } from '../protocol/schema/define.ts';
import type { State } from '../protocol/schema/values-of.ts';
import { numericOf } from '../protocol/values/numeric.ts';

const count = (description: string) =>
  ({
    type: 'number',
    computed: true,
    nullable: true,
    description: `${description} It is null before the first start.`,
  }) as const;

const schema = defineSchema({
  description:
    'The numbers of a task as they are now. They change from plan to plan: that is why they are no part of the resource. Of a migration that is gone and stays in the state there are none: they are null.',
  attributes: {
    task_id: { type: 'string', required: true, check: checkId, description: 'The task.' },
    state: { type: 'string', computed: true, description: 'State of the task, such as `running`.' },
    phase: {
      type: 'string',
      computed: true,
      nullable: true,
      description:
        'The phase that decides when it gets on, such as `full_load`. It is null before the first start.',
    },
    percent: {
      type: 'number',
      computed: true,
      description: 'How far that phase is, 0 to 100; 0 before the first start and 100 at the end.',
    },
    rows_copied: count('Rows that the full load has copied.'),
    rows_total: count("Rows to copy: by the source's statistics until the full load is done, then exact."),
    bytes_copied: count('Bytes that the full load has copied.'),
    changes_captured: count('Row changes recorded.'),
    changes_applied: count('Row changes applied.'),
    rows_per_second: count('Rows copied or changed per second.'),
    lag_bytes: count('Bytes recorded and not yet applied.'),
    lag_seconds: {
      type: 'number',
      computed: true,
      nullable: true,
      description:
        'How far the target is behind, seconds. It is null until changes are applied, and for a task at rest.',
    },
    bottleneck: {
      type: 'string',
      computed: true,
      nullable: true,
      description: 'The stage that the others wait for, such as `source`, `target` or `none`.',
    },
    captured_position: {
      type: 'string',
      computed: true,
      nullable: true,
      description: "Where in the source's log everything is recorded up to.",
    },
    applied_position: {
      type: 'string',
      computed: true,
      nullable: true,
      description: "Where in the source's log everything is at the target up to.",
    },
    phases: {
      nesting: 'list',
      computed: true,
      description: 'All phases in their order.',
      attributes: {
        name: { type: 'string', computed: true, description: 'Which phase, such as `full_load`.' },
        state: {
          type: 'string',
          computed: true,
          description: 'How far it is: `pending`, `running`, `done`, `failed` or `skipped`.',
        },
        percent: { type: 'number', computed: true, description: 'The same as a number, 0 to 100.' },
        eta_seconds: {
          type: 'number',
          computed: true,
          nullable: true,
          description: 'Time until it ends at the present pace, seconds.',
        },
      },
    },
  },
});

const source: DataSource<typeof schema.attributes, Connection> = {
  schema,
  async read({ task_id: id }, { client, signal }) {
    const task = await askProgress(client.gateway, id, signal);
    if (task === null) {
      const kept = client.records.task({ id, name: null });
      if (kept !== undefined) return progressState(progressOf(kept));
      throw new ProviderError({
        code: 'NOT_FOUND',
        summary: 'There is no such task',
        detail: `The service has no task ${id}. Check whether it was destroyed.`,
        path: ['task_id'],
      });
    }
    return progressState(task);
  },
};

/** What is told of a task. 64-bit numbers keep all their digits. */
export function progressState(task: TaskProgress): State<typeof schema.attributes> {
  const { id, progress, position, phases } = task;
  const number = (text: string | undefined) => (text === undefined ? null : numericOf(text));
  return {
    task_id: id,
    state: task.state.toLowerCase(),
    phase: task.phase?.toLowerCase() ?? null,
    percent: percentOf(task),
    rows_copied: number(progress?.rowsCopied),
    rows_total: number(progress?.rowsTotal),
    bytes_copied: number(progress?.bytesCopied),
    changes_captured: number(progress?.changesCaptured),
    changes_applied: number(progress?.changesApplied),
    rows_per_second: progress?.rowsPerSecond ?? null,
    lag_bytes: number(progress?.lagBytes),
    lag_seconds: progress?.lagMillis == null ? null : numericOf(`${progress.lagMillis}e-3`),
    bottleneck: progress?.bottleneck.toLowerCase() ?? null,
    captured_position: position.captured,
    applied_position: position.applied,
    phases: phases.map(({ name, state, percent, etaSeconds }) => ({
      name: name.toLowerCase(),
      state: state.toLowerCase(),
      percent,
      eta_seconds: etaSeconds,
    })),
  };
}

export const taskProgress = define.dataSource(source);

/** Of a task that is gone there are no numbers any more. */
const progressOf = ({ id, status }: KeptTask): TaskProgress => ({
  ...{ id, state: finerState(status).toUpperCase(), phase: null, phases: [] },
  ...{ position: { captured: null, applied: null }, progress: null },
});

function percentOf({ state, phase, phases }: TaskProgress): number {
  if (state === 'COMPLETED') return 100;
  return phases.find(({ name }) => name === phase)?.percent ?? 0;
}
