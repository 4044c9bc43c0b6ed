/** What a schema statement says, before any rule of the server is applied. Offsets are characters of the statement's text. */

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Identifier extends Span {
  readonly value: string;
}

/** `name` or `database.name` as written. */
export interface QualifiedName {
  readonly database?: Identifier | undefined;
  readonly name: Identifier;
}

export interface TypeNode {
  /** Type words joined by one blank, lower case: `int`, `double precision`, `national char varying`. */
  readonly name: string;
  /** Numbers in parentheses. */
  readonly numbers: readonly number[];
  readonly members?: readonly string[] | undefined;
  readonly unsigned: boolean;
  readonly zerofill: boolean;
  readonly charset?: string | undefined;
  readonly collation?: string | undefined;
  /** The BINARY attribute: the `_bin` collation of the character set. */
  readonly binary: boolean;
  /** The BYTE attribute: bytes instead of characters. */
  readonly byte: boolean;
}

export interface ColumnNode extends Span {
  readonly name: Identifier;
  readonly type: TypeNode;
  /** Undefined when the text says neither NULL nor NOT NULL. */
  readonly nullable?: boolean | undefined;
  /** Text of the default. */
  readonly default?: string | undefined;
  readonly defaultSpan?: Span | undefined;
  readonly onUpdate?: string | undefined;
  readonly autoIncrement: boolean;
  /** SERIAL DEFAULT VALUE. */
  readonly serialDefault: boolean;
  readonly key?: 'PRIMARY' | 'UNIQUE' | undefined;
  readonly generated?: 'VIRTUAL' | 'STORED' | undefined;
  /** Text that a generated column is computed by, brackets included. */
  readonly expression?: string | undefined;
  readonly invisible: boolean;
  readonly srid?: number | undefined;
  readonly references?: ReferencesNode | undefined;
  readonly checks: readonly CheckNode[];
  readonly ifNotExists: boolean;
}

export interface IndexPartNode {
  /** Column name, or undefined for an expression. */
  readonly column?: string | undefined;
  /** Text of the expression with its parentheses. */
  readonly expression?: string | undefined;
  readonly prefix?: number | undefined;
  readonly descending: boolean;
}

export type IndexKind = 'PRIMARY' | 'UNIQUE' | 'INDEX' | 'FULLTEXT' | 'SPATIAL' | 'VECTOR';

export interface IndexNode extends Span {
  readonly kind: IndexKind;
  readonly name?: string | undefined;
  /** Name of `CONSTRAINT name UNIQUE`. */
  readonly constraint?: string | undefined;
  readonly parts: readonly IndexPartNode[];
  /** Text of the options after the parts, USING before them included. */
  readonly options: string;
  /** INVISIBLE, or IGNORED in MariaDB. */
  readonly hidden: boolean;
  readonly ifNotExists: boolean;
}

export type ReferentialAction = 'RESTRICT' | 'CASCADE' | 'SET NULL' | 'SET DEFAULT' | 'NO ACTION';

export interface ReferencesNode {
  readonly table: QualifiedName;
  readonly columns: readonly string[];
  readonly onDelete: ReferentialAction;
  readonly onUpdate: ReferentialAction;
  readonly match?: string | undefined;
}

export interface ForeignKeyNode extends Span {
  readonly constraint?: string | undefined;
  readonly index?: string | undefined;
  readonly columns: readonly string[];
  readonly references: ReferencesNode;
  readonly ifNotExists: boolean;
}

export interface CheckNode extends Span {
  readonly name?: string | undefined;
}

export interface TableOptionNode extends Span {
  /** Upper case words: `DEFAULT CHARSET` and its variants are `CHARSET`, `COLLATE`, `ENGINE`, `AUTO_INCREMENT` … */
  readonly name: string;
  readonly value: string;
}

export type TableElement =
  | { readonly kind: 'column'; readonly column: ColumnNode }
  | { readonly kind: 'index'; readonly index: IndexNode }
  | { readonly kind: 'foreign-key'; readonly foreignKey: ForeignKeyNode }
  | { readonly kind: 'check'; readonly check: CheckNode }
  /** PERIOD FOR SYSTEM_TIME and application periods of MariaDB. */
  | { readonly kind: 'period'; readonly span: Span };

export type ColumnPlace = { readonly first: true } | { readonly first: false; readonly after: string };

