import type { MysqlHistory } from '../../../engine/connectors/mysql/ddl/history.ts';
import type { MysqlTable } from '../../../engine/connectors/mysql/ddl/model.ts';
import type { Flavour } from '../../servers/mysql.ts';

/** A small, repeatable source of choices. */
export class Choices {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  below(limit: number): number {
    // mulberry32
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  one<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  some<T>(items: readonly T[], most: number): T[] {
    const left = [...items];
    const taken: T[] = [];
    const count = Math.min(left.length, 1 + this.below(most));
    while (taken.length < count) taken.push(...left.splice(this.below(left.length), 1));
    return taken;
  }
}

const tables = ['orders', 'Items', 'a_b', 'ünïcode', 'select'] as const;
const someColumns = ['id', 'a', 'b', 'c', 'Note', 'state', 'order'];
const indexNames = ['i1', 'i2', 'a', 'b_2', 'weird name'] as const;
const databases = ['one', 'two'] as const;

const quote = (name: string) => `\`${name.replaceAll('`', '``')}\``;

/**
 * Random schema statements over few names, so that they meet. They lean on what exists; some are refused by the server all the
 * same, which is part of the game.
 */
export class RandomDdl {
  readonly #pick: Choices;
  readonly #flavour: Flavour;
  readonly #columns: readonly string[];
  #tables: readonly MysqlTable[] = [];
  /** The table that the statement being made is about. */
  #current: MysqlTable | undefined;

  constructor(seed: number, flavour: Flavour) {
    this.#pick = new Choices(seed);
    this.#flavour = flavour;
    // MariaDB's SHOW CREATE TABLE does not double the backtick inside a foreign key.
    this.#columns = [...someColumns, flavour === 'mariadb-10.11' ? "tick's" : 'tick`s'];
  }

  /** The next statement for a session in database `one`, given what exists. */
  statement(existing: MysqlHistory): string {
    this.#tables = existing.tables();
    this.#current = undefined;
    const pick = this.#pick;
    if (this.#tables.length < 2) return this.#createTable();
    const roll = pick.below(100);
    if (roll < 22) return this.#createTable();
    if (roll < 70) return `ALTER TABLE ${this.#existing()} ${this.#specs()}`;
    if (roll < 76) return this.#createIndex();
    if (roll < 79) {
      const table = this.#existing();
      return `DROP INDEX ${this.#indexName()} ON ${table}`;
    }
    if (roll < 85) return this.#rename();
    if (roll < 88)
      return `DROP TABLE ${pick.chance(50) ? 'IF EXISTS ' : ''}${this.#table()}, ${this.#table()}`;
    if (roll < 91)
      return `CREATE TABLE ${pick.chance(30) ? 'IF NOT EXISTS ' : ''}${this.#table()} LIKE ${this.#existing()}`;
    if (roll < 93)
      return `CREATE TABLE ${this.#table()} ${pick.chance(50) ? '(extra INT) ' : ''}SELECT * FROM ${this.#existing()}`;
    if (roll < 96) return this.#alterDatabase();
    return `TRUNCATE TABLE ${this.#existing()}`;
  }

  #table(): string {
    const name = quote(this.#pick.one(tables));
    return this.#pick.chance(30) ? `${quote(this.#pick.one(databases))}.${name}` : name;
  }

  /** A table that exists, and which the rest of the statement is about. */
  #existing(): string {
    if (this.#pick.chance(3)) return this.#table();
    this.#current = this.#pick.one(this.#tables);
    const { database, name } = this.#current.id;
    return database === 'one' && this.#pick.chance(70) ? quote(name) : `${quote(database)}.${quote(name)}`;
  }

  #column(): string {
    if (this.#current === undefined || this.#pick.chance(8)) return quote(this.#pick.one(this.#columns));
    return quote(this.#pick.one(this.#current.columns).name);
  }

  #newColumn(): string {
    const free = this.#columns.filter(
      (name) => !this.#current?.columns.some((column) => column.name === name),
    );
    return quote(this.#pick.one(free.length === 0 || this.#pick.chance(8) ? this.#columns : free));
  }

  #indexName(): string {
    const { indexes = [] } = this.#current ?? {};
    return quote(
      indexes.length === 0 || this.#pick.chance(10)
        ? this.#pick.one(indexNames)
        : this.#pick.one(indexes).name,
    );
  }

