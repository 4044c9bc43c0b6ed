import { DtsError } from '../../../core/errors.ts';
import type { Column, TableId } from '../../../core/table.ts';
import { tableKey, tableLabel } from '../../../core/table.ts';
import type { MysqlConnection } from '../connection.ts';
import { quoteName, quoteTable, quoteText } from '../identifier.ts';
import type { SqlPart } from '../raw-query.ts';
import { serverErrorNumber } from '../server-error.ts';
import { keyColumn } from '../snapshot/key-range.ts';

/**
 * ER_FK_DEPTH_EXCEEDED, and "exceeds max tables limit of 30" of MySQL 9.6 and later, whose cascades open a table anew for each step
 * within a tree: few dozen rows are too many, which other servers take.
 */
const tooDeep = new Set([3008, 6575]);

/** True for a statement that the server refused, and undid, because its cascade would go too far. */
export const isCascadeTooDeep = (error: unknown): boolean => tooDeep.has(serverErrorNumber(error) ?? 0);

/** A foreign key of the target that refers to a table. */
interface Reference {
  readonly child: TableId;
  /** Of the child, and those of the parent that they refer to, in the same order. */
  readonly columns: readonly string[];
  readonly parentColumns: readonly Column[];
  readonly onDelete: string;
}

/** Values in one condition. */
const VALUES_PER_STATEMENT = 500;

/**
 * Deletes the rows of a table that meet `condition`, and does to their children what the target's foreign keys say, level by level, in
 * the open transaction of the session. Gives the number of rows deleted of the table itself. Throws TARGET_REJECTED for what it cannot do.
 */
export async function deleteWithChildren(
  connection: MysqlConnection,
  table: TableId,
  condition: readonly SqlPart[],
): Promise<number> {
  await connection.execute('SET foreign_key_checks=0');
  const deleted = await new Cascade(connection).remove(table, condition);
  await connection.execute('SET foreign_key_checks=1');
  return deleted;
}

class Cascade {
  readonly #connection: MysqlConnection;
  readonly #references = new Map<string, readonly Reference[]>();

  constructor(connection: MysqlConnection) {
    this.#connection = connection;
  }

  async remove(table: TableId, condition: readonly SqlPart[]): Promise<number> {
    const below: { reference: Reference; values: readonly (readonly string[])[] }[] = [];
    for (const reference of await this.#referencesTo(table))
      below.push({ reference, values: await this.#valuesOf(table, reference, condition) });
    const object = tableLabel(table);
    // Before its children: rows that refer to each other in a circle are met but once.
    const [answer] = await this.#connection.execute(
      [Buffer.from(`DELETE FROM ${quoteTable(table)} WHERE `), ...condition],
      { object },
    );
    for (const { reference, values } of below) {
      for (let from = 0; from < values.length; from += VALUES_PER_STATEMENT)
        await this.#act(reference, values.slice(from, from + VALUES_PER_STATEMENT));
    }
    return answer?.affectedRows ?? 0;
  }

  async #act({ child, columns, onDelete }: Reference, values: readonly (readonly string[])[]): Promise<void> {
    const names = columns.map(quoteName);
    // Not a list of tuples: where numbers stand for members of enum or set, MySQL (seen with 9.7) finds nothing by it.
    const equal = (row: readonly string[]) => row.map((literal, i) => `${names[i]}=${literal}`).join(' AND ');
    const condition = Buffer.from(`(${values.map((row) => `(${equal(row)})`).join(' OR ')})`);
    if (onDelete === 'CASCADE') await this.remove(child, [condition]);
    if (onDelete !== 'SET NULL') return;
    const object = tableLabel(child);
    const further = (await this.#referencesTo(child)).flatMap(({ parentColumns }) => parentColumns);
    if (further.some(({ name }) => columns.includes(name))) {
      const message = `${object}: a foreign key sets columns to NULL that others refer to, beyond the depth that the target follows.`;
      throw new DtsError('TARGET_REJECTED', message, { details: { object } });
    }
    const nulls = names.map((name) => `${name}=NULL`);
    const kept = (await this.#stampsOf(child)).map(quoteName).map((name) => `${name}=${name}`);
    const set = [...nulls, ...kept].join(', ');
    await this.#connection.execute(
      [Buffer.from(`UPDATE ${quoteTable(child)} SET ${set} WHERE `), condition],
      { object },
    );
  }

  /** What the rows hold in the columns that a foreign key refers to, as literals to find by. */
  async #valuesOf(
    table: TableId,
    { parentColumns }: Reference,
    condition: readonly SqlPart[],
  ): Promise<string[][]> {
    const columns = parentColumns.map(keyColumn);
    const head = `SELECT DISTINCT ${columns.map(({ read }) => read).join(', ')} FROM ${quoteTable(table)} WHERE `;
    const rows = await this.#connection.rows([Buffer.from(head), ...condition], {
      object: tableLabel(table),
    });
    return rows.flatMap((row) => {
      const literals = columns.flatMap(({ literal }, i) =>
        row[i] == null ? [] : [literal(row[i].toString())],
      );
      return literals.length < columns.length ? [] : [literals];
    });
  }

  /** Columns that a statement sets to the current time by itself: what a foreign key does leaves them. */
  async #stampsOf({ database, name }: TableId): Promise<string[]> {
    const rows = await this.#connection.query(
      `SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ${quoteText(database)}
         AND TABLE_NAME = ${quoteText(name)} AND EXTRA LIKE '%on update%'`,
    );
    return rows.map((row) => row.name ?? '');
  }

  async #referencesTo(table: TableId): Promise<readonly Reference[]> {
    const known = this.#references.get(tableKey(table));
    if (known !== undefined) return known;
    const rows = await this.#connection.query(
      `SELECT k.TABLE_SCHEMA AS db, k.TABLE_NAME AS name, k.CONSTRAINT_NAME AS fk, k.COLUMN_NAME AS child_column, r.DELETE_RULE AS rule,
         k.REFERENCED_COLUMN_NAME AS parent_column, c.DATA_TYPE AS type, c.CHARACTER_SET_NAME AS charset
       FROM information_schema.KEY_COLUMN_USAGE k
       JOIN information_schema.REFERENTIAL_CONSTRAINTS r ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA
         AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME
       JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = k.REFERENCED_TABLE_SCHEMA
         AND c.TABLE_NAME = k.REFERENCED_TABLE_NAME AND c.COLUMN_NAME = k.REFERENCED_COLUMN_NAME
       WHERE k.REFERENCED_TABLE_SCHEMA = ${quoteText(table.database)} AND k.REFERENCED_TABLE_NAME = ${quoteText(table.name)}
       ORDER BY db, name, fk, k.ORDINAL_POSITION`,
    );
    const found = new Map<string, Reference & { columns: string[]; parentColumns: Column[] }>();
    for (const row of rows) {
      const child = { database: row.db ?? '', name: row.name ?? '' };
      const key = `${tableKey(child)}\0${row.fk}`;
      const reference = found.get(key) ?? { child, columns: [], parentColumns: [], onDelete: row.rule ?? '' };
      found.set(key, reference);
      reference.columns.push(row.child_column ?? '');
      const charset = row.charset === null || row.charset === undefined ? {} : { charset: row.charset };
      const type = { name: row.type ?? '', ...charset };
      reference.parentColumns.push({ name: row.parent_column ?? '', type, nullable: false });
    }
    const references = [...found.values()];
    this.#references.set(tableKey(table), references);
    return references;
  }
}
