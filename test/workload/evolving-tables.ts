import type { Flavour } from '../servers/mysql.ts';
import type { Random } from './random.ts';
import { randomText } from './values.ts';

interface EvolvingColumn {
  readonly name: string;
  readonly type: string;
}

interface EvolvingTable {
  readonly name: string;
  /** Without `id`, the key. */
  readonly columns: readonly EvolvingColumn[];
  readonly indexes: readonly string[];
}

/** A schema change: its statements, and the tables as they are after it. */
export interface SchemaStep {
  readonly kind: string;
  readonly statements: readonly string[];
  readonly after: ReadonlyMap<string, EvolvingTable>;
}

const types = [
  'INT',
  'VARCHAR(20)',
  'DECIMAL(10,2)',
  'DOUBLE',
  'DATETIME(3)',
  "ENUM('x', 'y')",
  'TEXT',
  'BIGINT UNSIGNED',
  'VARBINARY(16)',
];
const wider: Readonly<Record<string, string>> = {
  INT: 'BIGINT',
  'VARCHAR(20)': 'VARCHAR(200) CHARACTER SET utf8mb4',
  'DECIMAL(10,2)': 'DECIMAL(14,4)',
  'DATETIME(3)': 'DATETIME(6)',
  "ENUM('x', 'y')": "ENUM('x', 'y', 'z')",
  TEXT: 'MEDIUMTEXT',
  'VARBINARY(16)': 'BLOB',
};
const most = 6;

/** Tables whose structure changes all the time, known well enough to write into them. */
export class EvolvingTables {
  readonly #flavour: Flavour;
  #tables: ReadonlyMap<string, EvolvingTable> = new Map();
  #names = 0;

  constructor(flavour: Flavour) {
    this.#flavour = flavour;
  }

  /** To be called when the statements of the step have been executed. */
  accept(step: SchemaStep): void {
    this.#tables = step.after;
  }

  /** To be called when nobody can say whether the step was executed: what it changes is left alone from then on. */
  doubt({ after }: SchemaStep): void {
    this.#tables = new Map([...this.#tables].filter(([name, table]) => after.get(name) === table));
  }

