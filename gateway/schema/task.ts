import {
  type Page,
  phaseNames,
  type TableProgress,
  type Task,
  type TaskOptions,
  type TaskProgress,
  type VendorStates,
  vendorStates,
} from '../../engine/index.ts';
import type { Context } from '../context.ts';
import { builder } from './builder.ts';
import { connectionOf, keyOf, pageArguments, pageComplexity } from './connection.ts';
import { EndpointType } from './endpoint.ts';
import { ConflictModeEnum, DesiredStateEnum, PhaseNameEnum, TaskKindEnum, TaskStateEnum } from './enums.ts';
import { Failure } from './errors.ts';
import { PrecheckReportType } from './precheck.ts';
import { PhaseType, PositionsType, ProgressType, positionsOf, TableProgressType } from './progress.ts';
import * as rules from './rules.ts';
import { ObjectSelectionType } from './selection.ts';

const TaskOptionsType = builder.objectRef<TaskOptions>('TaskOptions').implement({
  description: 'How a task does its work.',
  fields: (t) => ({
    retryConnectionMinutes: t.exposeInt('retryConnectionMinutes', {
      description: 'Minutes for which lost connections are retried before the task stops in ERROR.',
    }),
    retryOtherMinutes: t.exposeInt('retryOtherMinutes', {
      description: 'Minutes for which other passing failures are retried.',
    }),
    fullLoadParallelism: t.exposeInt('fullLoadParallelism', {
      description: 'Chunks copied at the same time.',
    }),
    chunkBytes: t.expose('chunkBytes', {
      type: 'BigInt',
      description: 'Size that chunks are cut to, bytes.',
    }),
    changeLogBytes: t.expose('changeLogBytes', {
      type: 'BigInt',
      description: 'Most bytes that recorded changes may take on disk; recording waits when they do.',
    }),
    groupBytes: t.expose('groupBytes', {
      type: 'BigInt',
      description: 'Most bytes of changes in one transaction at the target.',
    }),
    conflictMode: t.expose('conflictMode', {
      type: ConflictModeEnum,
      description: 'What to do when a table to be copied exists and has rows at the target.',
    }),
  }),
});

const TableProgressConnection = builder.connectionObject(
  { type: TableProgressType, name: 'TableProgressConnection', description: "A page of a task's tables." },
  { name: 'TableProgressEdge', description: 'A table on a page.' },
);

const progressOfTask = new WeakMap<Task, { readonly progress: TaskProgress | undefined }>();

/** Read once per task and answer: several fields show parts of it. */
function progressOf(task: Task, { engine }: Context): TaskProgress | undefined {
  const known = progressOfTask.get(task) ?? { progress: engine.tasks.progress(task.id) };
  progressOfTask.set(task, known);
  return known.progress;
}

const VendorStatesType = builder.objectRef<VendorStates>('VendorStates').implement({
  description: 'The names that the APIs of vendors show for the state of a task.',
  fields: (t) => ({
    tencent: t.exposeString('tencent', { description: 'By Tencent Cloud DTS.' }),
    alibaba: t.exposeString('alibaba', { description: 'By Alibaba Cloud DTS.' }),
  }),
});

