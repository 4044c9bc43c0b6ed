import type { SchemaChangeResolution } from '../../engine/index.ts';
import { builder } from './builder.ts';
import { ResolutionActionEnum } from './enums.ts';
import { ConflictRefusal, InvalidInputRefusal, InvalidStateRefusal, NotFoundRefusal } from './errors.ts';
import { expectedVersion, id, idempotencyKey } from './inputs.ts';
import { perform } from './perform.ts';
import * as rules from './rules.ts';
import { TaskType } from './task.ts';

const TableNameInput = builder.inputType('TableNameInput', {
  description: 'A table by its names at the source.',
  fields: (t) => ({
    database: t.string({ required: true, description: 'Its database.', validate: rules.identifier }),
    name: t.string({ required: true, description: 'Its name.', validate: rules.identifier }),
  }),
});

const SchemaChangeResolutionInput = builder.inputType('SchemaChangeResolutionInput', {
  description:
    'What is to become of the schema change that stopped the task: one that ended in DDL_NOT_UNDERSTOOD, DDL_FAILED, DDL_OUTCOME_UNKNOWN or SCHEMA_MISMATCH.',
  fields: (t) => ({
    action: t.field({
      type: ResolutionActionEnum,
      required: true,
      description: 'What to do. SCHEMA_MISMATCH allows RELOAD alone.',
    }),
    sql: t.string({
      required: false,
      description:
        'For REPLACE: one statement. After DDL_NOT_UNDERSTOOD with the names of the source, as if the source had run it; otherwise with the names of the target, where it is run as it is.',
      validate: rules.sqlText,
    }),
    tables: t.field({
      type: [TableNameInput],
      required: false,
      description: 'For RELOAD: the tables to copy again; absent: those that the failure names.',
      validate: rules.tableList,
    }),
  }),
});

const RetryTaskInput = builder.inputType('RetryTaskInput', {
  description: 'Which task goes on, and how.',
  fields: (t) => ({
    id: id(t, 'task'),
    resolution: t.field({
      type: SchemaChangeResolutionInput,
      required: false,
      description: 'Settles the schema change that stopped the task. Absent: it is tried again as it is.',
    }),
    expectedVersion: expectedVersion(t),
    idempotencyKey: idempotencyKey(t),
  }),
});

builder.mutationField('retryTask', (t) =>
  t.field({
    type: TaskType,
    description:
      'Lets a task in state ERROR go on from its checkpoint; where a schema change stopped it, with a decision about that.',
    authScopes: { operate: true },
    errors: {
      types: [InvalidInputRefusal, NotFoundRefusal, ConflictRefusal, InvalidStateRefusal],
      union: { name: 'RetryTaskResult', description: 'The task as it is now, or why it was refused.' },
    },
    args: { input: t.arg({ type: RetryTaskInput, required: true, description: 'Which task, and how.' }) },
    resolve: (_root, { input }, ctx) => {
      const { tasks } = ctx.engine;
      return perform(ctx, {
        operation: 'retryTask',
        input,
        before: tasks.get(input.id) ?? { id: input.id },
        work: () => tasks.retry(input.id, input.expectedVersion ?? undefined, resolutionOf(input.resolution)),
        after: (task) => task,
      });
    },
  }),
);

function resolutionOf(
  given: typeof SchemaChangeResolutionInput.$inferInput | null | undefined,
): SchemaChangeResolution | undefined {
  if (given == null) return undefined;
  return { action: given.action, sql: given.sql ?? undefined, tables: given.tables ?? undefined };
}
