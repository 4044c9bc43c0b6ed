import type { PrecheckPreview } from '../../engine/index.ts';
import { builder } from './builder.ts';
import { TaskKindEnum } from './enums.ts';
import { PrecheckItemType } from './precheck.ts';
import * as rules from './rules.ts';
import { ObjectSelectionInput } from './selection.ts';
import { configurationOf } from './task-configuration.ts';
import { TaskOptionsInput } from './task-options.ts';

const PrecheckPreviewType = builder.objectRef<PrecheckPreview>('PrecheckPreview').implement({
  description: 'What the precheck of a task would find now.',
  fields: (t) => ({
    passed: t.exposeBoolean('passed', { description: 'True when no check failed.' }),
    items: t.field({
      type: [PrecheckItemType],
      description: 'The checks.',
      complexity: { field: 1, multiplier: 30 },
      resolve: ({ items }) => items,
    }),
  }),
});

const PrecheckPreviewInput = builder.inputType('PrecheckPreviewInput', {
  description: 'A task that need not exist.',
  fields: (t) => ({
    kind: t.field({ type: TaskKindEnum, required: true, description: 'What it is for.' }),
    sourceId: t.id({ required: true, description: 'Endpoint to read.', validate: rules.objectId }),
    targetId: t.id({ required: true, description: 'Endpoint to write.', validate: rules.objectId }),
    objects: t.field({ type: ObjectSelectionInput, required: true, description: 'Which objects to carry.' }),
    options: t.field({ type: TaskOptionsInput, required: false, description: 'How to do the work.' }),
    addedTo: t.id({
      required: false,
      description: 'A task: only those objects are checked that it does not carry yet.',
      validate: rules.objectId,
    }),
    insteadOf: t.id({
      required: false,
      description: 'A task that becomes this one, or is removed for it: it does not count as another task.',
      validate: rules.objectId,
    }),
    timeoutSeconds: t.int({
      required: true,
      defaultValue: 20,
      description: 'Longest to wait for both servers: 1 to 50. After that the answer is DEADLINE_EXCEEDED.',
      validate: rules.between(1, 50),
    }),
  }),
});

builder.queryField('precheckPreview', (t) =>
  t.field({
    type: PrecheckPreviewType,
    nullable: true,
    description:
      'Checks both ends as runPrecheck does, for a task that need not exist. Nothing is kept and nothing changed. Needs the scope `operate`.',
    authScopes: { operate: true },
    args: { input: t.arg({ type: PrecheckPreviewInput, required: true, description: 'The task.' }) },
    complexity: { field: 20, multiplier: 1 },
    resolve: (_root, { input }, { engine }) =>
      engine.tasks.previewPrecheck(
        { ...configurationOf(input), kind: input.kind },
        {
          limitMillis: input.timeoutSeconds * 1000,
          addedTo: input.addedTo ?? undefined,
          insteadOf: input.insteadOf ?? undefined,
        },
      ),
  }),
);