export type AlterSpec =
  | { readonly kind: 'add-column'; readonly column: ColumnNode; readonly place?: ColumnPlace | undefined }
  | {
      /** MODIFY and CHANGE: `from` is the former name. */
      readonly kind: 'change-column';
      readonly from: string;
      readonly column: ColumnNode;
      readonly place?: ColumnPlace | undefined;
      readonly ifExists: boolean;
    }
  | { readonly kind: 'drop-column'; readonly name: string; readonly ifExists: boolean }
  | { readonly kind: 'rename-column'; readonly from: string; readonly to: string; readonly ifExists: boolean }
  | {
      readonly kind: 'alter-column';
      readonly name: string;
      readonly change: 'default' | 'visible' | 'invisible';
      readonly ifExists: boolean;
    }
  | { readonly kind: 'add-index'; readonly index: IndexNode }
  | { readonly kind: 'drop-index'; readonly name: string; readonly ifExists: boolean }
  | { readonly kind: 'drop-primary-key' }
  | { readonly kind: 'rename-index'; readonly from: string; readonly to: string; readonly ifExists: boolean }
  | {
      readonly kind: 'alter-index';
      readonly name: string;
      readonly hidden: boolean;
      readonly ifExists: boolean;
    }
  | { readonly kind: 'add-foreign-key'; readonly foreignKey: ForeignKeyNode }
  | { readonly kind: 'drop-foreign-key'; readonly name: string; readonly ifExists: boolean }
  | { readonly kind: 'add-check'; readonly check: CheckNode }
  | { readonly kind: 'alter-check'; readonly name: string }
  | { readonly kind: 'drop-check'; readonly name: string; readonly ifExists: boolean }
  /** DROP CONSTRAINT: whichever of check, foreign key, unique or primary key has the name. */
  | { readonly kind: 'drop-constraint'; readonly name: string; readonly ifExists: boolean }
  | {
      readonly kind: 'convert-charset';
      readonly charset?: string | undefined;
      readonly collation?: string | undefined;
    }
  | { readonly kind: 'option'; readonly option: TableOptionNode }
  | { readonly kind: 'rename'; readonly to: QualifiedName }
  | { readonly kind: 'order-by' }
  | { readonly kind: 'keys'; readonly enabled: boolean }
  | { readonly kind: 'force' }
  /** ALGORITHM, LOCK, WAIT, VALIDATION: how, not what. */
  | { readonly kind: 'execution' }
  /** Partitions that are laid out anew without losing a row. */
  | { readonly kind: 'partition-layout' }
  /** DROP, TRUNCATE and CONVERT PARTITION: rows go. */
  | { readonly kind: 'partition-rows' }
  | { readonly kind: 'exchange-partition'; readonly table: QualifiedName }
  | { readonly kind: 'tablespace' }
  | { readonly kind: 'system-versioning' }
  | { readonly kind: 'period' };

export interface CreateTableNode {
  readonly kind: 'create-table';
  readonly table: QualifiedName;
  readonly temporary: boolean;
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  readonly like?: QualifiedName | undefined;
  readonly elements: readonly TableElement[];
  /** The list in parentheses, brackets included. */
  readonly body?: Span | undefined;
  readonly options: readonly TableOptionNode[];
  readonly partitions?: Span | undefined;
  /** From [IGNORE|REPLACE] [AS] SELECT to the end. */
  readonly select?: Span | undefined;
  /** START TRANSACTION of an atomic CREATE TABLE … SELECT. */
  readonly startTransaction?: Span | undefined;
}

export type StatementNode =
  | CreateTableNode
  | {
      readonly kind: 'alter-table';
      readonly table: QualifiedName;
      readonly ifExists: boolean;
      readonly specs: readonly AlterSpec[];
    }
  | {
      readonly kind: 'drop-table';
      readonly tables: readonly QualifiedName[];
      readonly temporary: boolean;
      readonly ifExists: boolean;
      /** From the first name to the end of the last. */
      readonly list: Span;
    }
  | {
      readonly kind: 'rename-table';
      readonly pairs: readonly RenamePair[];
      readonly ifExists: boolean;
      readonly list: Span;
    }
  | { readonly kind: 'truncate-table'; readonly table: QualifiedName }
  | {
      readonly kind: 'create-index';
      readonly table: QualifiedName;
      readonly index: IndexNode;
      readonly orReplace: boolean;
    }
  | {
      readonly kind: 'drop-index';
      readonly table: QualifiedName;
      readonly name: string;
      readonly ifExists: boolean;
    }
  | {
      readonly kind: 'create-database' | 'alter-database';
      /** Undefined for ALTER DATABASE without a name. */
      readonly database?: Identifier | undefined;
      readonly charset?: string | undefined;
      readonly collation?: string | undefined;
      readonly exclusive: boolean;
      readonly orReplace: boolean;
    }
  | { readonly kind: 'drop-database'; readonly database: Identifier; readonly ifExists: boolean }
  | {
      readonly kind: 'object';
      readonly object: 'view' | 'routine' | 'trigger' | 'event' | 'sequence';
      readonly action: 'create' | 'alter' | 'drop';
      readonly names: readonly QualifiedName[];
      /** The table of a trigger. */
      readonly on?: QualifiedName | undefined;
      /** Renamed event. */
      readonly to?: QualifiedName | undefined;
      readonly list: Span;
    }
  /** Rows changed by a statement's text: only where rows are not logged as rows. */
  | { readonly kind: 'data-change'; readonly verb: string }
  | { readonly kind: 'none'; readonly reason: string };

export interface RenamePair extends Span {
  readonly from: QualifiedName;
  readonly to: QualifiedName;
}
