import { builder } from './builder.ts';
import { ConflictModeEnum, TaskKindEnum } from './enums.ts';
import {
  ConflictRefusal,
  InvalidInputRefusal,
  InvalidStateRefusal,
  NotFoundRefusal,
  UnsupportedRefusal,
} from './errors.ts';
import { expectedVersion, id, idempotencyKey } from './inputs.ts';
import { given, perform } from './perform.ts';
import * as rules from './rules.ts';
import { ObjectSelectionInput, selectionOf } from './selection.ts';
import { TaskType } from './task.ts';

const TaskOptionsInput = builder.inputType('TaskOptionsInput', {
  description: 'How the task does its work; what is absent keeps its value, at first the default.',
  fields: (t) => ({
    retryConnectionMinutes: t.int({
      required: false,
      description: 'Minutes for which lost connections are retried: 10 to 1440, by default 720.',
      validate: rules.between(10, 1440),
    }),
    retryOtherMinutes: t.int({
      required: false,
      description:
        'Minutes for which other passing failures are retried: 1 to 1440, less than retryConnectionMinutes, by default 10.',
      validate: rules.between(1, 1440),
    }),
    fullLoadParallelism: t.int({
      required: false,
      description: 'Chunks copied at the same time: 1 to 64, by default 4.',
      validate: rules.between(1, 64),
    }),
    chunkBytes: t.field({
      type: 'BigInt',
      required: false,
      description: 'Size that chunks are cut to: 1 KiB to 1 GiB, by default 8 MiB.',
      validate: rules.between(1024, 1024 ** 3),
    }),
    changeLogBytes: t.field({
      type: 'BigInt',
      required: false,
      description: 'Most bytes that recorded changes may take on disk: 1 MiB to 1 PiB, by default 16 GiB.',
      validate: rules.between(1024 ** 2, 1024 ** 5),
    }),
    groupBytes: t.field({
      type: 'BigInt',
      required: false,
      description:
        'Most bytes of changes in one transaction at the target: 1 KiB to 256 MiB, by default 8 MiB.',
      validate: rules.between(1024, 256 * 1024 ** 2),
    }),
    conflictMode: t.field({
      type: ConflictModeEnum,
      required: false,
      description:
        'What to do when a table to be copied exists and has rows at the target; by default REPORT.',
    }),
  }),
});

const CreateTaskInput = builder.inputType('CreateTaskInput', {
  description: 'A new task. What is absent can be given later by configureTask.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name for people.', validate: rules.displayName }),
    kind: t.field({ type: TaskKindEnum, required: true, description: 'What it is for.' }),
    sourceId: t.id({ required: false, description: 'Endpoint to read.', validate: rules.objectId }),
    targetId: t.id({ required: false, description: 'Endpoint to write.', validate: rules.objectId }),
    objects: t.field({ type: ObjectSelectionInput, required: false, description: 'Which objects to carry.' }),
    options: t.field({ type: TaskOptionsInput, required: false, description: 'How to do the work.' }),
    idempotencyKey: idempotencyKey(t),
  }),
});

const ConfigureTaskInput = builder.inputType('ConfigureTaskInput', {
  description: 'Changes of a task; what is absent stays.',
  fields: (t) => ({
    id: id(t, 'task'),
    name: t.string({ required: false, description: 'Name for people.', validate: rules.displayName }),
    sourceId: t.id({ required: false, description: 'Endpoint to read.', validate: rules.objectId }),
    targetId: t.id({ required: false, description: 'Endpoint to write.', validate: rules.objectId }),
    objects: t.field({
      type: ObjectSelectionInput,
      required: false,
      description: 'Which objects to carry; replaces the former selection as a whole.',
    }),
    options: t.field({ type: TaskOptionsInput, required: false, description: 'How to do the work.' }),
    expectedVersion: expectedVersion(t),
    idempotencyKey: idempotencyKey(t),
  }),
});

type Configuration = Pick<
  typeof ConfigureTaskInput.$inferInput,
  'name' | 'sourceId' | 'targetId' | 'objects' | 'options'
>;
const configurationOf = ({ name, sourceId, targetId, objects, options }: Configuration) =>
  given({
    name,
    sourceId,
    targetId,
    objects: objects == null ? undefined : selectionOf(objects),
    options: options == null ? undefined : given(options),
  });

builder.mutationFields((t) => ({
  createTask: t.field({
    type: TaskType,
    description: 'Creates a task in state DRAFT. No database is contacted.',
    authScopes: { write: true },
    errors: {
      types: [InvalidInputRefusal, NotFoundRefusal, UnsupportedRefusal],
      union: { name: 'CreateTaskResult', description: 'The task, or why it was refused.' },
    },
    args: { input: t.arg({ type: CreateTaskInput, required: true, description: 'The task.' }) },
    resolve: (_root, { input }, ctx) =>
      perform(ctx, {
        operation: 'createTask',
        input,
        work: () =>
          ctx.engine.tasks.create({ ...configurationOf(input), kind: input.kind, name: input.name }),
        after: (task) => task,
      }),
  }),
  configureTask: t.field({
    type: TaskType,
    description: 'Changes a task that does not run. A changed task must be checked again.',
    authScopes: { write: true },
    errors: {
      types: [InvalidInputRefusal, NotFoundRefusal, ConflictRefusal, InvalidStateRefusal, UnsupportedRefusal],
      union: { name: 'ConfigureTaskResult', description: 'The task as it is now, or why it was refused.' },
    },
    args: { input: t.arg({ type: ConfigureTaskInput, required: true, description: 'The changes.' }) },
    resolve: (_root, { input }, ctx) =>
      perform(ctx, {
        operation: 'configureTask',
        input,
        before: ctx.engine.tasks.get(input.id) ?? { id: input.id },
        work: () =>
          ctx.engine.tasks.configure(input.id, configurationOf(input), input.expectedVersion ?? undefined),
        after: (task) => task,
      }),
  }),
}));
