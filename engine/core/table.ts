/** The structure of a table as the pipeline needs it, neutral of any engine. */

/** A table's name at one end. For engines without databases or with schemas, `database` names the nearest level. */
export interface TableId {
  readonly database: string;
  readonly name: string;
}

/** A map key for a table: NUL cannot occur in identifiers of the supported engines. */
export type TableKey = string & { readonly __tableKey: unique symbol };
/** Of each id that was asked for: a busy table is asked for with every change. */
const keys = new WeakMap<TableId, TableKey>();

export function tableKey(id: TableId): TableKey {
  let key = keys.get(id);
  if (key === undefined) {
    key = `${id.database}\0${id.name}` as TableKey;
    keys.set(id, key);
  }
  return key;
}
/** For messages: `shop.orders`. */
export const tableLabel = (id: TableId): string => `${id.database}.${id.name}`;

export interface ColumnType {
  /** Type name of the source engine in lower case, without parameters: `int`, `varchar`, `datetime`, `enum`. */
  readonly name: string;
  readonly unsigned?: boolean;
  readonly zerofill?: boolean;
  /** Length or display width: `varchar(20)` 20, `bit(3)` 3, `binary(16)` 16. */
  readonly length?: number;
  /** Digits: `decimal(10,2)` 10. */
  readonly precision?: number;
  /** Digits after the point: of decimals, and of seconds in time types. */
  readonly scale?: number;
  /** Members of enum and set, in order, decoded to Unicode text. */
  readonly members?: readonly string[];
  /** Character set of text types; `binary` for none. */
  readonly charset?: string;
  readonly collation?: string;
  /** SRID restriction of geometry columns. */
  readonly srid?: number;
}

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  /** Computed by the database: never read, never written. */
  readonly generated?: 'VIRTUAL' | 'STORED';
  readonly autoIncrement?: boolean;
  readonly invisible?: boolean;
}

export interface Key {
  readonly name: string;
  readonly unique: boolean;
  readonly primary: boolean;
  /** Plain columns in order; a part that is an expression or a prefix of a column has `columns` index -1 or `prefix`. */
  readonly parts: readonly KeyPart[];
}

export interface KeyPart {
  /** Index into `Table.columns`, or -1 for an expression. */
  readonly column: number;
  /** Number of leading characters or bytes that the key covers; absent for the whole column. */
  readonly prefix?: number;
}

export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly references: TableId;
  readonly referencedColumns: readonly string[];
  /** True when deleting or updating the parent changes rows of this table (CASCADE, SET NULL, SET DEFAULT). */
  readonly onDelete: 'RESTRICT' | 'CASCADE' | 'SET NULL' | 'SET DEFAULT' | 'NO ACTION';
  readonly onUpdate: 'RESTRICT' | 'CASCADE' | 'SET NULL' | 'SET DEFAULT' | 'NO ACTION';
}

/** True when deleting or updating the parent changes rows of the referring table. */
export const actsOnRows = (key: ForeignKey): boolean =>
  [key.onDelete, key.onUpdate].some((rule) => rule !== 'RESTRICT' && rule !== 'NO ACTION');

/** One table as of one position. Immutable: a schema change makes a new one. */
export interface Table {
  readonly id: TableId;
  /** All columns in storage order, generated ones included: the index is the index of values in a Row. */
  readonly columns: readonly Column[];
  readonly keys: readonly Key[];
  readonly foreignKeys: readonly ForeignKey[];
}

/**
 * The columns that identify a row: the primary key, also one over beginnings of columns, else the first unique key whose columns are
 * all NOT NULL, whole and stored; `undefined` when the table has none ("keyless"). Row images that leave columns out hold these.
 */
export function identityOf(table: Table): readonly number[] | undefined {
  return identityKeyOf(table)?.parts.map((part) => part.column);
}

/** True when ranges of the identity are ranges of an index, so that the table can be read in pieces. */
export const isReadInRanges = (table: Table): boolean =>
  identityKeyOf(table)?.parts.every((part) => part.prefix === undefined) ?? false;

function identityKeyOf(table: Table): Key | undefined {
  const usable = (key: Key) =>
    key.unique &&
    key.parts.every((part) => {
      const column = table.columns[part.column];
      return (
        column !== undefined &&
        (key.primary || part.prefix === undefined) &&
        !column.nullable &&
        column.generated !== 'VIRTUAL'
      );
    });
  return table.keys.find((key) => key.primary && usable(key)) ?? table.keys.find(usable);
}
