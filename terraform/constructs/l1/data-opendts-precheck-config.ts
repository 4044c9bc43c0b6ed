// Generated from the schema of the provider by `npm run constructs`; do not edit.
import type { IResolvable, TerraformMetaArguments } from 'cdktf';
import type { Shape } from '../shape.ts';

export interface DataOpendtsPrecheckDatabasesTables {
  /** Its name at the target. The default is the same name. */
  readonly target?: string | undefined;
}

export interface DataOpendtsPrecheckDatabases {
  /** Tables to leave out of a whole database. */
  readonly excludeTables?: readonly string[] | undefined;
  /**
   * The tables to carry, by their names at the source. Absent: the whole database with its views,
   * routines, triggers and events, and what is created later.
   */
  readonly tables?: Readonly<Record<string, DataOpendtsPrecheckDatabasesTables>> | IResolvable | undefined;
  /** Its name at the target. The default is the same name. */
  readonly target?: string | undefined;
}

/** What `DataOpendtsPrecheck` takes. */
export interface DataOpendtsPrecheckConfig extends TerraformMetaArguments {
  /** The databases to carry, by their names at the source. */
  readonly databases: Readonly<Record<string, DataOpendtsPrecheckDatabases>> | IResolvable;
  /** What the task is for: `migration` or `synchronization`. */
  readonly kind: string;
  /** Endpoint to read. */
  readonly sourceId: string;
  /** Endpoint to write. */
  readonly targetId: string;
  /**
   * What to do when a table to be copied exists and has rows at the target, as in the options of a task.
   * The default is `report`.
   */
  readonly conflictMode?: string | undefined;
  /** Longest to wait for both servers, seconds: 1 to 50. The default is 20. */
  readonly timeoutSeconds?: number | undefined;
}

export const dataOpendtsPrecheckDatabasesTablesShape: Shape = {
  target: { terraform: 'target', type: 'string' },
};

export const dataOpendtsPrecheckDatabasesShape: Shape = {
  excludeTables: { terraform: 'exclude_tables', type: { set: 'string' } },
  tables: { terraform: 'tables', type: { map: { struct: dataOpendtsPrecheckDatabasesTablesShape } } },
  target: { terraform: 'target', type: 'string' },
};

export const dataOpendtsPrecheckShape: Shape = {
  databases: { terraform: 'databases', type: { map: { struct: dataOpendtsPrecheckDatabasesShape } } },
  kind: { terraform: 'kind', type: 'string' },
  sourceId: { terraform: 'source_id', type: 'string' },
  targetId: { terraform: 'target_id', type: 'string' },
  conflictMode: { terraform: 'conflict_mode', type: 'string' },
  timeoutSeconds: { terraform: 'timeout_seconds', type: 'number' },
};
