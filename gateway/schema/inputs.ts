import type { builder } from './builder.ts';
import * as rules from './rules.ts';

type InputFields = Parameters<Parameters<typeof builder.inputType>[1]['fields']>[0];

/** Fields that the inputs of mutations share. */
export const idempotencyKey = (t: InputFields) =>
  t.string({
    required: false,
    description:
      'Chosen by the caller, unique per request: a repeat with the same key within 24 hours gets the first answer and changes nothing.',
    validate: rules.idempotencyKey,
  });

export const expectedVersion = (t: InputFields) =>
  t.int({
    required: false,
    description: 'Refuse with ConflictError unless the object still has this version.',
    validate: rules.expectedVersion,
  });

export const claimed = (t: InputFields, what: string) =>
  t.boolean({
    required: false,
    description: `False: its maker may die before it has written the ${what} down; it claims the object once that is kept. By default true.`,
  });

export const id = (t: InputFields, what: string) =>
  t.id({ required: true, description: `The ${what}.`, validate: rules.objectId });
