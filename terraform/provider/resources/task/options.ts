import type { TaskOptions } from '../../gateway/tasks.ts';
import { defineAttributes } from '../../protocol/schema/define.ts';
import type { State } from '../../protocol/schema/values-of.ts';

const KIB = 1024;
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

export const optionAttributes = defineAttributes({
  retry_connection_minutes: {
    type: 'number',
    wholeNumber: { min: 10, max: 1440 },
    optional: true,
    default: 720,
    description: 'Minutes for which lost connections are retried: 10 to 1440. The default is 720.',
  },
  retry_other_minutes: {
    type: 'number',
    wholeNumber: { min: 1, max: 1440 },
    optional: true,
    default: 10,
    description:
      'Minutes for which other passing failures are retried: 1 to 1440, less than `retry_connection_minutes`. The default is 10.',
  },
  full_load_parallelism: {
    type: 'number',
    wholeNumber: { min: 1, max: 64 },
    optional: true,
    default: 4,
    description: 'Chunks copied at the same time: 1 to 64. The default is 4.',
  },
  chunk_bytes: {
    type: 'number',
    wholeNumber: { min: KIB, max: GIB },
    optional: true,
    default: 8 * MIB,
    description: 'Size that chunks are cut to, bytes: 1 KiB to 1 GiB. The default is 8 MiB.',
  },
  change_log_bytes: {
    type: 'number',
    wholeNumber: { min: MIB, max: 1024 ** 5 },
    optional: true,
    default: 16 * GIB,
    description:
      'Most bytes that recorded changes may take on the disk of the service: 1 MiB to 1 PiB. The default is 16 GiB.',
  },
  group_bytes: {
    type: 'number',
    wholeNumber: { min: KIB, max: 256 * MIB },
    optional: true,
    default: 16 * MIB,
    description:
      'Most bytes of changes in one transaction at the target: 1 KiB to 256 MiB. The default is 16 MiB.',
  },
  conflict_mode: {
    type: 'string',
    oneOf: ['report', 'ignore'],
    optional: true,
    default: 'report',
    description:
      'What to do when a table to be copied exists and has rows at the target. `report`: the precheck fails. `ignore`: the rows of the source win. The default is `report`.',
  },
});

export type OptionsState = State<typeof optionAttributes>;

export const defaultOptions = {
  retry_connection_minutes: optionAttributes.retry_connection_minutes.default,
  retry_other_minutes: optionAttributes.retry_other_minutes.default,
  full_load_parallelism: optionAttributes.full_load_parallelism.default,
  chunk_bytes: optionAttributes.chunk_bytes.default,
  change_log_bytes: optionAttributes.change_log_bytes.default,
  group_bytes: optionAttributes.group_bytes.default,
  conflict_mode: optionAttributes.conflict_mode.default,
} as const;

export const optionsOf = (state: OptionsState): TaskOptions => ({
  retryConnectionMinutes: state.retry_connection_minutes,
  retryOtherMinutes: state.retry_other_minutes,
  fullLoadParallelism: state.full_load_parallelism,
  chunkBytes: String(state.chunk_bytes),
  changeLogBytes: String(state.change_log_bytes),
  groupBytes: String(state.group_bytes),
  conflictMode: state.conflict_mode === 'ignore' ? 'IGNORE' : 'REPORT',
});

export const optionsState = (options: TaskOptions): OptionsState => ({
  retry_connection_minutes: options.retryConnectionMinutes,
  retry_other_minutes: options.retryOtherMinutes,
  full_load_parallelism: options.fullLoadParallelism,
  chunk_bytes: Number(options.chunkBytes),
  change_log_bytes: Number(options.changeLogBytes),
  group_bytes: Number(options.groupBytes),
  conflict_mode: options.conflictMode === 'IGNORE' ? 'ignore' : 'report',
});
