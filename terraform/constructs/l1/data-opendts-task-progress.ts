// Generated from the schema of the provider by `npm run constructs`; do not edit.
import { ComplexObject, TerraformDataSource } from 'cdktf';
import type { Construct } from 'constructs';
import { generatorMetadata, metaArguments } from '../metadata.ts';
import { OutputList } from '../outputs.ts';
import { type Changeable, toHcl, toTerraform } from '../shape.ts';
import {
  type DataOpendtsTaskProgressConfig,
  dataOpendtsTaskProgressShape,
} from './data-opendts-task-progress-config.ts';

/** A reference to a `DataOpendtsTaskProgressPhases`. */
export class DataOpendtsTaskProgressPhasesOutput extends ComplexObject {
  /** Time until it ends at the present pace, seconds. */
  get etaSeconds(): number {
    return this.getNumberAttribute('eta_seconds');
  }

  /** Which phase, such as `full_load`. */
  get name(): string {
    return this.getStringAttribute('name');
  }

  /** The same as a number, 0 to 100. */
  get percent(): number {
    return this.getNumberAttribute('percent');
  }

  /** How far it is: `pending`, `running`, `done`, `failed` or `skipped`. */
  get state(): string {
    return this.getStringAttribute('state');
  }
}

/**
 * The numbers of a task as they are now. They change from plan to plan: that is why they are no part
 * of the resource. Of a migration that is gone and stays in the state there are none: they are null.
 */
export class DataOpendtsTaskProgress extends TerraformDataSource {
  static readonly tfResourceType = 'opendts_task_progress';

  #config: Changeable<DataOpendtsTaskProgressConfig>;

  constructor(scope: Construct, id: string, config: DataOpendtsTaskProgressConfig) {
    super(scope, id, {
      ...metaArguments(config),
      terraformResourceType: DataOpendtsTaskProgress.tfResourceType,
      terraformGeneratorMetadata: generatorMetadata,
    });
    this.#config = { ...config };
  }

  /** The task. */
  get taskId(): string {
    return this.getStringAttribute('task_id');
  }

  set taskId(value: string) {
    this.#config.taskId = value;
  }

  get taskIdInput(): string {
    return this.#config.taskId;
  }

  /** Where in the source's log everything is at the target up to. */
  get appliedPosition(): string {
    return this.getStringAttribute('applied_position');
  }

  /** The stage that the others wait for, such as `source`, `target` or `none`. */
  get bottleneck(): string {
    return this.getStringAttribute('bottleneck');
  }

  /** Bytes that the full load has copied. It is null before the first start. */
  get bytesCopied(): number {
    return this.getNumberAttribute('bytes_copied');
  }

  /** Where in the source's log everything is recorded up to. */
  get capturedPosition(): string {
    return this.getStringAttribute('captured_position');
  }

  /** Row changes applied. It is null before the first start. */
  get changesApplied(): number {
    return this.getNumberAttribute('changes_applied');
  }

  /** Row changes recorded. It is null before the first start. */
  get changesCaptured(): number {
    return this.getNumberAttribute('changes_captured');
  }

  /** Bytes recorded and not yet applied. It is null before the first start. */
  get lagBytes(): number {
    return this.getNumberAttribute('lag_bytes');
  }

  /** How far the target is behind, seconds. It is null until changes are applied, and for a task at rest. */
  get lagSeconds(): number {
    return this.getNumberAttribute('lag_seconds');
  }

  /** How far that phase is, 0 to 100; 0 before the first start and 100 at the end. */
  get percent(): number {
    return this.getNumberAttribute('percent');
  }

  /** The phase that decides when it gets on, such as `full_load`. It is null before the first start. */
  get phase(): string {
    return this.getStringAttribute('phase');
  }

  /** All phases in their order. */
  get phases(): OutputList<DataOpendtsTaskProgressPhasesOutput> {
    return new OutputList(this, 'phases', false, DataOpendtsTaskProgressPhasesOutput);
  }

  /** Rows that the full load has copied. It is null before the first start. */
  get rowsCopied(): number {
    return this.getNumberAttribute('rows_copied');
  }

  /** Rows copied or changed per second. It is null before the first start. */
  get rowsPerSecond(): number {
    return this.getNumberAttribute('rows_per_second');
  }

  /**
   * Rows to copy: by the source's statistics until the full load is done, then exact. It is null before
   * the first start.
   */
  get rowsTotal(): number {
    return this.getNumberAttribute('rows_total');
  }

  /** State of the task, such as `running`. */
  get state(): string {
    return this.getStringAttribute('state');
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return toTerraform(this.#config, dataOpendtsTaskProgressShape);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return toHcl(this.#config, dataOpendtsTaskProgressShape);
  }
}
