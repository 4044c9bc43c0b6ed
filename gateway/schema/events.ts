import { DtsError, type TaskEvent, type TaskProgress } from '../../engine/index.ts';
import { builder } from './builder.ts';
import { EventKindEnum, PhaseNameEnum, TaskStateEnum } from './enums.ts';
import { Failure } from './errors.ts';
import { ProgressType } from './progress.ts';
import * as rules from './rules.ts';

const TaskEventType = builder.objectRef<TaskEvent>('TaskEvent').implement({
  description: 'Something that happened to a task, kept until the task is destroyed.',
  fields: (t) => ({
    seq: t.expose('seq', {
      type: 'BigInt',
      description: 'Its number, growing over the whole service: give the last one back as `after`.',
    }),
    taskId: t.exposeID('taskId', { description: 'The task.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    kind: t.expose('kind', { type: EventKindEnum, description: 'What it tells.' }),
    message: t.exposeString('message', { description: 'What happened.' }),
    state: t.field({
      type: TaskStateEnum,
      nullable: true,
      description: 'State that the task came to.',
      resolve: ({ state }) => state ?? null,
    }),
    phase: t.field({
      type: PhaseNameEnum,
      nullable: true,
      description: 'Phase that it is about.',
      resolve: ({ phase }) => phase ?? null,
    }),
    object: t.string({
      nullable: true,
      description: 'Database object that it is about.',
      resolve: ({ object }) => object ?? null,
    }),
    error: t.field({
      type: Failure,
      nullable: true,
      description: 'The failure that it is about.',
      resolve: ({ error }) => error ?? null,
    }),
  }),
});

builder.queryField('taskEvents', (t) =>
  t.field({
    type: [TaskEventType],
    nullable: true,
    description: 'Events after a number, oldest first. To follow them, subscribe to taskEvents.',
    authScopes: { read: true },
    args: {
      taskId: t.arg.id({ required: false, description: 'Only of this task.', validate: rules.objectId }),
      after: t.arg({
        type: 'BigInt',
        required: false,
        description: '`seq` of the last event that is known; absent for the oldest.',
        validate: rules.sequence,
      }),
      first: t.arg.int({
        required: true,
        defaultValue: 20,
        description: 'Most events to return: 1 to 100.',
        validate: rules.pageSize,
      }),
    },
    complexity: ({ first }) => ({ field: 1, multiplier: first }),
    resolve: (_root, { taskId, after, first }, { engine }) =>
      engine.events.list({ taskId: taskId ?? undefined, after: after ?? 0, first }),
  }),
);

builder.subscriptionField('taskEvents', (t) =>
  t.field({
    type: TaskEventType,
    description:
      'Events after a number, oldest first, then new ones as they come: none lost, none twice. After a break, subscribe again with the last `seq`.',
    authScopes: { read: true },
    args: {
      after: t.arg({
        type: 'BigInt',
        required: false,
        description: '`seq` of the last event that is known; absent for the oldest.',
        validate: rules.sequence,
      }),
      taskId: t.arg.id({ required: false, description: 'Only of this task.', validate: rules.objectId }),
    },
    subscribe: (_root, { after, taskId }, { engine, streams, actor, request }) => {
      if (taskId != null && engine.tasks.get(taskId) === undefined) throw unknownTask(taskId);
      return streams.run(actor, request.signal, Date.now(), (signal) =>
        engine.events.follow({ after: after ?? 0, taskId: taskId ?? undefined, signal }),
      );
    },
    resolve: (event: TaskEvent) => event,
  }),
);

builder.subscriptionField('taskProgress', (t) =>
  t.field({
    type: ProgressType,
    description:
      'The numbers of a task, the latest at each tick; values between ticks are dropped. Ends when the task is destroyed.',
    authScopes: { read: true },
    args: {
      id: t.arg.id({ required: true, description: 'The task.', validate: rules.objectId }),
      perSecond: t.arg.float({
        required: true,
        defaultValue: 1,
        description: 'Most values per second: 0.1 to 10.',
        validate: rules.perSecond,
      }),
    },
    subscribe: (_root, { id, perSecond }, { engine, streams, actor, request }) => {
      if (engine.tasks.get(id) === undefined) throw unknownTask(id);
      return streams.run(actor, request.signal, Date.now(), (signal) =>
        engine.tasks.watchProgress(id, perSecond, signal),
      );
    },
    resolve: (progress: TaskProgress) => progress,
  }),
);

const unknownTask = (id: string) => new DtsError('NOT_FOUND', `No task has the id ${id}.`);
