/**
 * Which objects a task carries, and under which names they arrive.
 * A selected database without `tables` carries everything in it, also what is created later;
 * a selected table carries only that table.
 */
export interface ObjectSelection {
  readonly databases: readonly DatabaseSelection[];
}

export interface DatabaseSelection {
  readonly name: string;
  /** Name at the target; the same name when absent. */
  readonly as?: string | undefined;
  /** Absent: the whole database. */
  readonly tables?: readonly TableSelection[] | undefined;
  /** Left out of a whole database. */
  readonly excludeTables?: readonly string[] | undefined;
}

/** Databases of the engines' own and of this product's, in lower case: their content belongs to one server. */
export const systemDatabases: readonly string[] = [
  'information_schema',
  'mysql',
  'opendts',
  'performance_schema',
  'sys',
];

export interface TableSelection {
  readonly name: string;
  readonly as?: string | undefined;
}
