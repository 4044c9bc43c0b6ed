import { DtsError } from '../../../core/errors.ts';
import type { Column, ForeignKey, TableId } from '../../../core/table.ts';
import {
  columnIndex,
  freeForeignKeyName,
  freeIndexName,
  isGeometry,
  type MysqlIndex,
  type TableParts,
} from './model.ts';
import type {
  ColumnNode,
  ForeignKeyNode,
  IndexNode,
  QualifiedName,
  ReferentialAction,
} from './parser/ast.ts';
import type { Rules } from './rules.ts';

/** Name of a table in a statement, under its default database. */
export function tableIdOf(name: QualifiedName, database: string, rules: Rules): TableId {
  return { database: rules.fold(name.database?.value ?? database), name: rules.fold(name.name.value) };
}

/** The parts of a table while a statement adds to them. */
export type Draft = { -readonly [K in keyof TableParts]: TableParts[K] };

export function addIndex(draft: Draft, node: IndexNode, rules: Rules): void {
  const wanted = node.kind === 'PRIMARY' ? 'PRIMARY' : (node.name ?? node.constraint);
  if (node.ifNotExists && draft.indexes.some((index) => index.name.toLowerCase() === wanted?.toLowerCase()))
    return;
  const parts = node.parts.map((part) => withColumnCase(part, draft.columns));
  const name = wanted ?? freeIndexName(parts, draft.indexes);
  const { options, hidden } = node;
  const kind = isSpatial(node, draft.columns, rules) ? 'SPATIAL' : node.kind;
  draft.indexes = [...draft.indexes, { name, kind, parts, options, hidden, generated: false }];
}

/** Since 8.0 MySQL makes a plain index over one geometry column a spatial one. */
function isSpatial(node: IndexNode, columns: readonly Column[], { server }: Rules): boolean {
  if (node.kind !== 'INDEX' || server.flavour !== 'mysql' || server.version < 80_000) return false;
  const column = columns[columnIndex(columns, node.parts[0]?.column ?? '')];
  return node.parts.length === 1 && isGeometry(column);
}

/** An inline PRIMARY KEY or UNIQUE of a column. */
export function addColumnKey(draft: Draft, node: ColumnNode): void {
  const serial = node.serialDefault || node.type.name === 'serial';
  const kind = node.key ?? (serial ? 'UNIQUE' : undefined);
  if (kind === undefined) return;
  const parts = [{ column: node.name.value, descending: false }];
  const name = kind === 'PRIMARY' ? 'PRIMARY' : freeIndexName(parts, draft.indexes);
  draft.indexes = [...draft.indexes, { name, kind, parts, options: '', hidden: false, generated: false }];
}

function withColumnCase(
  part: IndexNode['parts'][number],
  columns: readonly Column[],
): IndexNode['parts'][number] {
  if (part.column === undefined) return part;
  const column = columns[columnIndex(columns, part.column)];
  if (column === undefined) {
    throw new DtsError('DDL_NOT_UNDERSTOOD', `The statement indexes the unknown column ${part.column}.`);
  }
  return { ...part, column: column.name };
}

/** Engines that keep foreign keys; the others read and forget them. */
const keepsForeignKeys = (engine: string): boolean =>
  engine === 'innodb' || engine === 'ndbcluster' || engine === 'ndb';

/** RESTRICT and NO ACTION are one in InnoDB; before MySQL 8.0 the word was not kept. */
const keptAction = (action: ReferentialAction, { server }: Rules): ReferentialAction =>
  action === 'RESTRICT' && (server.flavour === 'mariadb' || server.version < 80_000) ? 'NO ACTION' : action;

export function addForeignKey(draft: Draft, node: ForeignKeyNode, rules: Rules): void {
  const columns = node.columns.map((name) => draft.columns[columnIndex(draft.columns, name)]?.name ?? name);
  const exists = (name: string | undefined) =>
    draft.foreignKeys.some((key) => key.name.toLowerCase() === name?.toLowerCase());
  if (node.ifNotExists && exists(node.constraint ?? node.index)) return;
  if (keepsForeignKeys(draft.engine)) {
    // MariaDB takes the index name for the constraint.
    const indexNames = rules.server.flavour === 'mariadb';
    const name =
      node.constraint ??
      (indexNames ? node.index : undefined) ??
      freeForeignKeyName(draft.id.name, draft.foreignKeys);
    const key: ForeignKey = {
      name,
      columns,
      references: tableIdOf(node.references.table, draft.id.database, rules),
      referencedColumns: node.references.columns,
      onDelete: keptAction(node.references.onDelete, rules),
      onUpdate: keptAction(node.references.onUpdate, rules),
    };
    draft.foreignKeys = [...draft.foreignKeys, key];
  }
  const parts = columns.map((column) => ({ column, descending: false }));
  const index: MysqlIndex = {
    name: node.constraint ?? node.index ?? freeIndexName(parts, draft.indexes),
    kind: 'INDEX',
    parts,
    options: '',
    hidden: false,
    generated: true,
  };
  draft.indexes = [...draft.indexes, index];
}
