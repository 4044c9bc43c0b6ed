import type { Row, Value } from '../../../core/row.ts';
import { JsonDocument, JsonPatch, jsonLength } from '../../../core/row.ts';
import { type Column, identityOf, type TableId, tableLabel } from '../../../core/table.ts';
import type { TargetTable } from '../../../core/target.ts';
import { patch, printedJson } from '../json-literal.ts';
import { sameScalarTypes } from '../json-types-sql.ts';
import { type ColumnLiteral, columnLiteral, type Dialect, writeValue } from '../literal.ts';
import type { SqlWriter } from '../sql-writer.ts';

const quoteName = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** How a target finds rows by a list of keys through an index. */
export interface ApplyDialect extends Dialect {
  /** `(a,b) IN ((1,2),…)` uses an index over (a,b): MySQL since 5.7. Otherwise `a=1 AND b=2 OR …`. */
  readonly rowsInList: boolean;
  /** Has a type of its own for JSON; MariaDB keeps the text that MySQL prints. */
  readonly hasJson: boolean;
}

const withJsonAsText = (column: Column): Column =>
  column.type.name === 'json'
    ? { ...column, type: { name: 'longtext', charset: 'utf8mb4', collation: 'utf8mb4_bin' } }
    : column;

const stampTypes = new Set(['timestamp', 'datetime']);
const memberTypes = new Set(['enum', 'set']);

/**
 * Keys in one DELETE. The optimizer keeps a range for each key and falls back to reading the whole table when they outgrow its
 * memory (range_optimizer_max_mem_size, 8 MB by default); what it does to joined conditions grows faster than their number.
 */
const KEYS_IN_LIST = 5000;
const KEYS_JOINED = 1000;

/** SQL fragments of one target table; the caller puts them together to statements. */
export class TableSql {
  readonly id: TableId;
  readonly label: string;
  /** `INSERT INTO t (a,b) VALUES `, … */
  readonly insertHead: string;
  readonly replaceHead: string;
  readonly deleteHead: string;
  readonly updateHead: string;
  readonly identity: readonly number[] | undefined;
  readonly #names: readonly string[];
  readonly #literals: readonly ColumnLiteral[];
  /** Columns that take values. */
  readonly #writable: readonly number[];
  readonly #json: readonly number[];
  readonly #dialect: ApplyDialect;
  readonly #enums: readonly number[];
  /** Columns that ON UPDATE CURRENT_TIMESTAMP may be said of, here or at the target, also unsaid by old servers. */
  readonly #stamps: readonly number[];
  readonly #identitiesInList: boolean;

  constructor(table: TargetTable, dialect: ApplyDialect) {
    const columns = dialect.hasJson ? table.source.columns : table.source.columns.map(withJsonAsText);
    this.id = table.id;
    this.label = tableLabel(table.id);
    this.#dialect = dialect;
    this.#names = columns.map((column) => quoteName(column.name));
    this.#literals = columns.map((column) => columnLiteral(column, dialect));
    this.#writable = columns.flatMap((column, i) => (column.generated === undefined ? [i] : []));
    this.#json = columns.flatMap((column, i) => (column.type.name === 'json' ? [i] : []));
    this.#enums = columns.flatMap((column, i) => (column.type.name === 'enum' ? [i] : []));
    this.#stamps = this.#writable.filter((i) => stampTypes.has(columns[i]!.type.name));
    this.identity = identityOf(table.source);
    // MySQL (seen with 9.7) finds nothing by a list of two or more tuples where numbers stand for members.
    const hasMembers = this.identity?.some((i) => memberTypes.has(columns[i]!.type.name)) ?? false;
    this.#identitiesInList = this.identity?.length === 1 || (dialect.rowsInList && !hasMembers);
    const name = `${quoteName(table.id.database)}.${quoteName(table.id.name)}`;
    const list = this.#writable.map((i) => this.#names[i]).join(',');
    this.insertHead = `INSERT INTO ${name} (${list}) VALUES `;
    this.replaceHead = `REPLACE INTO ${name} (${list}) VALUES `;
    this.deleteHead = `DELETE FROM ${name} WHERE `;
    this.updateHead = `UPDATE ${name} SET `;
  }

  /** `UPDATE IGNORE t SET `: leaves rows whose new key is taken. */
  get updateIgnoreHead(): string {
    return this.updateHead.replace('UPDATE ', 'UPDATE IGNORE ');
  }