  #alterDatabase(): string {
    return `ALTER DATABASE ${quote(this.#pick.one(databases))} ${this.#charsetClause()}`;
  }

  #rename(): string {
    const pick = this.#pick;
    if (pick.chance(40)) {
      const [x, y] = [this.#existing(), this.#existing()];
      return `RENAME TABLE ${x} TO swap_tmp, ${y} TO ${x}, swap_tmp TO ${y}`;
    }
    return `RENAME TABLE ${this.#existing()} TO ${this.#table()}`;
  }

  #createTable(): string {
    const pick = this.#pick;
    this.#current = undefined;
    const names = pick.some(this.#columns, 6);
    const elements = names.map((name) => this.#definition(quote(name), true));
    const own = () => quote(pick.one(names));
    if (pick.chance(50)) elements.push(`PRIMARY KEY (${pick.some(names, 2).map(quote).join(', ')})`);
    for (let i = pick.below(4); i > 0; i--) elements.push(this.#index(own));
    if (pick.chance(20)) elements.push(this.#foreignKey(own));
    const options = [pick.chance(30) ? this.#charsetClause() : '', pick.chance(20) ? "COMMENT='x, y'" : ''];
    // Renaming a partitioned table in a larger ALTER leaves parts behind in MariaDB and 5.6.
    const partitioned = this.#flavour === 'mysql-9.7' && pick.chance(8);
    const partition = partitioned ? ` PARTITION BY KEY (${own()}) PARTITIONS 3` : '';
    const head = pick.chance(10) && this.#flavour === 'mariadb-10.11' ? 'CREATE OR REPLACE' : 'CREATE';
    return `${head} TABLE ${this.#table()} (${elements.join(', ')}) ${options.join(' ')}${partition}`;
  }

  #createIndex(): string {
    const pick = this.#pick;
    const kind = pick.one(['', 'UNIQUE ', '']);
    const table = this.#existing();
    const parts = this.#parts(() => this.#column());
    return `CREATE ${kind}INDEX ${quote(pick.one(indexNames))} ON ${table} (${parts})`;
  }

  #specs(): string {
    const count = this.#pick.chance(60) ? 1 : 1 + this.#pick.below(4);
    return Array.from({ length: count }, () => this.#spec()).join(', ');
  }

  #spec(): string {
    const pick = this.#pick;
    const modern = this.#flavour !== 'mysql-5.6';
    const own = () => this.#column();
    const options: (() => string)[] = [
      () => `ADD ${pick.one(['', 'COLUMN '])}${this.#definition(this.#newColumn(), true)}${this.#place()}`,
      () => `ADD COLUMN ${this.#definition(this.#newColumn(), false)}${this.#place()}`,
      () =>
        `ADD (${this.#definition(this.#newColumn(), false)}, ${this.#definition(this.#newColumn(), false)})`,
      () => `DROP ${pick.one(['', 'COLUMN '])}${own()}`,
      () => `DROP COLUMN ${own()}`,
      () => `MODIFY ${this.#definition(own(), pick.chance(20))}${this.#place()}`,
      () => `MODIFY COLUMN ${this.#definition(own(), false)}`,
      () => `CHANGE ${own()} ${this.#definition(this.#newColumn(), false)}${this.#place()}`,
      () => `ADD ${this.#index(own)}`,
      () => `ADD ${this.#index(own)}`,
      () => `DROP INDEX ${this.#indexName()}`,
      () => 'DROP PRIMARY KEY',
      () => `ADD PRIMARY KEY (${own()})`,
      () => `DROP PRIMARY KEY, ADD PRIMARY KEY (${own()}, ${own()})`,
      () => `DROP ${own()}, ADD ${this.#definition(own(), false)}${this.#place()}`,
      () => `ADD ${this.#foreignKey(own)}`,
      () => `ALTER COLUMN ${own()} ${pick.one(['DROP DEFAULT', "SET DEFAULT '7'"])}`,
      () => this.#charsetClause(),
      () => (this.#convertsMembersWrongly() ? 'FORCE' : `CONVERT TO ${this.#charsetClause()}`),
      () => `RENAME TO ${this.#table()}`,
      () => pick.one(['ENGINE=InnoDB', 'FORCE', 'ROW_FORMAT=DYNAMIC', "COMMENT='c'", 'ORDER BY a']),
      () => `DROP FOREIGN KEY ${quote(this.#current?.foreignKeys[0]?.name ?? 'fk1')}`,
    ];
    if (modern) {
      options.push(() => `RENAME COLUMN ${own()} TO ${this.#newColumn()}`);
      options.push(() => `RENAME INDEX ${this.#indexName()} TO ${quote(pick.one(indexNames))}`);
      options.push(
        () => `DROP CONSTRAINT ${pick.chance(40) ? this.#indexName() : quote(pick.one(['ck', 'fk1']))}`,
      );
      options.push(() => `ADD CONSTRAINT ck CHECK (1 < 2)`);
    }
    if (this.#flavour === 'mysql-9.7') {
      options.push(() => `ALTER COLUMN ${own()} SET ${pick.one(['VISIBLE', 'INVISIBLE'])}`);
      options.push(() => `ALTER INDEX ${this.#indexName()} ${pick.one(['VISIBLE', 'INVISIBLE'])}`);
    }
    if (this.#flavour === 'mariadb-10.11') {
      options.push(() => `ALTER INDEX ${this.#indexName()} ${pick.one(['IGNORED', 'NOT IGNORED'])}`);
      options.push(() => `ADD COLUMN IF NOT EXISTS ${this.#definition(own(), false)}`);
      options.push(() => `DROP COLUMN IF EXISTS ${own()}`);
      options.push(() => `MODIFY COLUMN IF EXISTS ${this.#definition(own(), false)}`);
      options.push(() => `CHANGE COLUMN IF EXISTS ${own()} ${this.#definition(own(), false)}`);
      options.push(() => `ADD INDEX IF NOT EXISTS ${quote(pick.one(indexNames))} (${own()})`);
      options.push(() => `DROP INDEX IF EXISTS ${quote(pick.one(indexNames))}`);
    }
    return pick.one(options)();
  }

  /** Servers read the bytes of enum members in the new character set: letters become others, a fault that is not modelled. */
  #convertsMembersWrongly(): boolean {
    return this.#current?.columns.some((column) => column.type.members !== undefined) ?? false;
  }

  #place(): string {
    return this.#pick.one(['', '', ' FIRST', ` AFTER ${this.#column()}`]);
  }

  #parts(own: () => string): string {
    const pick = this.#pick;
    const part = () => {
      if (this.#flavour === 'mysql-9.7' && pick.chance(6)) return '((1 + 1))';
      const column = own();
      const known = this.#current?.columns.find(({ name }) => quote(name) === column)?.type.name;
      const wants =
        known === undefined
          ? pick.chance(25)
          : /text|blob/.test(known) || (/char|binary/.test(known) && pick.chance(40));
      const prefix = wants ? `(${pick.one([2, 5, 10, 20])})` : '';
      const order = this.#flavour !== 'mysql-5.6' && pick.chance(20) ? ' DESC' : '';
      return `${column}${prefix}${order}`;
    };
    return Array.from({ length: 1 + pick.below(3) }, part).join(', ');
  }

  #index(own: () => string): string {
    const pick = this.#pick;
    const name = pick.chance(50) ? ` ${quote(pick.one(indexNames))}` : '';
    const kind = pick.one([
      'KEY',
      'INDEX',
      'UNIQUE',
      'UNIQUE KEY',
      'FULLTEXT',
      `CONSTRAINT ${quote(pick.one(indexNames))} UNIQUE`,
    ]);
    const using = kind.includes('FULLTEXT') ? '' : pick.one(['', '', ' USING BTREE']);
    const body = kind === 'FULLTEXT' ? own() : this.#parts(own);
    return `${kind}${name} (${body})${using}${pick.chance(10) ? " COMMENT 'k'" : ''}`;
  }

