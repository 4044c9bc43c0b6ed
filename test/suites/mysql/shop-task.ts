import { defaultTaskOptions, type Task } from '../../../engine/core/task.ts';

export const objects = { databases: [{ name: 'shop' }] };
/** A task that is checked for the database shop. */
export const task: Task = {
  id: 'task',
  name: 'task',
  kind: 'MIGRATION',
  state: 'CHECKING',
  desiredState: 'IDLE',
  objects,
  options: defaultTaskOptions,
  claimed: true,
  createdAt: 0,
  updatedAt: 0,
  version: 1,
};
