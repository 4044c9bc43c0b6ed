// Generated from the schema of the provider by `npm run constructs`; do not edit.
import { ComplexObject, Fn, type IResolvable, TerraformDataSource } from 'cdktf';
import type { Construct } from 'constructs';
import { generatorMetadata, metaArguments } from '../metadata.ts';
import { OutputList } from '../outputs.ts';
import { type Changeable, toHcl, toTerraform } from '../shape.ts';
import { type DataOpendtsTablesConfig, dataOpendtsTablesShape } from './data-opendts-tables-config.ts';

/** A reference to a `DataOpendtsTablesTables`. */
export class DataOpendtsTablesTablesOutput extends ComplexObject {
  /** Its database. */
  get database(): string {
    return this.getStringAttribute('database');
  }

  /** Its rows by the server's statistics. */
  get estimatedRows(): number {
    return this.getNumberAttribute('estimated_rows');
  }

  /** True when it has a primary key. Without one its changes are applied slowly. */
  get hasPrimaryKey(): IResolvable {
    return this.getBooleanAttribute('has_primary_key');
  }

  /** Its name. */
  get name(): string {
    return this.getStringAttribute('name');
  }
}

/**
 * The databases and tables that an endpoint has, asked of the server itself. Use it to choose what a
 * task carries. With `depends_on` it waits for a change of the endpoint, which it needs where the
 * connection that is there now does not work.
 */
export class DataOpendtsTables extends TerraformDataSource {
  static readonly tfResourceType = 'opendts_tables';

  #config: Changeable<DataOpendtsTablesConfig>;

  constructor(scope: Construct, id: string, config: DataOpendtsTablesConfig) {
    super(scope, id, {
      ...metaArguments(config),
      terraformResourceType: DataOpendtsTables.tfResourceType,
      terraformGeneratorMetadata: generatorMetadata,
    });
    this.#config = { ...config };
  }

  /** The endpoint. */
  get endpointId(): string {
    return this.getStringAttribute('endpoint_id');
  }

  set endpointId(value: string) {
    this.#config.endpointId = value;
  }

  get endpointIdInput(): string {
    return this.#config.endpointId;
  }

  /** The databases that exist, in the order of their names. */
  get databaseNames(): string[] {
    return this.getListAttribute('database_names');
  }

  /** Only of these databases. The default are all but the system databases. */
  get databases(): string[] {
    return Fn.tolist(this.getListAttribute('databases'));
  }

  set databases(value: readonly string[] | undefined) {
    this.#config.databases = value;
  }

  get databasesInput(): readonly string[] | undefined {
    return this.#config.databases;
  }

  /** The tables as `database.table`, in the order of their names. */
  get names(): string[] {
    return this.getListAttribute('names');
  }

  /** The tables, in the order of their names. Views are none. */
  get tables(): OutputList<DataOpendtsTablesTablesOutput> {
    return new OutputList(this, 'tables', false, DataOpendtsTablesTablesOutput);
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return toTerraform(this.#config, dataOpendtsTablesShape);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return toHcl(this.#config, dataOpendtsTablesShape);
  }
}