  /** A write that fits the structure as known; a schema change may overtake it. */
  randomWrite(random: Random): readonly string[] {
    if (this.#tables.size === 0) return [];
    const table = random.pick([...this.#tables.values()]);
    const column = table.columns.length > 0 ? random.pick(table.columns) : undefined;
    if (column === undefined || random.chance(0.5)) {
      const names = table.columns.map(({ name }) => name);
      const rows = Array.from(
        { length: random.between(1, 5) },
        () => `(${['NULL', ...table.columns.map(({ type }) => literalOf(random, type))].join(', ')})`,
      );
      return [`INSERT INTO ${table.name} (${['id', ...names].join(', ')}) VALUES ${rows.join(', ')}`];
    }
    const low = random.below(200);
    if (random.chance(0.3)) return [`DELETE FROM ${table.name} WHERE id > ${low} ORDER BY id LIMIT 1`];
    return [
      `UPDATE ${table.name} SET ${column.name} = ${literalOf(random, column.type)} WHERE id > ${low} ORDER BY id LIMIT 2`,
    ];
  }

  randomStep(random: Random): SchemaStep {
    if (this.#tables.size < 2) return this.#create();
    const table = random.pick([...this.#tables.values()]);
    const steps: (() => SchemaStep | undefined)[] = [
      () => (this.#tables.size < most ? this.#create() : undefined),
      () => (this.#tables.size < most ? this.#createLike(table) : undefined),
      () => this.#addColumn(random, table),
      () => this.#addColumn(random, table),
      () => this.#dropColumn(random, table),
      () => this.#modifyColumn(random, table),
      () => this.#renameColumn(random, table),
      () => this.#addIndex(random, table),
      () => this.#dropIndex(random, table),
      () => this.#severalAtOnce(random, table),
      () => this.#rename(table),
      () => this.#exchange(random, table),
      () => ({ kind: 'TRUNCATE TABLE', statements: [`TRUNCATE TABLE ${table.name}`], after: this.#tables }),
      () => (this.#tables.size > 3 ? this.#drop(random, table) : undefined),
      () => this.#onlineCopy(random, table),
      () => this.#view(table),
      () => this.#routine(random),
      () => this.#actor(random),
    ];
    for (;;) {
      const step = random.pick(steps)();
      if (step !== undefined) return step;
    }
  }

  #newName(prefix: string): string {
    return `${prefix}${++this.#names}`;
  }

  #with(table: EvolvingTable): ReadonlyMap<string, EvolvingTable> {
    return new Map([...this.#tables, [table.name, table]]);
  }

  #without(...names: readonly string[]): Map<string, EvolvingTable> {
    return new Map([...this.#tables].filter(([name]) => !names.includes(name)));
  }

  #create(): SchemaStep {
    const name = this.#newName('evolve_');
    const columns = [
      { name: 'c1', type: 'INT' },
      { name: 'c2', type: 'VARCHAR(20)' },
    ];
    const sql = `CREATE TABLE ${name} (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, c1 INT NULL, c2 VARCHAR(20) CHARACTER SET utf8mb4 NULL)`;
    return { kind: 'CREATE TABLE', statements: [sql], after: this.#with({ name, columns, indexes: [] }) };
  }

  #createLike(table: EvolvingTable): SchemaStep {
    const name = this.#newName('evolve_');
    return {
      kind: 'CREATE TABLE LIKE',
      statements: [
        `CREATE TABLE ${name} LIKE ${table.name}`,
        `INSERT INTO ${name} SELECT * FROM ${table.name} LIMIT 20`,
      ],
      after: this.#with({ ...table, name }),
    };
  }

  #addColumn(random: Random, table: EvolvingTable): SchemaStep | undefined {
    if (table.columns.length > 9) return undefined;
    const column = { name: this.#newName('c'), type: random.pick(types) };
    const place = random.pick(['', ' FIRST', ' AFTER id']);
    const value = random.pick(['NULL', 'NOT NULL', 'NULL']);
    const sql = `ALTER TABLE ${table.name} ADD COLUMN ${column.name} ${column.type} ${value}${place}`;
    return {
      kind: 'ADD COLUMN',
      statements: [sql],
      after: this.#with({ ...table, columns: [...table.columns, column] }),
    };
  }

  #dropColumn(random: Random, table: EvolvingTable): SchemaStep | undefined {
    if (table.columns.length < 2) return undefined;
    const column = random.pick(table.columns);
    const sql = `ALTER TABLE ${table.name} DROP COLUMN ${column.name}`;
    const columns = table.columns.filter((each) => each !== column);
    // An index on the column alone goes with it.
    const indexes = table.indexes.filter((index) => index !== indexName(column));
    return { kind: 'DROP COLUMN', statements: [sql], after: this.#with({ ...table, columns, indexes }) };
  }

  #modifyColumn(random: Random, table: EvolvingTable): SchemaStep | undefined {
    const column = random.pick([...table.columns, undefined]);
    const type = column && wider[column.type];
    // A longer text or BLOB may not fit into its index.
    if (column === undefined || type === undefined || table.indexes.includes(indexName(column)))
      return undefined;
    const sql = `ALTER TABLE ${table.name} MODIFY COLUMN ${column.name} ${type} NULL`;
    const columns = table.columns.map((each) => (each === column ? { ...column, type } : each));
    return { kind: 'MODIFY COLUMN', statements: [sql], after: this.#with({ ...table, columns }) };
  }

  #renameColumn(random: Random, table: EvolvingTable): SchemaStep | undefined {
    const column = random.pick([...table.columns, undefined]);
    if (column === undefined || table.indexes.includes(indexName(column))) return undefined;
    const name = this.#newName('c');
    const change =
      this.#flavour === 'mysql-5.6'
        ? `CHANGE COLUMN ${column.name} ${name} ${column.type} NULL`
        : `RENAME COLUMN ${column.name} TO ${name}`;
    const columns = table.columns.map((each) => (each === column ? { ...column, name } : each));
    return {
      kind: 'RENAME COLUMN',
      statements: [`ALTER TABLE ${table.name} ${change}`],
      after: this.#with({ ...table, columns }),
    };
  }

  #addIndex(random: Random, table: EvolvingTable): SchemaStep | undefined {
    const column = random.pick([...table.columns, undefined]);
    if (column === undefined || /TEXT|BLOB|VARCHAR\(200\)/.test(column.type)) return undefined;
    const index = indexName(column);
    if (table.indexes.includes(index)) return undefined;
    const sql = random.pick([
      `CREATE INDEX ${index} ON ${table.name} (${column.name})`,
      `ALTER TABLE ${table.name} ADD INDEX ${index} (${column.name})`,
    ]);
    return {
      kind: 'CREATE INDEX',
      statements: [sql],
      after: this.#with({ ...table, indexes: [...table.indexes, index] }),
    };
  }

  #dropIndex(random: Random, table: EvolvingTable): SchemaStep | undefined {
    const index = random.pick([...table.indexes, undefined]);
    if (index === undefined) return undefined;
    const sql = `DROP INDEX ${index} ON ${table.name}`;
    const indexes = table.indexes.filter((each) => each !== index);
    return { kind: 'DROP INDEX', statements: [sql], after: this.#with({ ...table, indexes }) };
  }

  #severalAtOnce(random: Random, table: EvolvingTable): SchemaStep | undefined {
    const gone = table.columns.find((column) => !table.indexes.includes(indexName(column)));
    if (gone === undefined || table.columns.length < 2) return undefined;
    const [one, two] = [this.#newName('c'), this.#newName('c')].map((name) => ({
      name,
      type: random.pick(types),
    }));
    if (one === undefined || two === undefined) return undefined;
    const sql = `ALTER TABLE ${table.name} ADD COLUMN (${one.name} ${one.type}, ${two.name} ${two.type}), DROP COLUMN ${gone.name}, COMMENT = 'step ${this.#names}'`;
    const columns = [...table.columns.filter((column) => column !== gone), one, two];
    return {
      kind: 'ALTER TABLE with several parts',
      statements: [sql],
      after: this.#with({ ...table, columns }),
    };
  }

  #rename(table: EvolvingTable): SchemaStep {
    const name = this.#newName('evolve_');
    const after = this.#without(table.name).set(name, { ...table, name });
    return {
      kind: 'RENAME TABLE',
      statements: [
        dropView(table),
        this.#names % 2 === 0
          ? `RENAME TABLE ${table.name} TO ${name}`
          : `ALTER TABLE ${table.name} RENAME TO ${name}`,
      ],
      after,
    };
  }

  #exchange(random: Random, table: EvolvingTable): SchemaStep | undefined {
    const other = random.pick([...this.#tables.values()]);
    if (other === table) return undefined;
    const sql = `RENAME TABLE ${table.name} TO exchanged, ${other.name} TO ${table.name}, exchanged TO ${other.name}`;
    const after = this.#without(table.name, other.name)
      .set(table.name, { ...other, name: table.name })
      .set(other.name, { ...table, name: other.name });
    return { kind: 'RENAME of two tables', statements: [dropView(table), dropView(other), sql], after };
  }

  #drop(random: Random, table: EvolvingTable): SchemaStep {
    const other = random.pick([...this.#tables.values()]);
    const names = [...new Set([table.name, other.name])];
    return {
      kind: 'DROP TABLE',
      statements: [dropView(table), dropView(other), `DROP TABLE ${names.join(', ')}`],
      after: this.#without(...names),
    };
  }

  /** What gh-ost and pt-online-schema-change do. */
  #onlineCopy(random: Random, table: EvolvingTable): SchemaStep {
    const ghost = `_${table.name}_gho`;
    const old = `_${table.name}_del`;
    const column = { name: this.#newName('c'), type: random.pick(types) };
    const names = ['id', ...table.columns.map(({ name }) => name)].join(', ');
    return {
      kind: 'online copy',
      statements: [
        dropView(table),
        `CREATE TABLE ${ghost} LIKE ${table.name}`,
        `ALTER TABLE ${ghost} ADD COLUMN ${column.name} ${column.type} NULL`,
        `INSERT IGNORE INTO ${ghost} (${names}) SELECT ${names} FROM ${table.name}`,
        `RENAME TABLE ${table.name} TO ${old}, ${ghost} TO ${table.name}`,
        `DROP TABLE ${old}`,
      ],
      after: this.#with({ ...table, columns: [...table.columns, column] }),
    };
  }

  #view(table: EvolvingTable): SchemaStep {
    return {
      kind: 'CREATE VIEW',
      statements: [
        `CREATE OR REPLACE VIEW view_of_${table.name} AS SELECT id, id * 2 AS twice FROM ${table.name}`,
      ],
      after: this.#tables,
    };
  }

  #routine(random: Random): SchemaStep {
    const name = `evolve_function_${random.below(3)}`;
    return {
      kind: 'CREATE FUNCTION',
      statements: [
        `DROP FUNCTION IF EXISTS ${name}`,
        `CREATE FUNCTION ${name}(x INT) RETURNS INT DETERMINISTIC RETURN x + ${random.below(100)}`,
      ],
      after: this.#tables,
    };
  }

  /** On a table that is never altered: a trigger may not name a column that is gone. */
  #actor(random: Random): SchemaStep {
    const number = random.below(3);
    const [kind, create] = random.pick([
      ['TRIGGER', `ON tree FOR EACH ROW SET @evolved = ${random.below(100)}`],
      ['EVENT', `ON SCHEDULE EVERY ${random.between(1, 9)} DAY DISABLE DO SET @evolved = ${number}`],
    ] as const);
    const name = `evolve_${kind.toLowerCase()}_${number}`;
    const time = kind === 'TRIGGER' ? `${triggerTimes[number]} ` : '';
    return {
      kind: `CREATE ${kind}`,
      statements: [`DROP ${kind} IF EXISTS ${name}`, `CREATE ${kind} ${name} ${time}${create}`],
      after: this.#tables,
    };
  }
}

const triggerTimes = ['BEFORE INSERT', 'AFTER INSERT', 'BEFORE DELETE'];
const indexName = (column: EvolvingColumn): string => `by_${column.name}`;
const dropView = (table: EvolvingTable): string => `DROP VIEW IF EXISTS view_of_${table.name}`;

function literalOf(random: Random, type: string): string {
  if (random.chance(0.05)) return 'DEFAULT';
  if (/^(?:BIGINT|INT|DECIMAL|DOUBLE)/.test(type)) return String(random.below(100_000));
  if (type.startsWith('DATETIME')) return `'2026-01-0${random.between(1, 9)} 00:00:00.123'`;
  if (type.startsWith('ENUM')) return random.pick(["'x'", "'y'"]);
  if (type.startsWith('VARBINARY') || type === 'BLOB') return `x'00ff${random.between(10, 99)}'`;
  return type === 'TEXT' || type === 'MEDIUMTEXT' || type.includes('utf8mb4')
    ? randomText(random, 10)
    : "'plain'";
}
