// Generated from the schema of the provider by `npm run constructs`; do not edit.
import {
  ComplexObject,
  ImportableResource,
  type IResolvable,
  StringMap,
  type TerraformProvider,
  TerraformResource,
} from 'cdktf';
import type { Construct } from 'constructs';
import { generatorMetadata, metaArguments } from '../metadata.ts';
import { type Changeable, toHcl, toTerraform } from '../shape.ts';
import { type CutoverConfig, type CutoverTimeouts, cutoverShape } from './cutover-config.ts';

/** A reference to a `CutoverTimeouts`. */
export class CutoverTimeoutsOutput extends ComplexObject {
  /** Until the cutover is made. The default is `2h`. */
  get create(): string {
    return this.getStringAttribute('create');
  }
}

/**
 * The cutover of a migration, made once: it waits until the copy is whole and the target keeps up,
 * lets the service apply the rest and create triggers and events, and ends when the task is finished.
 * Stop the writes at the source before, for example by a resource that this one depends on. Applied
 * again, or after it was cut off, it goes on where it was. A destroy undoes nothing: it only removes
 * the record.
 */
export class Cutover extends TerraformResource {
  static readonly tfResourceType = 'opendts_cutover';

  /** Lets the deployment import the object `importFromId`, as the construct `importToId`, instead of creating it. */
  static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: TerraformProvider,
  ): ImportableResource {
    const terraformResourceType = Cutover.tfResourceType;
    return new ImportableResource(scope, importToId, {
      terraformResourceType,
      importId: importFromId,
      provider,
    });
  }

  #config: Changeable<CutoverConfig>;

  constructor(scope: Construct, id: string, config: CutoverConfig) {
    super(scope, id, {
      ...metaArguments(config),
      terraformResourceType: Cutover.tfResourceType,
      terraformGeneratorMetadata: generatorMetadata,
    });
    this.#config = { ...config };
  }

  /** The migration to cut over. */
  get taskId(): string {
    return this.getStringAttribute('task_id');
  }

  set taskId(value: string) {
    this.#config.taskId = value;
  }

  get taskIdInput(): string {
    return this.#config.taskId;
  }

  /** Id of the task. */
  get id(): string {
    return this.getStringAttribute('id');
  }

  /** The cutover begins once the target is behind by no more than this, seconds. The default is 10. */
  get maxLagSeconds(): number {
    return this.getNumberAttribute('max_lag_seconds');
  }

  set maxLagSeconds(value: number | undefined) {
    this.#config.maxLagSeconds = value;
  }

  get maxLagSecondsInput(): number | undefined {
    return this.#config.maxLagSeconds;
  }

  /** State of the task: `finished`. */
  get status(): string {
    return this.getStringAttribute('status');
  }

  /** How long to wait for the service, as durations such as `90s`, `30m` or `1h30m`. */
  get timeouts(): CutoverTimeoutsOutput {
    return new CutoverTimeoutsOutput(this, 'timeouts', false);
  }

  set timeouts(value: CutoverTimeouts | IResolvable | undefined) {
    this.#config.timeouts = value;
  }

  get timeoutsInput(): CutoverTimeouts | IResolvable | undefined {
    return this.#config.timeouts;
  }

  /**
   * Values whose change asks for the cutover again: the record is replaced, and one that is made already
   * stays made. The first ones, where there were none, are taken down in place.
   */
  get triggers(): StringMap {
    return new StringMap(this, 'triggers');
  }

  set triggers(value: Readonly<Record<string, string>> | undefined) {
    this.#config.triggers = value;
  }

  get triggersInput(): Readonly<Record<string, string>> | undefined {
    return this.#config.triggers;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return toTerraform(this.#config, cutoverShape);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return toHcl(this.#config, cutoverShape);
  }
}
