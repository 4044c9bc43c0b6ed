import { builder } from './builder.ts';
import { TaskKindEnum } from './enums.ts';
import {
  ConflictRefusal,
  InvalidInputRefusal,
  InvalidStateRefusal,
  NotFoundRefusal,
  UnsupportedRefusal,
} from './errors.ts';
import { claimed, expectedVersion, id, idempotencyKey } from './inputs.ts';
import { perform } from './perform.ts';
import * as rules from './rules.ts';
import { ObjectSelectionInput } from './selection.ts';
import { TaskType } from './task.ts';
import { configurationOf } from './task-configuration.ts';
import { TaskOptionsInput } from './task-options.ts';

const CreateTaskInput = builder.inputType('CreateTaskInput', {
  description: 'A new task. What is absent can be given later by configureTask.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name for people.', validate: rules.displayName }),
    kind: t.field({ type: TaskKindEnum, required: true, description: 'What it is for.' }),
    sourceId: t.id({ required: false, description: 'Endpoint to read.', validate: rules.objectId }),
    targetId: t.id({ required: false, description: 'Endpoint to write.', validate: rules.objectId }),
    objects: t.field({ type: ObjectSelectionInput, required: false, description: 'Which objects to carry.' }),
    options: t.field({ type: TaskOptionsInput, required: false, description: 'How to do the work.' }),
    claimed: claimed(t, 'id'),
    idempotencyKey: idempotencyKey(t),
  }),
});

const ClaimTaskInput = builder.inputType('ClaimTaskInput', {
  description: 'Which task to claim.',
  fields: (t) => ({ id: id(t, 'task'), idempotencyKey: idempotencyKey(t) }),
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
          ctx.engine.tasks.create({
            ...configurationOf(input),
            kind: input.kind,
            name: input.name,
            claimed: input.claimed ?? true,
          }),
        after: (task) => task,
      }),
  }),
  claimTask: t.field({
    type: TaskType,
    description:
      'Tells that the maker of a task has written its id down. Changes nothing else, not its version either; one that is claimed stays so.',
    authScopes: { write: true },
    errors: {
      types: [NotFoundRefusal],
      union: { name: 'ClaimTaskResult', description: 'The task, or why it was refused.' },
    },
    args: { input: t.arg({ type: ClaimTaskInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, ctx) =>
      perform(ctx, {
        operation: 'claimTask',
        input,
        before: ctx.engine.tasks.get(input.id) ?? { id: input.id },
        work: () => ctx.engine.tasks.claim(input.id),
        after: (task) => task,
      }),
  }),
  configureTask: t.field({
    type: TaskType,
    description:
      'Changes a task. Before its first start all of it can be changed, and it must be checked again; after that its name and its options, which hold from its checkpoint on.',
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
