import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { DtsError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Checkpoint, Target } from '../../core/target.ts';
import type { TaskOptions } from '../../core/task.ts';
import { ChangeLog } from '../change-log/change-log.ts';
import type { RunState } from '../run/run-state.ts';
import type { TaskPort } from '../run/task-port.ts';

interface OpenOptions {
  readonly taskId: string;
  readonly directory: string;
  readonly run?: RunState | undefined;
  readonly options: TaskOptions;
  readonly port: TaskPort;
  readonly logger: Logger;
  readonly clock: Clock;
}

/**
 * Opens the task's change log. The checkpoint at the target is the truth: a log that is damaged, or does not reach from the
 * checkpoint on, is begun anew there, and capture brings what is missing as long as the source still has it.
 */
export async function openChangeLog(
  options: OpenOptions,
  target: Target,
): Promise<{ log: ChangeLog; checkpoint: Checkpoint | undefined }> {
  const { taskId, run, port, logger, clock } = options;
  await target.prepare(taskId);
  const checkpoint = run === undefined ? undefined : await target.readCheckpoint(taskId);
  const settings = {
    dir: directoryOf(options),
    maxBytes: options.options.changeLogBytes,
    logger,
    clock,
  };
  let log: ChangeLog | undefined;
  try {
    log = await ChangeLog.open(settings);
  } catch (error) {
    if (!isDamagedLog(error)) throw error;
    port.event({ kind: 'WARNING', message: `${error.message} It is captured again from the checkpoint.` });
  }
  if (checkpoint === undefined) {
    if (log === undefined) await rm(settings.dir, { recursive: true, force: true });
    return { log: log ?? (await ChangeLog.open(settings)), checkpoint };
  }
  const holds =
    log !== undefined && log.begins() <= checkpoint.logOffset && checkpoint.logOffset <= log.durable().offset;
  if (log !== undefined && holds && log.lastMark() !== undefined) return { log, checkpoint };
  await log?.close();
  await rm(settings.dir, { recursive: true, force: true });
  log = await ChangeLog.open(settings);
  await log.reset(
    { position: checkpoint.position, committedAtMicros: checkpoint.committedAtMicros },
    checkpoint.logOffset,
  );
  return { log, checkpoint };
}

/** Damage was found while the log was read: the next run finds none, and begins one anew at the checkpoint. */
export const discardChangeLog = (options: Pick<OpenOptions, 'directory'>): Promise<void> =>
  rm(directoryOf(options), { recursive: true, force: true });

export const isDamagedLog = (error: unknown): error is DtsError =>
  error instanceof DtsError && error.code === 'CHANGE_LOG_CORRUPT';

const directoryOf = ({ directory }: Pick<OpenOptions, 'directory'>): string => path.join(directory, 'log');
