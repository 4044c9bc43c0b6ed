import type { ITerraformDependable, TerraformResourceLifecycle } from 'cdktf';
import { Construct, type Node } from 'constructs';
import type { Gate } from './gate.ts';
import { Cutover as CutoverResource } from './l1/cutover.ts';
import type { CutoverConfig } from './l1/cutover-config.ts';
import type { MigrationTask as MigrationTaskResource } from './l1/migration-task.ts';
import { configurationFaults } from './offline-rules.ts';

export interface CutoverOptions {
  /** Made when the gate opens, and again when it opens anew. */
  readonly gate?: Gate;
  /** What must be done before, such as the resource that stops the writes at the source. */
  readonly after?: readonly ITerraformDependable[];
  /** The cutover begins once the target is behind by no more than this. By default 10 seconds. */
  readonly maxLagSeconds?: number;
  /** Anything else that the resource takes; goes before what is said above. What it depends on and what replaces it is added to that. */
  readonly overrides?: Partial<CutoverConfig>;
}

/** What a cutover ends: a MigrationTask. */
export interface EndedTask {
  readonly node: Node;
  readonly taskId: string;
  readonly resource: MigrationTaskResource;
}

export interface CutoverProps extends CutoverOptions {
  readonly task: EndedTask;
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
      ...overrides,
      dependsOn: [...(gate === undefined ? [] : [gate.resource]), ...after, ...(overrides?.dependsOn ?? [])],
      lifecycle: lifecycleBehind(gate, overrides?.lifecycle),
    });
    this.node.addValidation({
      validate: () => [...configurationFaults(this.resource), ...waitingFaults(task)],
    });
  }
}

/** What the gate wants comes on top of what is asked for. */
function lifecycleBehind(
  gate: Gate | undefined,
  lifecycle: TerraformResourceLifecycle | undefined,
): TerraformResourceLifecycle | undefined {
  if (gate === undefined) return lifecycle;
  return { ...lifecycle, replaceTriggeredBy: [gate.address, ...(lifecycle?.replaceTriggeredBy ?? [])] };
}

/** Why the task would never come to its cutover, with the remedy. */
function waitingFaults({ node, resource }: EndedTask): string[] {
  const faults: string[] = [];
  if (resource.waitForInput === 'finished') {
    faults.push(
      `wait_for of ${node.path} is "finished", which the task is only after this cutover: set waitFor to 'incremental', or leave it out.`,
    );
  }
  if (resource.desiredStatusInput === 'paused' || resource.desiredStatusInput === 'stopped') {
    faults.push(
      `desired_status of ${node.path} is "${resource.desiredStatusInput}", and only a running task comes to its cutover: leave desiredStatus out, or the cutover.`,
    );
  }
  return faults;
}
