import { builder } from './builder.ts';
import { ConflictModeEnum } from './enums.ts';
import * as rules from './rules.ts';

export const TaskOptionsInput = builder.inputType('TaskOptionsInput', {
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
        'Most bytes of changes in one transaction at the target: 1 KiB to 256 MiB, by default 16 MiB.',
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