export const TaskType = builder.objectRef<Task>('Task').implement({
  description: 'A migration or synchronization between two endpoints.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Made by the service; never changes.' }),
    name: t.exposeString('name', { description: 'Name for people.' }),
    kind: t.expose('kind', { type: TaskKindEnum, description: 'What it is for.' }),
    state: t.expose('state', { type: TaskStateEnum, description: 'Where it stands.' }),
    vendorStates: t.field({
      type: VendorStatesType,
      description: "What vendors' APIs call its state.",
      resolve: (task, _args, ctx) => vendorStates({ ...task, phase: progressOf(task, ctx)?.phase }),
    }),
    desiredState: t.expose('desiredState', {
      type: DesiredStateEnum,
      description: 'What the user wants it to be.',
    }),
    allowedOperations: t.stringList({
      description: 'Operations that its state allows now, by the names of their mutations.',
      // A repeat under an idempotency key may show a task that is gone.
      resolve: ({ id }, _args, { engine }) => (engine.tasks.get(id) ? [...engine.tasks.allowed(id)] : []),
    }),
    phase: t.field({
      type: PhaseNameEnum,
      nullable: true,
      description: 'The phase that decides when it gets on; null before its first start.',
      resolve: (task, _args, ctx) => progressOf(task, ctx)?.phase ?? null,
    }),
    phases: t.field({
      type: [PhaseType],
      description: 'All phases in their order.',
      complexity: { field: 1, multiplier: phaseNames.length },
      resolve: (task, _args, ctx) =>
        progressOf(task, ctx)?.phases ??
        phaseNames.map((name) => ({ name, state: 'PENDING' as const, percent: 0 })),
    }),
    progress: t.field({
      type: ProgressType,
      nullable: true,
      description: 'Its numbers; null before its first start. To follow them, subscribe to taskProgress.',
      resolve: (task, _args, ctx) => progressOf(task, ctx) ?? null,
    }),
    position: t.field({
      type: PositionsType,
      description: "Where it stands in its source's log.",
      resolve: (task, _args, ctx) => positionsOf(progressOf(task, ctx)),
    }),
    tables: t.field({
      type: TableProgressConnection,
      description: 'Numbers of its tables.',
      authScopes: { read: true },
      args: pageArguments(),
      complexity: pageComplexity,
      resolve: ({ id }, { first, after }, { engine }) => {
        const key = keyOf(after);
        const page: Page<TableProgress> = engine.tasks.tables(id, { first, after: key });
        return connectionOf(page, key, ({ database, name }) => `${database}\0${name}`);
      },
    }),
    source: t.field({
      type: EndpointType,
      nullable: true,
      description: 'Where it reads; null while it is not configured.',
      authScopes: { read: true },
      resolve: ({ sourceId }, _args, { engine }) =>
        sourceId ? (engine.endpoints.get(sourceId) ?? null) : null,
    }),
    target: t.field({
      type: EndpointType,
      nullable: true,
      description: 'Where it writes; null while it is not configured.',
      authScopes: { read: true },
      resolve: ({ targetId }, _args, { engine }) =>
        targetId ? (engine.endpoints.get(targetId) ?? null) : null,
    }),
    objects: t.field({
      type: ObjectSelectionType,
      description: 'Which objects it carries.',
      resolve: ({ objects }) => objects,
    }),
    options: t.field({
      type: TaskOptionsType,
      description: 'How it does its work.',
      resolve: ({ options }) => options,
    }),
    errors: t.field({
      type: [Failure],
      description: 'The failures that it is in or retries; empty when it is well.',
      complexity: { field: 1, multiplier: 1 },
      resolve: ({ error }) => (error ? [error] : []),
    }),
    precheckReport: t.field({
      type: PrecheckReportType,
      nullable: true,
      description: 'Its latest precheck.',
      authScopes: { read: true },
      resolve: ({ id }, _args, { engine }) => engine.tasks.precheckReport(id) ?? null,
    }),
    isolatedUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'End of its days in the recycle bin; null outside of it.',
      resolve: ({ isolatedUntil }) => isolatedUntil ?? null,
    }),
    claimed: t.exposeBoolean('claimed', {
      description: 'False while its maker may die before it has written the id down: see claimTask.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
    version: t.exposeInt('version', {
      description: 'Grows with every change by a user or of state: give it back as `expectedVersion`.',
    }),
  }),
});

const TaskConnection = builder.connectionObject(
  { type: TaskType, name: 'TaskConnection', description: 'A page of tasks.' },
  { name: 'TaskEdge', description: 'A task on a page.' },
);

const TaskFilterInput = builder.inputType('TaskFilter', {
  description: 'Which tasks to list; all parts must hold.',
  fields: (t) => ({
    states: t.field({ type: [TaskStateEnum], required: false, description: 'In one of these states.' }),
    kinds: t.field({ type: [TaskKindEnum], required: false, description: 'Of one of these kinds.' }),
    name: t.string({
      required: false,
      description: 'Of exactly this name. Names may repeat.',
      validate: rules.searchText,
    }),
    nameContains: t.string({
      required: false,
      description: 'Whose name holds this text.',
      validate: rules.searchText,
    }),
    isolated: t.boolean({
      required: false,
      description: 'True: only those in the recycle bin; otherwise only those outside.',
    }),
  }),
});

builder.queryFields((t) => ({
  task: t.field({
    type: TaskType,
    nullable: true,
    description: 'One task; null when no task has that id.',
    authScopes: { read: true },
    args: { id: t.arg.id({ required: true, description: 'Its id.', validate: rules.objectId }) },
    resolve: (_root, { id }, { engine }) => engine.tasks.get(id) ?? null,
  }),
  tasks: t.field({
    type: TaskConnection,
    nullable: true,
    description: 'Tasks in the order of their creation.',
    authScopes: { read: true },
    args: {
      filter: t.arg({ type: TaskFilterInput, required: false, description: 'Which ones; absent for all.' }),
      ...pageArguments(),
    },
    complexity: pageComplexity,
    resolve: (_root, { filter, first, after }, { engine }) => {
      const afterId = keyOf(after);
      const page = engine.tasks.list(
        {
          states: filter?.states ?? undefined,
          kinds: filter?.kinds ?? undefined,
          name: filter?.name ?? undefined,
          nameContains: filter?.nameContains ?? undefined,
          isolated: filter?.isolated ?? undefined,
        },
        { first, afterId },
      );
      return connectionOf(page, afterId, ({ id }) => id);
    },
  }),
}));
