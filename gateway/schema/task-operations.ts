import type { Tasks } from '../../engine/index.ts';
import { builder } from './builder.ts';
import {
  ConflictRefusal,
  InvalidInputRefusal,
  InvalidStateRefusal,
  NotFoundRefusal,
  PrecheckFailedRefusal,
} from './errors.ts';
import { expectedVersion, id, idempotencyKey } from './inputs.ts';
import { perform } from './perform.ts';
import { TaskType } from './task.ts';

const TaskOperationInput = builder.inputType('TaskOperationInput', {
  description: 'Which task to operate.',
  fields: (t) => ({
    id: id(t, 'task'),
    expectedVersion: expectedVersion(t),
    idempotencyKey: idempotencyKey(t),
  }),
});

type Operation = 'runPrecheck' | 'start' | 'pause' | 'resume' | 'stop' | 'complete';
type OperationOf = (tasks: Tasks) => Tasks[Operation];

/** Operations that answer at once with the new desired state; what follows is seen by taskEvents and taskProgress. */
const operations = {
  runPrecheck: {
    operate: (tasks) => tasks.runPrecheck,
    description: 'Checks both ends. The report appears as precheckReport.',
  },
  startTask: {
    operate: (tasks) => tasks.start,
    description: 'Starts a task whose precheck passed.',
  },
  pauseTask: {
    operate: (tasks) => tasks.pause,
    description: 'Pauses a running task at its next checkpoint. It keeps its place.',
  },
  resumeTask: {
    operate: (tasks) => tasks.resume,
    description: 'Lets a paused task go on from its checkpoint.',
  },
  stopTask: {
    operate: (tasks) => tasks.stop,
    description: 'Ends a task at its next checkpoint. What is at the target stays.',
  },
  completeTask: {
    operate: (tasks) => tasks.complete,
    description:
      'Makes the cutover of a task that has caught up: applies the rest, creates triggers and events, ends.',
  },
} satisfies Record<string, { operate: OperationOf; description: string }>;

for (const [name, { operate, description }] of Object.entries(operations)) {
  builder.mutationField(name, (t) =>
    t.field({
      type: TaskType,
      description,
      authScopes: { operate: true },
      errors: {
        types: [
          InvalidInputRefusal,
          NotFoundRefusal,
          ConflictRefusal,
          InvalidStateRefusal,
          PrecheckFailedRefusal,
        ],
        union: {
          name: `${name.charAt(0).toUpperCase()}${name.slice(1)}Result`,
          description: 'The task as it is now, or why it was refused.',
        },
      },
      args: { input: t.arg({ type: TaskOperationInput, required: true, description: 'Which task.' }) },
      resolve: (_root, { input }, ctx) => {
        const { tasks } = ctx.engine;
        return perform(ctx, {
          operation: name,
          input,
          before: tasks.get(input.id) ?? { id: input.id },
          work: () => operate(tasks).call(tasks, input.id, input.expectedVersion ?? undefined),
          after: (task) => task,
        });
      },
    }),
  );
}

const DestroyedTask = builder.objectRef<{ id: string }>('DestroyedTask').implement({
  description: 'A task that is gone.',
  fields: (t) => ({ id: t.exposeID('id', { description: 'The id it had.' }) }),
});

builder.mutationField('destroyTask', (t) =>
  t.field({
    type: DestroyedTask,
    description:
      'Removes a task that does not run, its recorded changes and its checkpoint at the target. The data at the target stays.',
    authScopes: { operate: true },
    errors: {
      types: [NotFoundRefusal, ConflictRefusal, InvalidStateRefusal],
      union: {
        name: 'DestroyTaskResult',
        description: 'The id of the task that is gone, or why it was refused.',
      },
    },
    args: { input: t.arg({ type: TaskOperationInput, required: true, description: 'Which task.' }) },
    resolve: (_root, { input }, ctx) =>
      perform(ctx, {
        operation: 'destroyTask',
        input,
        before: ctx.engine.tasks.get(input.id) ?? { id: input.id },
        work: async () => {
          await ctx.engine.tasks.destroy(input.id, input.expectedVersion ?? undefined);
          return { id: input.id };
        },
        after: ({ id }) => ({ id }),
      }),
  }),
);
