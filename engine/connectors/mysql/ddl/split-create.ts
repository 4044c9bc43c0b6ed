import { DtsError } from '../../../core/errors.ts';
import { identityOf, type Table, type TableId } from '../../../core/table.ts';
import type { NameMapping } from '../../../core/target.ts';
import { quoteName, quoteTable } from '../identifier.ts';
import { adaptCreate } from './adapt.ts';
import { tableOf } from './create.ts';
import { anyDialect, type ServerVersion } from './dialect.ts';
import { asMysqlTable } from './history.ts';
import { type MysqlIndex, type MysqlTable, sameName } from './model.ts';
import type { CreateTableNode, TableElement } from './parser/ast.ts';
import type { Cursor } from './parser/cursor.ts';
import { parseStatement } from './parser/statement.ts';
import { nameEdits } from './rename-objects.ts';
import { rulesOf } from './rules.ts';
import { applyEdits } from './text-edits.ts';

/** One addition to a table, as a specification of ALTER TABLE. */
export interface Addition {
  readonly name: string;
  readonly sql: string;
}

export interface Completion {
  readonly indexes: readonly Addition[];
  readonly foreignKeys: readonly Addition[];
}

export interface SplitCreate {
  /** The table with what it cannot do without, under the target's name. */
  readonly containerSql: string;
  readonly completion: Completion;
}

/** Parts a CREATE TABLE of the source into what comes before its rows and what comes after. */
export function splitCreate(
  definition: { id: TableId; sql: string; session?: Readonly<Record<string, string>> | undefined },
  mapping: NameMapping,
  servers: { from?: ServerVersion | undefined; to?: ServerVersion | undefined } = {},
): SplitCreate {
  const session = definition.session ?? {};
  const { from, to } = servers;
  const sql = to === undefined ? definition.sql : adaptCreate(definition.sql, { from, to }, session);
  const { database } = definition.id;
  const { cursor, node } = parseStatement(sql, anyDialect(session));
  if (node.kind !== 'create-table' || node.body === undefined) {
    throw new DtsError('DDL_NOT_UNDERSTOOD', 'The text is no CREATE TABLE with columns.');
  }
  const table = modelOf(node, database, session);
  const kept = indispensableIndexes(table);
  const target = quoteTable(mapping.table(definition.id));
  const elements = keptElements(node, kept).map((element) => mappedSlice(element, cursor, mapping, database));
  const options = node.options.map((option) => cursor.slice(option));
  const partitions = node.partitions === undefined ? [] : [cursor.slice(node.partitions)];
  return {
    containerSql: [
      `CREATE TABLE IF NOT EXISTS ${target} (\n  ${elements.join(',\n  ')}\n)`,
      ...options,
      ...partitions,
    ].join(' '),
    completion: completionOf(table, mapping, to),
  };
}

/** Indexes and foreign keys that the container of a table has not. Law: the table comes from a MysqlHistory. */
export function completionOf(table: Table, mapping: NameMapping, to?: ServerVersion): Completion {
  const model = asMysqlTable(table);
  const kept = indispensableIndexes(model);
  return {
    indexes: model.indexes
      .filter((index) => !kept.includes(index.name))
      .map((index) => ({ name: index.name, sql: indexSql(index, to) })),
    foreignKeys: model.foreignKeys.map((key) => ({
      name: key.name,
      sql: foreignKeySql(key, mapping),
    })),
  };
}

/** The primary key, else the key that identifies rows; and one that begins with the AUTO_INCREMENT column. */
function indispensableIndexes(table: MysqlTable): readonly string[] {
  const names = new Set(table.indexes.filter((index) => index.kind === 'PRIMARY').map((index) => index.name));
  const identity = identityOf(table);
  if (names.size === 0 && identity !== undefined) {
    const key = table.keys.find(
      ({ unique, parts }) =>
        unique && parts.length === identity.length && parts.every((part, at) => part.column === identity[at]),
    );
    if (key !== undefined) names.add(key.name);
  }
  const counter = table.columns.findIndex((column) => column.autoIncrement);
  if (counter >= 0) {
    const begins = table.keys.filter((key) => key.parts[0]?.column === counter);
    const any = table.keys.filter((key) => key.parts.some((part) => part.column === counter));
    const candidates = begins.length > 0 ? begins : any;
    if (!candidates.some((key) => names.has(key.name)) && candidates[0]) names.add(candidates[0].name);
  }
  return [...names];
}

