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
import { ObjectSelectionInput, selectionOf } from './selection.ts';
import { TaskType } from './task.ts';

const ModifyObjectsInput = builder.inputType('ModifyObjectsInput', {
  description: 'What a synchronization carries from now on.',
  fields: (t) => ({
    id: id(t, 'task'),
    objects: t.field({
      type: ObjectSelectionInput,
      required: true,
      description: 'Which objects to carry; replaces the former selection as a whole.',
    }),
    expectedVersion: expectedVersion(t),
    idempotencyKey: idempotencyKey(t),
  }),
});

builder.mutationField('modifyObjects', (t) =>
  t.field({
    type: TaskType,
    description:
      'Changes what a synchronization carries while it is under way. Tables that are added are checked first, then copied and followed. Tables that are taken out are no longer followed, and stay at the target as they are.',
    authScopes: { write: true },
    errors: {
      types: [
        InvalidInputRefusal,
        NotFoundRefusal,
        ConflictRefusal,
        InvalidStateRefusal,
        PrecheckFailedRefusal,
      ],
      union: { name: 'ModifyObjectsResult', description: 'The task as it is now, or why it was refused.' },
    },
    args: { input: t.arg({ type: ModifyObjectsInput, required: true, description: 'The objects.' }) },
    resolve: (_root, { input }, ctx) =>
      perform(ctx, {
        operation: 'modifyObjects',
        input,
        before: ctx.engine.tasks.get(input.id) ?? { id: input.id },
        work: () =>
          ctx.engine.tasks.modifyObjects(
            input.id,
            selectionOf(input.objects),
            input.expectedVersion ?? undefined,
          ),
        after: (task) => task,
      }),
  }),
);
