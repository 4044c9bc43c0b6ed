// Generated from the schema of the provider by `npm run constructs`; do not edit.
import { ComplexObject, Fn, type IResolvable, TerraformDataSource } from 'cdktf';
import type { Construct } from 'constructs';
import { generatorMetadata, metaArguments } from '../metadata.ts';
import { OutputList, OutputMap } from '../outputs.ts';
import { type Changeable, toHcl, toTerraform } from '../shape.ts';
import {
  type DataOpendtsPrecheckConfig,
  type DataOpendtsPrecheckDatabases,
  dataOpendtsPrecheckShape,
} from './data-opendts-precheck-config.ts';

/** A reference to a `DataOpendtsPrecheckDatabasesTables`. */
export class DataOpendtsPrecheckDatabasesTablesOutput extends ComplexObject {
  /** Its name at the target. The default is the same name. */
  get target(): string {
    return this.getStringAttribute('target');
  }
}

/** A reference to a `DataOpendtsPrecheckDatabases`. */
export class DataOpendtsPrecheckDatabasesOutput extends ComplexObject {
  /** Tables to leave out of a whole database. */
  get excludeTables(): string[] {
    return Fn.tolist(this.getListAttribute('exclude_tables'));
  }

  /**
   * The tables to carry, by their names at the source. Absent: the whole database with its views,
   * routines, triggers and events, and what is created later.
   */
  get tables(): OutputMap<DataOpendtsPrecheckDatabasesTablesOutput> {
    return new OutputMap(this, 'tables', DataOpendtsPrecheckDatabasesTablesOutput);
  }

  /** Its name at the target. The default is the same name. */
  get target(): string {
    return this.getStringAttribute('target');
  }
}

/** A reference to a `DataOpendtsPrecheckItems`. */
export class DataOpendtsPrecheckItemsOutput extends ComplexObject {
  /** Its outcome: `pass`, `warning` or `fail`. */
  get grade(): string {
    return this.getStringAttribute('grade');
  }

  /** What was found. */
  get message(): string {
    return this.getStringAttribute('message');
  }

  /** Stable name, for example `source.binlog_format`. */
  get name(): string {
    return this.getStringAttribute('name');
  }

  /** Database objects at fault. */
  get objects(): string[] {
    return this.getListAttribute('objects');
  }

  /** What to do about it. It is empty when the check passed. */
  get remedy(): string {
    return this.getStringAttribute('remedy');
  }

  /** What is checked. */
  get title(): string {
    return this.getStringAttribute('title');
  }
}

/**
 * What the precheck of a task would find now, for a task that need not exist. Nothing is kept and
 * nothing changed at either end.
 */
export class DataOpendtsPrecheck extends TerraformDataSource {
  static readonly tfResourceType = 'opendts_precheck';

  #config: Changeable<DataOpendtsPrecheckConfig>;

  constructor(scope: Construct, id: string, config: DataOpendtsPrecheckConfig) {
    super(scope, id, {
      ...metaArguments(config),
      terraformResourceType: DataOpendtsPrecheck.tfResourceType,
      terraformGeneratorMetadata: generatorMetadata,
    });
    this.#config = { ...config };
  }

  /** The databases to carry, by their names at the source. */
  get databases(): OutputMap<DataOpendtsPrecheckDatabasesOutput> {
    return new OutputMap(this, 'databases', DataOpendtsPrecheckDatabasesOutput);
  }

  set databases(value: Readonly<Record<string, DataOpendtsPrecheckDatabases>> | IResolvable) {
    this.#config.databases = value;
  }

  get databasesInput(): Readonly<Record<string, DataOpendtsPrecheckDatabases>> | IResolvable {
    return this.#config.databases;
  }

  /** What the task is for: `migration` or `synchronization`. */
  get kind(): string {
    return this.getStringAttribute('kind');
  }

  set kind(value: string) {
    this.#config.kind = value;
  }

  get kindInput(): string {
    return this.#config.kind;
  }

  /** Endpoint to read. */
  get sourceId(): string {
    return this.getStringAttribute('source_id');
  }

  set sourceId(value: string) {
    this.#config.sourceId = value;
  }

  get sourceIdInput(): string {
    return this.#config.sourceId;
  }

  /** Endpoint to write. */
  get targetId(): string {
    return this.getStringAttribute('target_id');
  }

  set targetId(value: string) {
    this.#config.targetId = value;
  }

  get targetIdInput(): string {
    return this.#config.targetId;
  }

  /**
   * What to do when a table to be copied exists and has rows at the target, as in the options of a task.
   * The default is `report`.
   */
  get conflictMode(): string {
    return this.getStringAttribute('conflict_mode');
  }

  set conflictMode(value: string | undefined) {
    this.#config.conflictMode = value;
  }

  get conflictModeInput(): string | undefined {
    return this.#config.conflictMode;
  }

  /** The checks. */
  get items(): OutputList<DataOpendtsPrecheckItemsOutput> {
    return new OutputList(this, 'items', false, DataOpendtsPrecheckItemsOutput);
  }

  /** True when no check failed. */
  get passed(): IResolvable {
    return this.getBooleanAttribute('passed');
  }

  /** Longest to wait for both servers, seconds: 1 to 50. The default is 20. */
  get timeoutSeconds(): number {
    return this.getNumberAttribute('timeout_seconds');
  }

  set timeoutSeconds(value: number | undefined) {
    this.#config.timeoutSeconds = value;
  }

  get timeoutSecondsInput(): number | undefined {
    return this.#config.timeoutSeconds;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return toTerraform(this.#config, dataOpendtsPrecheckShape);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return toHcl(this.#config, dataOpendtsPrecheckShape);
  }
}
