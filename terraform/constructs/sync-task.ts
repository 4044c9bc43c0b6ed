import { Construct } from 'constructs';
import { SyncTask as SyncTaskResource } from './l1/sync-task.ts';
import type { SyncTaskConfig, SyncTaskOptions, SyncTaskTimeouts } from './l1/sync-task-config.ts';
import { requireOwnNames } from './names.ts';
import { configurationFaults } from './offline-rules.ts';
import { warnOfSharedTables } from './shared-tables.ts';
import { type TaskProps, taskConfig, taskFaults } from './task.ts';

export interface SyncTaskProps extends TaskProps {
  /** What the deployment waits for. By default that the task is started. */
  readonly waitFor?: 'started' | 'incremental';
  readonly options?: SyncTaskOptions;
  readonly timeouts?: SyncTaskTimeouts;
  /** Anything else that the resource takes; goes before what is said above. */
  readonly overrides?: Partial<SyncTaskConfig>;
}

/** Keeps databases in step until it is stopped. `resource` is the escape hatch. */
export class SyncTask extends Construct {
  readonly resource: SyncTaskResource;

  constructor(scope: Construct, id: string, props: SyncTaskProps) {
    super(scope, id);
    const { waitFor, options, timeouts, overrides } = props;
    this.resource = new SyncTaskResource(this, 'task', {
      ...taskConfig(this, props),
      waitFor,
      options,
      timeouts,
      ...overrides,
    });
    requireOwnNames(this);
    warnOfSharedTables(this);
    this.node.addValidation({
      validate: () => [...taskFaults(props), ...configurationFaults(this.resource)],
    });
  }

  get taskId(): string {
    return this.resource.id;
  }
}