function modelOf(
  node: CreateTableNode,
  database: string,
  session: Readonly<Record<string, string>>,
): MysqlTable {
  // Names and order of keys are asked, no character set: any server's defaults do.
  const rules = rulesOf({ flavour: 'mysql', version: 80_000, lowerCaseTableNames: 0 }, session);
  return tableOf(node, { database, databaseDefaults: rules.serverCharset, rules });
}

function keptElements(node: CreateTableNode, kept: readonly string[]): readonly TableElement[] {
  return node.elements.filter((element) => {
    if (element.kind === 'foreign-key') return false;
    if (element.kind !== 'index') return true;
    const name =
      element.index.kind === 'PRIMARY' ? 'PRIMARY' : (element.index.name ?? element.index.constraint);
    return name === undefined || kept.some((keptName) => sameName(keptName, name));
  });
}

function mappedSlice(element: TableElement, cursor: Cursor, mapping: NameMapping, database: string): string {
  const span =
    element.kind === 'column'
      ? element.column
      : element.kind === 'index'
        ? element.index
        : element.kind === 'foreign-key'
          ? element.foreignKey
          : element.kind === 'check'
            ? element.check
            : element.span;
  const inside = nameEdits(cursor, mapping, database).filter(
    (edit) => edit.start >= span.start && edit.end <= span.end,
  );
  if (inside.length === 0) return cursor.slice(span);
  const shifted = inside.map((edit) => ({
    ...edit,
    start: edit.start - span.start,
    end: edit.end - span.start,
  }));
  return applyEdits(cursor.text.slice(span.start, span.end), shifted);
}

const kindWords: Readonly<Record<MysqlIndex['kind'], string>> = {
  PRIMARY: 'PRIMARY KEY',
  UNIQUE: 'UNIQUE KEY',
  INDEX: 'KEY',
  FULLTEXT: 'FULLTEXT KEY',
  SPATIAL: 'SPATIAL KEY',
  VECTOR: 'VECTOR KEY',
};

/** `ADD UNIQUE KEY name (…) …`. */
export function indexSql(index: MysqlIndex, to?: ServerVersion): string {
  const parts = index.parts.map((part) => {
    const length = part.prefix === undefined ? '' : `(${part.prefix})`;
    const what = part.column === undefined ? part.expression : quoteName(part.column) + length;
    return part.descending ? `${what} DESC` : what;
  });
  const name = index.kind === 'PRIMARY' ? '' : ` ${quoteName(index.name)}`;
  const hidden = index.hidden ? (to?.flavour === 'mariadb' ? ' IGNORED' : ' INVISIBLE') : '';
  const options = index.options === '' ? '' : ` ${index.options}`;
  return `ADD ${kindWords[index.kind]}${name} (${parts.join(', ')})${options}${hidden}`;
}

/** `ADD CONSTRAINT name FOREIGN KEY (…) REFERENCES …`, with the target's names. */
export function foreignKeySql(key: Table['foreignKeys'][number], mapping: NameMapping): string {
  const list = (names: readonly string[]) => names.map(quoteName).join(', ');
  const parent = quoteTable(mapping.table(key.references));
  const actions = [
    key.onDelete === 'NO ACTION' ? '' : ` ON DELETE ${key.onDelete}`,
    key.onUpdate === 'NO ACTION' ? '' : ` ON UPDATE ${key.onUpdate}`,
  ].join('');
  return `ADD CONSTRAINT ${quoteName(key.name)} FOREIGN KEY (${list(key.columns)}) REFERENCES ${parent} (${list(key.referencedColumns)})${actions}`;
}
