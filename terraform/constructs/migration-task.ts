import { Construct } from 'constructs';
import { Cutover, type CutoverOptions } from './cutover.ts';
import { MigrationTask as MigrationTaskResource } from './l1/migration-task.ts';
import type {
  MigrationTaskConfig,
  MigrationTaskOptions,
  MigrationTaskTimeouts,
} from './l1/migration-task-config.ts';
import { requireOwnNames } from './names.ts';
import { configurationFaults } from './offline-rules.ts';
import { warnOfSharedTables } from './shared-tables.ts';
import { type TaskProps, taskConfig, taskFaults } from './task.ts';

export interface MigrationTaskProps extends TaskProps {
  /** What the deployment waits for. By default that the task is started. */
  readonly waitFor?: 'started' | 'incremental' | 'finished';
  readonly options?: MigrationTaskOptions;
  readonly timeouts?: MigrationTaskTimeouts;
  /** Anything else that the resource takes; goes before what is said above. */
  readonly overrides?: Partial<MigrationTaskConfig>;
}

/** Moves databases once and ends with a cutover. `resource` is the escape hatch. */
export class MigrationTask extends Construct {
  readonly resource: MigrationTaskResource;

  constructor(scope: Construct, id: string, props: MigrationTaskProps) {
    super(scope, id);
    const { waitFor, options, timeouts, overrides } = props;
    this.resource = new MigrationTaskResource(this, 'task', {
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

  /** Makes the cutover once the target has caught up. */
  cutover(id: string, options: CutoverOptions = {}): Cutover {
    return new Cutover(this, id, { ...options, task: this });
  }
}
