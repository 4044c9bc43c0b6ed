import { type Column, identityOf } from '../../../core/table.ts';
import { type MysqlTable, sameName } from './model.ts';
import { ownTypes } from './own-types.ts';
import type { AlterSpec, ColumnNode } from './parser/ast.ts';

export type AlterClass = 'indexes' | 'additive' | 'rewrite';

/** How far rows read before and after ALTER TABLE are alike; see SchemaEffect in core/change.ts. */
export function classifyAlter(
  before: MysqlTable,
  after: MysqlTable,
  specs: readonly AlterSpec[],
): AlterClass {
  if (specs.some((spec) => spec.kind === 'partition-rows' || spec.kind === 'exchange-partition'))
    return 'rewrite';
  if (before.engine !== after.engine) return 'rewrite';
  if (!sameIdentity(before, after)) return 'rewrite';
  const added = specs.flatMap((spec) => (spec.kind === 'add-column' ? [spec.column] : []));
  if (!keepsColumns(before, after, added)) return 'rewrite';
  if (!added.every((node) => isHarmless(node))) return 'rewrite';
  const parts = specs.filter((spec) => !neutralSpecs.has(spec.kind));
  if (parts.every((spec) => indexSpecs.has(spec.kind))) return 'indexes';
  // In one statement: it can neither wait for the indexes that it names nor run before they are there.
  return parts.some((spec) => indexSpecs.has(spec.kind)) ? 'rewrite' : 'additive';
}

const indexSpecs: ReadonlySet<AlterSpec['kind']> = new Set<AlterSpec['kind']>([
  'add-index',
  'drop-index',
  'rename-index',
  'alter-index',
  'add-foreign-key',
  'drop-foreign-key',
  'drop-constraint',
  'keys',
]);
const neutralSpecs: ReadonlySet<AlterSpec['kind']> = new Set<AlterSpec['kind']>([
  'execution',
  'force',
  'rename',
]);

function sameIdentity(before: MysqlTable, after: MysqlTable): boolean {
  const names = (table: MysqlTable) =>
    identityOf(table)
      ?.map((column) => table.columns[column]!.name.toLowerCase())
      .join('\0');
  return names(before) === names(after);
}

/** True when all former columns are there, in order and unchanged, with only added ones between them. */
function keepsColumns(before: MysqlTable, after: MysqlTable, added: readonly ColumnNode[]): boolean {
  const isAdded = (column: Column) => added.some((node) => sameName(node.name.value, column.name));
  const kept = after.columns.filter((column) => !isAdded(column));
  return (
    kept.length === before.columns.length && kept.every((column, at) => alike(column, before.columns[at]!))
  );
}

const alike = (a: Column, b: Column): boolean => storedForm(a) === storedForm(b);
function storedForm(column: Column): string {
  const { name, type, nullable, generated, autoIncrement } = column;
  return JSON.stringify([
    name.toLowerCase(),
    Object.entries(type).sort(),
    nullable,
    generated,
    autoIncrement ?? false,
  ]);
}

const isHarmless = (node: ColumnNode): boolean => {
  if (node.generated !== undefined) return true;
  if (node.autoIncrement || node.serialDefault || node.type.name === 'serial') return false;
  return (node.nullable !== false && node.key !== 'PRIMARY') || node.default !== undefined;
};

/**
 * Columns of types that MariaDB alone has which ALTER TABLE fills or converts: another server, which holds their text, would not do as
 * MariaDB does.
 */
export function filledByOwnTypes(before: MysqlTable, specs: readonly AlterSpec[]): readonly string[] {
  return specs.flatMap((spec) => {
    if (spec.kind !== 'add-column' && spec.kind !== 'change-column') return [];
    const { column } = spec;
    const to = column.type.name;
    if (spec.kind === 'change-column') {
      const former = before.columns.find(({ name }) => sameName(name, spec.from));
      const from = former?.type.name ?? to;
      const converted = from !== to || (former?.nullable === true && column.nullable === false);
      return converted && (ownTypes.has(from) || ownTypes.has(to)) ? [column.name.value] : [];
    }
    const filled =
      column.nullable === false && column.default === undefined && column.generated === undefined;
    return filled && ownTypes.has(to) ? [column.name.value] : [];
  });
}

// Functions whose value differs from call to call, session to session or server to server, so that two servers fill an added column
// differently. The present time is the source's: it comes with the statement. SYSDATE() is the server's own.
const volatileFunctions = new Set(
  `uuid uuid_short uuid_v4 uuid_v7 rand random_bytes sys_guid nextval lastval setval
   connection_id user current_user session_user system_user current_role last_insert_id row_count found_rows version icu_version
   ps_current_thread_id ps_thread_id sysdate sleep benchmark get_lock release_lock release_all_locks is_free_lock is_used_lock
   load_file master_pos_wait source_pos_wait`.split(/\s+/),
);
const bareFunctions = new Set(['current_user', 'current_role']);
const databaseFunctions = new Set(['database', 'schema']);

/** The first function, or variable of the server, in an expression that `chosen` takes; what is in quotes is none. */
function functionIn(expression: string, chosen: (name: string) => boolean): string | undefined {
  const text = expression.replace(/'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`]|``)*`/gs, "''");
  for (const [, name = '', opens] of text.matchAll(/(@{1,2}|[\w$]+)\s*(\()?/g)) {
    const called = opens !== undefined || bareFunctions.has(name.toLowerCase()) || name.startsWith('@');
    if (called && chosen(name.toLowerCase())) return name;
  }
  return undefined;
}

/**
 * A reason why running this ALTER TABLE at two servers gives their rows different values; undefined when there is none. `databaseMoves`:
 * the statement's database has another name at the target.
 */
export function divergence(
  before: MysqlTable,
  specs: readonly AlterSpec[],
  databaseMoves: boolean,
): string | undefined {
  const differs = (name: string) =>
    name.startsWith('@') || volatileFunctions.has(name) || (databaseMoves && databaseFunctions.has(name));
  for (const spec of specs) {
    if (spec.kind !== 'add-column' && spec.kind !== 'change-column') continue;
    const { column } = spec;
    const from = spec.kind === 'change-column' ? spec.from : undefined;
    const former = before.columns.find(({ name }) => from !== undefined && sameName(name, from));
    if (former === undefined && functionIn(column.default ?? '', differs) !== undefined) {
      return `the default of the new column ${column.name.value} differs from row to row and server to server`;
    }
    const numbers = column.autoIncrement || column.serialDefault || column.type.name === 'serial';
    if (numbers && !former?.autoIncrement && !before.keys.some((key) => key.primary)) {
      return `the column ${column.name.value} numbers rows in an order that only this server knows`;
    }
  }
  return undefined;
}
