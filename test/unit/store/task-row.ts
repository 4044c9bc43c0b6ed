import { defaultTaskOptions, type Task } from '../../../engine/core/task.ts';

export function task(id: string, change: Partial<Task> = {}): Task {
  return {
    id,
    name: `task ${id}`,
    kind: 'MIGRATION',
    state: 'DRAFT',
    desiredState: 'IDLE',
    sourceId: undefined,
    targetId: undefined,
    objects: { databases: [] },
    options: defaultTaskOptions,
    error: undefined,
    isolatedUntil: undefined,
    claimed: true,
    createdAt: 1,
    updatedAt: 1,
    version: 1,
    ...change,
  };
}
