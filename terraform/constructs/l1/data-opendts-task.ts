// Generated from the schema of the provider by `npm run constructs`; do not edit.
import { ComplexObject, Fn, TerraformDataSource } from 'cdktf';
import type { Construct } from 'constructs';
import { generatorMetadata, metaArguments } from '../metadata.ts';
import { OutputMap } from '../outputs.ts';
import { type Changeable, toHcl, toTerraform } from '../shape.ts';
import { type DataOpendtsTaskConfig, dataOpendtsTaskShape } from './data-opendts-task-config.ts';

/** A reference to a `DataOpendtsTaskDatabasesTables`. */
export class DataOpendtsTaskDatabasesTablesOutput extends ComplexObject {
  /** Its name at the target. It is null for the same name. */
  get target(): string {
    return this.getStringAttribute('target');
  }
}

/** A reference to a `DataOpendtsTaskDatabases`. */
export class DataOpendtsTaskDatabasesOutput extends ComplexObject {
  /** Tables that are left out of a whole database. */
  get excludeTables(): string[] {
    return Fn.tolist(this.getListAttribute('exclude_tables'));
  }

  /** Its tables that are carried. It is null for the whole database. */
  get tables(): OutputMap<DataOpendtsTaskDatabasesTablesOutput> {
    return new OutputMap(this, 'tables', DataOpendtsTaskDatabasesTablesOutput);
  }

  /** Its name at the target. It is null for the same name. */
  get target(): string {
    return this.getStringAttribute('target');
  }
}

/**
 * A task of the service, found by its id or by its name. A migration that is gone and stays in the
 * state of this configuration is told as the state has it.
 */
export class DataOpendtsTask extends TerraformDataSource {
  static readonly tfResourceType = 'opendts_task';

  #config: Changeable<DataOpendtsTaskConfig>;

  constructor(scope: Construct, id: string, config: DataOpendtsTaskConfig = {}) {
    super(scope, id, {
      ...metaArguments(config),
      terraformResourceType: DataOpendtsTask.tfResourceType,
      terraformGeneratorMetadata: generatorMetadata,
    });
    this.#config = { ...config };
  }

  /** The databases that it carries, by their names at the source. */
  get databases(): OutputMap<DataOpendtsTaskDatabasesOutput> {
    return new OutputMap(this, 'databases', DataOpendtsTaskDatabasesOutput);
  }

  /** Id of the task. Set either it or `name`. */
  get id(): string {
    return this.getStringAttribute('id');
  }

  set id(value: string | undefined) {
    this.#config.id = value;
  }

  get idInput(): string | undefined {
    return this.#config.id;
  }

  /** `migration` or `synchronization`. */
  get kind(): string {
    return this.getStringAttribute('kind');
  }

  /** Name of the task. */
  get name(): string {
    return this.getStringAttribute('name');
  }

  set name(value: string | undefined) {
    this.#config.name = value;
  }

  get nameInput(): string | undefined {
    return this.#config.name;
  }

  /** The phase that decides when it gets on, such as `full_load`. It is null before the first start. */
  get phase(): string {
    return this.getStringAttribute('phase');
  }

  /** Endpoint that it reads. */
  get sourceId(): string {
    return this.getStringAttribute('source_id');
  }

  /** The finer state by the name that the API has for it, such as `ready_to_complete`. */
  get state(): string {
    return this.getStringAttribute('state');
  }

  /** What the task is: `not_started`, `running`, `paused`, `stopped`, `finished` or `failed`. */
  get status(): string {
    return this.getStringAttribute('status');
  }

  /** Why the task failed or retries, and what to do about it. */
  get statusReason(): string {
    return this.getStringAttribute('status_reason');
  }

  /** Endpoint that it writes. */
  get targetId(): string {
    return this.getStringAttribute('target_id');
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return toTerraform(this.#config, dataOpendtsTaskShape);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return toHcl(this.#config, dataOpendtsTaskShape);
  }
}