  #foreignKey(own: () => string): string {
    const pick = this.#pick;
    const constraint = pick.one(['', '', 'CONSTRAINT fk1 ', 'CONSTRAINT ']);
    const index = pick.one(['', '', ' fkindex']);
    const actions = pick.one([
      '',
      ' ON DELETE CASCADE',
      ' ON DELETE SET NULL ON UPDATE CASCADE',
      ' ON UPDATE RESTRICT',
    ]);
    const child = own();
    const parent = this.#parentOf(child);
    return `${constraint}FOREIGN KEY${index} (${child}) REFERENCES ${parent}${actions}`;
  }

  /** A table and column that a foreign key over the column could refer to; by chance one that does not exist. */
  #parentOf(child: string): string {
    const type = this.#current?.columns.find(({ name }) => quote(name) === child)?.type;
    const fitting = this.#tables.flatMap((table) =>
      table.keys.flatMap((key) => {
        const column = table.columns[key.parts[0]!.column];
        if (column === undefined) return [];
        const fits =
          key.unique && key.parts.length === 1 && JSON.stringify(column.type) === JSON.stringify(type);
        return fits ? [`${quote(table.id.database)}.${quote(table.id.name)} (${quote(column.name)})`] : [];
      }),
    );
    if (fitting.length > 0) return this.#pick.one(fitting);
    return `${this.#table()} (${quote(this.#pick.one(this.#columns))})`;
  }

  #charsetClause(): string {
    const pick = this.#pick;
    const common = [
      'CHARACTER SET latin1',
      'CHARACTER SET utf8mb4',
      'CHARACTER SET utf8',
      'CHARACTER SET ucs2',
    ];
    const more = [
      'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
      'CHARACTER SET latin1 COLLATE latin1_german1_ci',
    ];
    return pick.one([...common, ...more, 'CHARACTER SET binary', 'CHARACTER SET gbk']);
  }

  #definition(name: string, keys: boolean): string {
    const pick = this.#pick;
    const type = this.#type();
    const attributes: string[] = [];
    const generated =
      this.#flavour !== 'mysql-5.6' && pick.chance(6) && /^(?:INT|VARCHAR|TINYINT)/.test(type);
    if (generated)
      attributes.push(
        `${pick.one(['GENERATED ALWAYS AS', 'AS'])} (1) ${pick.one(['', 'VIRTUAL', 'STORED'])}`,
      );
    const counts = keys && !generated && /^(?:INT|BIGINT)/.test(type) && pick.chance(8);
    // A counter that may be NULL is shown by 5.6 as if nothing was said: no text tells the two apart.
    const nulls = counts || type === 'SERIAL' ? ['', 'NOT NULL'] : ['', '', 'NOT NULL', 'NULL'];
    if (!generated) attributes.push(pick.one(nulls));
    if (keys && pick.chance(8)) attributes.push(pick.one(['PRIMARY KEY', 'UNIQUE', 'UNIQUE KEY', 'KEY']));
    if (keys && !generated && /^(?:INT|BIGINT)/.test(type) && pick.chance(8))
      attributes.push('AUTO_INCREMENT');
    if (pick.chance(10)) attributes.push("COMMENT 'it''s, (a) `comment`'");
    if (!generated && this.#flavour === 'mysql-9.7' && pick.chance(5)) attributes.push('INVISIBLE');
    return `${name} ${type} ${attributes.filter((text) => text !== '').join(' ')}`;
  }

  #type(): string {
    const pick = this.#pick;
    const numeric = [
      'TINYINT',
      'TINYINT(1)',
      'BOOL',
      'SMALLINT UNSIGNED',
      'MEDIUMINT(9)',
      'INT',
      'INT',
      'INT',
      'INTEGER(11) UNSIGNED',
      'INT(5) ZEROFILL',
      'BIGINT',
      'INT8 UNSIGNED ZEROFILL',
      'DECIMAL',
      'NUMERIC(12)',
      'DEC(10,4) UNSIGNED',
      'FLOAT',
      'FLOAT(10)',
      'FLOAT(30)',
      'FLOAT(7,3)',
      'DOUBLE PRECISION',
      'REAL',
      'DOUBLE(12,2)',
      'BIT',
      'BIT(13)',
      'SERIAL',
    ];
    const time = [
      'DATE',
      'TIME',
      'TIME(3)',
      'DATETIME',
      'DATETIME(6)',
      'TIMESTAMP',
      'TIMESTAMP(2) NULL',
      'TIMESTAMP DEFAULT CURRENT_TIMESTAMP',
      'YEAR',
      'YEAR(4)',
      'DATETIME(3) DEFAULT NOW(3) ON UPDATE NOW(3)',
    ];
    const bytes = [
      'BINARY',
      'BINARY(16)',
      'VARBINARY(40)',
      'BLOB',
      'BLOB(100)',
      'BLOB(70000)',
      'TINYBLOB',
      'MEDIUMBLOB',
      'LONGBLOB',
      'LONG VARBINARY',
      'CHAR(8) BYTE',
      'VARCHAR(9) CHARACTER SET binary',
      'TEXT CHARACTER SET binary',
    ];
    const text = [
      'CHAR',
      'CHAR(10)',
      'CHARACTER(20)',
      'NCHAR(7)',
      'NATIONAL CHAR(3)',
      'VARCHAR(20)',
      'VARCHAR(20)',
      'VARCHAR(5)',
      'VARCHAR(255)',
      'NVARCHAR(30)',
      'NATIONAL VARCHAR(11)',
      'CHAR VARYING(12)',
      'VARCHAR(30000)',
      'TEXT',
      'TINYTEXT',
      'MEDIUMTEXT',
      'LONGTEXT',
      'LONG VARCHAR',
      'LONG',
      'TEXT(50)',
      'TEXT(100)',
      'TEXT(300)',
      'TEXT(20000)',
      'TEXT(6000000)',
      "ENUM('a','b''c','d,e')",
      "ENUM('x ','ü','\\\\n')",
      "SET('one','two')",
    ];
    const other = [
      'DATE',
      // MariaDB's unique keys over geometry are hashes of a kind of their own.
      ...(this.#flavour === 'mariadb-10.11' ? [] : ['GEOMETRY', 'POINT']),
      ...(this.#flavour === 'mysql-5.6' ? [] : ['JSON']),
      ...(this.#flavour === 'mysql-9.7' ? ['VECTOR(3)', 'GEOMETRYCOLLECTION', 'POINT SRID 4326'] : []),
    ];
    if (this.#flavour === 'mariadb-10.11') other.push('UUID', 'INET6', 'INET4');
    const roll = pick.below(100);
    if (roll < 15) return 'INT';
    if (roll < 35) return pick.one(numeric);
    if (roll < 48) return pick.one(time);
    if (roll < 58) return pick.one(bytes);
    if (roll < 63) return pick.one(other);
    const attribute = pick.one([
      '',
      '',
      '',
      '',
      ' CHARACTER SET latin1',
      ' CHARACTER SET utf8',
      ' COLLATE utf8mb4_bin',
      ' CHARACTER SET latin1 BINARY',
      ' BINARY',
      ' ASCII',
      ' UNICODE',
      ' CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
    ]);
    return pick.one(text) + attribute;
  }
}
