import { type Task, taskStates } from '../core/task.ts';
import { holdsTarget } from '../lifecycle/lifecycle.ts';
import type { OtherTask } from '../precheck/check.ts';
import type { Store } from '../store/store.ts';

/** Tasks whose target is the same server as that of the task, and which write there or may begin to. Servers are told by host and port. */
export function otherTasks(store: Store, task: Task): OtherTask[] {
  const addressOf = (endpointId: string | undefined) => {
    const endpoint = endpointId === undefined ? undefined : store.endpoints.get(endpointId);
    return endpoint && `${endpoint.host.toLowerCase()}:${endpoint.port}`;
  };
  const [source, target] = [addressOf(task.sourceId), addressOf(task.targetId)];
  return store.tasks
    .inStates(taskStates.filter((state) => holdsTarget({ state })))
    .filter((other) => other.id !== task.id && holdsTarget(other) && addressOf(other.targetId) === target)
    .map((other) => ({
      id: other.id,
      name: other.name,
      sameSource: addressOf(other.sourceId) === source,
      objects: other.objects,
      tables: store.taskState.tables(other.id).map(({ database, name }) => ({ database, name })),
    }));
}
