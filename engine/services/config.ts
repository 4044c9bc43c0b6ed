import type { Task } from '../core/task.ts';
import type { Store } from '../store/store.ts';
import { otherTasks } from './other-tasks.ts';
import { invalid, notFound } from './refusals.ts';
import type { CheckConfig, TaskConfig } from './runner-port.ts';

/** A task with both endpoints as they are now, passwords included. Throws NOT_FOUND, INVALID_INPUT for a task without both, SECRET_KEY. */
export function configOf(store: Store, task: Task): TaskConfig {
  const endpoint = (id: string | undefined, field: string) => {
    if (id === undefined) throw invalid(field, 'The task has no such endpoint yet');
    const config = store.endpoints.config(id);
    if (config === undefined) throw notFound('endpoint', id);
    return config;
  };
  return {
    task,
    source: endpoint(task.sourceId, 'input.sourceId'),
    target: endpoint(task.targetId, 'input.targetId'),
  };
}

/** The same, for a precheck. */
export const checkConfigOf = (store: Store, task: Task): CheckConfig => ({
  ...configOf(store, task),
  others: () => otherTasks(store, task),
});
