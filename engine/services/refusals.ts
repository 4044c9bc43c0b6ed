import { isDeepStrictEqual } from 'node:util';
import { DtsError } from '../core/errors.ts';
import type { PrecheckItem, Task } from '../core/task.ts';
import type { Operation } from '../lifecycle/operations.ts';

export function invalid(field: string, message: string): DtsError {
  return new DtsError('INVALID_INPUT', message, { details: { field } });
}

export function notFound(what: string, id: string): DtsError {
  return new DtsError('NOT_FOUND', `There is no ${what} ${id}`, { details: { object: id } });
}

/** The object was changed while databases were asked about the change. */
export function changedMeanwhile({ version }: Task): DtsError {
  return new DtsError('CONFLICT', 'The task was changed meanwhile', { details: { currentVersion: version } });
}

/** Throws PRECHECK_FAILED telling of every check that failed. */
export function requirePassed(items: readonly PrecheckItem[]): void {
  const failed = items.filter(({ grade }) => grade === 'FAIL');
  if (failed.length === 0) return;
  const told = failed.map(({ name, message, objects }) => [`${name}: ${message}`, ...objects].join(' '));
  throw new DtsError('PRECHECK_FAILED', told.join('; '), {
    details: { checks: failed.map(({ name }) => name) },
    remedy: failed.map(({ remedy }) => remedy).join(' '),
  });
}

export function requireVersion(object: { readonly version: number }, expected: number | undefined): void {
  if (expected === undefined || expected === object.version) return;
  throw new DtsError('CONFLICT', `The object is at version ${object.version}, not ${expected}`, {
    details: { currentVersion: object.version },
  });
}

export function refusedOperation(task: Task, operation: Operation, allowed: readonly string[]): DtsError {
  const offer = allowed.length === 0 ? 'nothing until that ends' : allowed.join(', ');
  const isolated = task.isolatedUntil === undefined ? '' : ' and in the recycle bin';
  return new DtsError(
    'INVALID_STATE',
    `${operation} is refused: the task is ${task.state}${isolated}, which allows ${offer}`,
    {
      details: { state: task.state, allowed },
      ...(operation === 'completeTask' ? { remedy: completeRemedy } : {}),
    },
  );
}

/** Of a task that was started only the name and the options can be changed. */
export function requireSameWork(task: Task, changed: Pick<Task, 'sourceId' | 'targetId' | 'objects'>): void {
  const fields = ['sourceId', 'targetId', 'objects'] as const;
  const different = fields.find((field) => !isDeepStrictEqual(task[field], changed[field]));
  if (different === undefined) return;
  throw new DtsError(
    'INVALID_STATE',
    `The task is ${task.state}: its ${different} can no longer be changed`,
    {
      details: { state: task.state, allowed: [], field: `input.${different}` },
      remedy:
        'Create another task. Of a task that was started the name and the options can be changed, of a synchronization also the objects, by modifyObjects.',
    },
  );
}

const completeRemedy =
  'Complete the task once it is READY_TO_COMPLETE: the copy is whole then and the target keeps up.';