  /** `(1,'x',NULL)` */
  values(writer: SqlWriter, row: Row): void {
    let separator = 0x28;
    for (const i of this.#writable) {
      writer.byte(separator);
      const value = row[i];
      // A MINIMAL image of an insert has only the columns that its statement named.
      if (value === undefined) writer.ascii('DEFAULT');
      else writeValue(writer, this.#literals[i]!.store, value);
      separator = 0x2c;
    }
    if (this.#writable.length === 0) writer.byte(0x28);
    writer.byte(0x29);
  }

  /** Members of `enum` columns of the row that are the error value (0): the server warns of each as it stores it. */
  errorMembers(row: Row): number {
    let count = 0;
    for (const i of this.#enums) {
      const value = row[i];
      if (value !== null && typeof value === 'object' && 'index' in value && value.index === 0n) count++;
    }
    return count;
  }

  /** What opens a condition over many identities, what each adds, and what ends it. */
  identitiesHead(): string {
    const { identity } = this;
    if (!identity || !this.#identitiesInList) return '';
    const names = identity.map((i) => this.#names[i]).join(',');
    return identity.length === 1 ? `${names} IN (` : `(${names}) IN (`;
  }
  identitiesTail(): string {
    return this.identitiesHead() === '' ? '' : ')';
  }
  identitiesSeparator(): string {
    return this.identitiesHead() === '' ? ' OR ' : ',';
  }
  /** The most identities in one such condition. */
  get identitiesLimit(): number {
    return this.#identitiesInList ? KEYS_IN_LIST : KEYS_JOINED;
  }
  identityItem(writer: SqlWriter, row: Row): void {
    const identity = this.identity!;
    if (identity.length === 1) this.#find(writer, identity[0]!, row[identity[0]!]);
    else if (!this.#identitiesInList) this.identityCondition(writer, row);
    else {
      let separator = '(';
      for (const i of identity) {
        writer.ascii(separator);
        this.#find(writer, i, row[i]);
        separator = ',';
      }
      writer.byte(0x29);
    }
  }

  /** `(a=1 AND b=2)`: the row with the identity. */
  identityCondition(writer: SqlWriter, row: Row): void {
    let separator = '(';
    for (const i of this.identity!) {
      writer.ascii(separator);
      writer.text(this.#names[i]!);
      writer.ascii('=');
      this.#find(writer, i, row[i]);
      separator = ' AND ';
    }
    writer.ascii(')');
  }

  /** ` AND …`: behind `identityCondition`, that the identity is the same byte for byte. */
  identityBytesCondition(writer: SqlWriter, row: Row): void {
    for (const i of this.identity!) {
      writer.ascii(' AND ');
      this.#literals[i]!.equal(writer, this.#names[i]!, row[i]!);
    }
  }

  /** The rows of a keyless table that equal this one. */
  wholeRowCondition(writer: SqlWriter, row: Row): void {
    let separator = '';
    for (const i of this.#writable) {
      const value = row[i];
      if (value === undefined) continue;
      writer.ascii(separator);
      separator = ' AND ';
      if (value === null) writer.text(`${this.#names[i]} IS NULL`);
      else this.#literals[i]!.equal(writer, this.#names[i]!, value);
    }
    if (separator === '') writer.ascii('TRUE');
  }

  /** ` ORDER BY …`: of rows that are equal, those first whose JSON also prints the same and has the same types: 1 equals 1.0. */
  wholeRowOrder(writer: SqlWriter, row: Row): void {
    let separator = ' ORDER BY ';
    for (const i of this.#json) {
      const value = row[i];
      const document = value instanceof JsonDocument ? value : undefined;
      const text = document?.text ?? value;
      if (typeof text !== 'string') continue;
      writer.text(`${separator}CAST(${this.#names[i]} AS CHAR)<=>`);
      printedJson(writer, text);
      writer.ascii(' DESC');
      separator = ',';
      if (!this.#dialect.jsonTable) continue;
      writer.text(separator);
      sameScalarTypes(writer, this.#names[i]!, document?.scalars ?? []);
      writer.ascii(' DESC');
    }
  }

  /**
   * `a=1,b='x',c=c`: the columns that are present, at least one, and those that the target would otherwise set to the current time by
   * itself.
   */
  assignments(writer: SqlWriter, set: Row): void {
    let any = false;
    for (const i of this.#writable) {
      const value = set[i];
      if (value === undefined) continue;
      if (any) writer.byte(0x2c);
      any = true;
      writer.text(this.#names[i]!);
      writer.byte(0x3d);
      if (value instanceof JsonPatch)
        patch(writer, value, { column: this.#names[i]!, dialect: this.#dialect });
      else writeValue(writer, this.#literals[i]!.store, value);
    }
    for (const i of this.#stamps) {
      if (set[i] === undefined) writer.text(`,${this.#names[i]}=${this.#names[i]}`);
    }
  }

  /** Columns that the update gives another value. */
  changed(before: Row, after: Row): Row {
    const set: Value[] = new Array(after.length).fill(undefined);
    for (const i of this.#writable) {
      if (!sameBytes(before[i], after[i])) set[i] = after[i];
    }
    return set;
  }

  changesIdentity(before: Row, after: Row): boolean {
    return this.identity?.some((i) => after[i] !== undefined && !sameBytes(before[i], after[i])) ?? false;
  }

  #find(writer: SqlWriter, column: number, value: Value): void {
    writeValue(writer, this.#literals[column]!.find, value);
  }
}

function sameBytes(a: Value, b: Value): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof JsonDocument && b instanceof JsonDocument) return a.key === b.key;
  return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0;
}

/** An upper bound of the bytes of a row's literals. */
export function literalBytesBound(row: Row): number {
  let bytes = 2 + row.length * 64;
  for (let i = 0; i < row.length; i++) {
    const value = row[i];
    if (typeof value === 'string') bytes += value.length * 6;
    else if (typeof value === 'object' && value !== null) bytes += objectBytesBound(value);
  }
  return bytes;
}

function objectBytesBound(value: object): number {
  if (value instanceof Uint8Array) return value.length * 2;
  if (value instanceof JsonDocument) return documentBytesBound(value);
  if (!(value instanceof JsonPatch)) return 0;
  let bytes = documentBytesBound(value.base);
  for (const operation of value.operations) {
    bytes += 96 + operation.path.length * 6 + documentBytesBound(operation.value);
  }
  return bytes;
}

function documentBytesBound(document: string | JsonDocument | undefined): number {
  let bytes = jsonLength(document) * 6;
  if (document instanceof JsonDocument) {
    for (const { path } of document.scalars) bytes += 256 + path.length * 6;
  }
  return bytes;
}
