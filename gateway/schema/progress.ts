import type { PhaseProgress, TableProgress, TaskProgress } from '../../engine/index.ts';
import { builder } from './builder.ts';
import { BottleneckEnum, PhaseNameEnum, PhaseStateEnum, TableStateEnum } from './enums.ts';

export const PhaseType = builder.objectRef<PhaseProgress>('Phase').implement({
  description: 'How far a phase of a task is.',
  fields: (t) => ({
    name: t.expose('name', { type: PhaseNameEnum, description: 'Which phase.' }),
    state: t.expose('state', { type: PhaseStateEnum, description: 'How far it is.' }),
    percent: t.exposeFloat('percent', { description: '0 to 100.' }),
    startedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it began.',
      resolve: ({ startedAt }) => startedAt ?? null,
    }),
    finishedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it ended.',
      resolve: ({ finishedAt }) => finishedAt ?? null,
    }),
    etaSeconds: t.float({
      nullable: true,
      description: 'Time until it ends at the present pace, seconds.',
      resolve: ({ etaSeconds }) => etaSeconds ?? null,
    }),
  }),
});

/** Positions of a task in the log of its source. */
export interface Positions {
  readonly captured?: string | undefined;
  readonly applied?: string | undefined;
}
export const positionsOf = (progress: TaskProgress | undefined): Positions => ({
  captured: progress?.capturedPosition,
  applied: progress?.appliedPosition,
});

export const PositionsType = builder.objectRef<Positions>('TaskPosition').implement({
  description:
    "Where a task stands in its source's own log. The text is the source's: GTID set or file and offset.",
  fields: (t) => ({
    captured: t.string({
      nullable: true,
      description: 'Everything up to here is recorded.',
      resolve: ({ captured }) => captured ?? null,
    }),
    applied: t.string({
      nullable: true,
      description: 'Everything up to here is at the target.',
      resolve: ({ applied }) => applied ?? null,
    }),
  }),
});

export const ProgressType = builder.objectRef<TaskProgress>('TaskProgress').implement({
  description: 'Numbers of a task since it was first started.',
  fields: (t) => ({
    phase: t.field({
      type: PhaseNameEnum,
      nullable: true,
      description: 'The phase that decides when the task gets on.',
      resolve: ({ phase }) => phase ?? null,
    }),
    phases: t.field({
      type: [PhaseType],
      description: 'All phases in their order.',
      complexity: { field: 1, multiplier: 8 },
      resolve: ({ phases }) => phases,
    }),
    rowsCopied: t.expose('rowsCopied', {
      type: 'BigInt',
      description: 'Rows that the full load has copied.',
    }),
    rowsTotal: t.expose('rowsTotal', {
      type: 'BigInt',
      description: "Rows to copy: by the source's statistics until the full load is done, then exact.",
    }),
    bytesCopied: t.expose('bytesCopied', {
      type: 'BigInt',
      description: 'Bytes that the full load has copied.',
    }),
    changesCaptured: t.expose('changesCaptured', {
      type: 'BigInt',
      description: 'Row changes recorded.',
    }),
    changesApplied: t.expose('changesApplied', {
      type: 'BigInt',
      description: 'Row changes applied, without those that the copy of their table held already.',
    }),
    rowsMissing: t.expose('rowsMissing', {
      type: 'BigInt',
      description: 'Rows that changes did not find at the target; 0 as long as nothing else writes there.',
    }),
    rowsPerSecond: t.exposeFloat('rowsPerSecond', { description: 'Rows copied or changed per second.' }),
    bytesPerSecond: t.exposeFloat('bytesPerSecond', { description: 'Bytes copied or applied per second.' }),
    transactionsPerSecond: t.exposeFloat('transactionsPerSecond', {
      description: 'Transactions of the source applied per second.',
    }),
    lagMillis: t.field({
      type: 'BigInt',
      nullable: true,
      description:
        'How far the target is behind, milliseconds: the age of the oldest change recorded and not applied; without one, the time from commit to commit of the latest. Grows while the source is out of reach. Null before APPLY and for a task at rest.',
      resolve: ({ lagMillis }) => (lagMillis === undefined ? null : Math.round(lagMillis)),
    }),
    lagBytes: t.expose('lagBytes', { type: 'BigInt', description: 'Bytes recorded and not yet applied.' }),
    bottleneck: t.expose('bottleneck', {
      type: BottleneckEnum,
      description: 'The stage that the others wait for.',
    }),
    position: t.field({
      type: PositionsType,
      description: "Where the task stands in its source's log.",
      resolve: positionsOf,
    }),
  }),
});

export const TableProgressType = builder.objectRef<TableProgress>('TableProgress').implement({
  description: 'Numbers of one table of a task.',
  fields: (t) => ({
    database: t.exposeString('database', { description: 'Its database at the source.' }),
    name: t.exposeString('name', { description: 'Its name at the source.' }),
    target: t.exposeString('target', { description: 'Its name at the target, with the database.' }),
    state: t.expose('state', { type: TableStateEnum, description: 'Where it stands.' }),
    fullLoadRows: t.expose('fullLoadRows', { type: 'BigInt', description: 'Rows copied.' }),
    estimatedRows: t.expose('estimatedRows', {
      type: 'BigInt',
      description: "Rows to copy by the source's statistics.",
    }),
    inserts: t.expose('inserts', { type: 'BigInt', description: 'Inserts applied.' }),
    updates: t.expose('updates', { type: 'BigInt', description: 'Updates applied.' }),
    deletes: t.expose('deletes', { type: 'BigInt', description: 'Deletes applied.' }),
    ddls: t.expose('ddls', { type: 'BigInt', description: 'Schema changes applied.' }),
  }),
});
