import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Gate } from './gate.ts';
import { Cutover as CutoverResource } from './l1/cutover.ts';
import type { CutoverConfig } from './l1/cutover-config.ts';
import type { MigrationTask } from './migration-task.ts';

export interface CutoverOptions {
  /** Made when the gate opens, and again when it opens anew. */
  readonly gate?: Gate;
  /** What must be done before, such as the resource that stops the writes at the source. */
  readonly after?: readonly ITerraformDependable[];
  /** The cutover begins once the target is behind by no more than this. By default 10 seconds. */
  readonly maxLagSeconds?: number;
  /** Anything else that the resource takes; goes before what is said above. */
  readonly overrides?: Partial<CutoverConfig>;
}

export interface CutoverProps extends CutoverOptions {
  readonly task: MigrationTask;
}

/** Ends a migration once the target has caught up. To destroy it undoes nothing. `resource` is the escape hatch. */
export class Cutover extends Construct {
  readonly resource: CutoverResource;

  constructor(
    scope: Construct,
    id: string,
    { task, gate, after = [], maxLagSeconds, overrides }: CutoverProps,
  ) {
    super(scope, id);
    this.resource = new CutoverResource(this, 'cutover', {
      taskId: task.taskId,
      maxLagSeconds,
      dependsOn: gate === undefined ? [...after] : [gate.resource, ...after],
      lifecycle: gate === undefined ? undefined : { replaceTriggeredBy: [gate.address] },
      ...overrides,
    });
  }
}
