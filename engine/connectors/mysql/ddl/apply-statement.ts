import type { SchemaEffect } from '../../../core/change.ts';
import { DtsError } from '../../../core/errors.ts';
import { type TableId, tableKey, tableLabel } from '../../../core/table.ts';
import type { ObjectMapper } from '../../../transform/mapping.ts';
import { tableIdOf } from './additions.ts';
import { altered, columnRenames } from './alter.ts';
import { classifyAlter, divergence, filledByOwnTypes } from './alter-class.ts';
import { type CharsetPair, resolveCharset } from './charset.ts';
import { tableOf } from './create.ts';
import type { MysqlHistory } from './history.ts';
import { type MysqlTable, renamed, sameName } from './model.ts';
import type { AlterSpec, CreateTableNode, QualifiedName, StatementNode } from './parser/ast.ts';
import type { ParsedStatement } from './parser/statement.ts';
import type { Rules } from './rules.ts';

export interface Evolution {
  readonly history: MysqlHistory;
  readonly effects: readonly SchemaEffect[];
}

export interface EvolveContext {
  readonly history: MysqlHistory;
  /** Database of unqualified names. */
  readonly database: string;
  readonly rules: Rules;
  readonly mapper: ObjectMapper;
}

type NodeOf<K extends StatementNode['kind']> = Extract<StatementNode, { kind: K }>;

const nothing = (context: EvolveContext, reason: string): Evolution => ({
  history: context.history,
  effects: [{ kind: 'none', reason }],
});

/** Carries the structure over one statement. */
export function applyStatement(parsed: ParsedStatement, context: EvolveContext): Evolution {
  const { node } = parsed;
  const evolution = applyNode(node, context);
  if (evolution.effects.length > 0) return evolution;
  return { ...evolution, effects: [{ kind: 'none', reason: 'no selected object' }] };
}

function applyNode(node: StatementNode, context: EvolveContext): Evolution {
  switch (node.kind) {
    case 'create-table':
      return createTable(node, context);
    case 'alter-table':
      return alterTable({ name: node.table, specs: node.specs, ifExists: node.ifExists }, context);
    case 'create-index': {
      const { name } = node.index;
      const drops: AlterSpec[] = node.orReplace ? [{ kind: 'drop-index', name: name!, ifExists: true }] : [];
      const specs: AlterSpec[] = [...drops, { kind: 'add-index', index: node.index }];
      return alterTable({ name: node.table, specs, ifExists: false }, context);
    }
    case 'drop-index': {
      const primary = sameName(node.name, 'PRIMARY');
      const spec: AlterSpec = primary
        ? { kind: 'drop-primary-key' }
        : { kind: 'drop-index', name: node.name, ifExists: node.ifExists };
      return alterTable({ name: node.table, specs: [spec], ifExists: node.ifExists }, context);
    }
    case 'drop-table':
      return dropTables(node, context);
    case 'rename-table':
      return renameTables(node, context);
    case 'truncate-table':
      return truncateTable(node, context);
    case 'create-database':
    case 'alter-database':
      return setDatabase(node, context);
    case 'drop-database':
      return dropDatabase(node, context);
    case 'object':
      return changeObject(node, context);
    case 'data-change':
      return dataChange(node, context);
    case 'none':
      return nothing(context, node.reason);
  }
}

const idOf = (name: QualifiedName, context: EvolveContext): TableId =>
  tableIdOf(name, context.database, context.rules);

const databaseDefaults = (database: string, context: EvolveContext): CharsetPair =>
  context.history.databases.get(database) ?? context.rules.serverCharset;

/** The history follows a table: it is in a database of the selection. */
const follows = (id: TableId, context: EvolveContext): boolean => context.mapper.touchesDatabase(id.database);

function createTable(node: CreateTableNode, context: EvolveContext): Evolution {
  if (node.temporary) return nothing(context, 'temporary table');
  const id = idOf(node.table, context);
  if (!follows(id, context)) return nothing(context, 'a table outside the selection');
  const existing = context.history.table(id);
  if (existing !== undefined && node.ifNotExists) return nothing(context, 'the table exists already');
  const table = node.like === undefined ? madeTable(node, id, context) : copiedTable(node.like, id, context);
  const effects: SchemaEffect[] = [];
  if (context.mapper.selects(id)) {
    if (existing !== undefined) effects.push({ kind: 'drop-table', table: id });
    effects.push({
      kind: 'create-table',
      table: id,
      ...(node.like ? { like: idOf(node.like, context) } : {}),
    });
  }
  return { history: context.history.withTables({ put: [table] }), effects };
}

function madeTable(node: CreateTableNode, id: TableId, context: EvolveContext): MysqlTable {
  const defaults = databaseDefaults(id.database, context);
  return tableOf(node, { database: context.database, databaseDefaults: defaults, rules: context.rules });
}

function copiedTable(like: QualifiedName, id: TableId, context: EvolveContext): MysqlTable {
  const model = context.history.table(idOf(like, context));
  if (model === undefined) throw unknownTable(idOf(like, context));
  return { ...model, id, foreignKeys: [] };
}

function alterTable(
  change: { name: QualifiedName; specs: readonly AlterSpec[]; ifExists: boolean },
  context: EvolveContext,
): Evolution {
  const id = idOf(change.name, context);
  const rename = change.specs.findLast((spec) => spec.kind === 'rename');
  const to = rename?.kind === 'rename' ? idOf(rename.to, context) : id;
  if (!follows(id, context) && !follows(to, context))
    return nothing(context, 'a table outside the selection');
  const before = context.history.table(id);
  if (before === undefined) {
    if (change.ifExists) return nothing(context, 'no such table');
    throw unknownTable(id);
  }
  refuse(change.specs, before, context);
  const after = altered(before, change.specs, {
    databaseDefaults: databaseDefaults(id.database, context),
    rules: context.rules,
  });
  let history = context.history.withTables({ put: [after] });
  history = withRenamedColumns(history, id, columnRenames(change.specs));
  const effects: SchemaEffect[] = [];
  const alone =
    rename !== undefined && change.specs.every((s) => s.kind === 'rename' || s.kind === 'execution');
  if (context.mapper.selects(id) && !alone) {
    const filled = filledByOwnTypes(before, change.specs);
    effects.push({
      kind: 'alter-table',
      table: id,
      change: classifyAlter(before, after, change.specs),
      ...(filled.length === 0 ? {} : { filledByOwnTypes: filled }),
    });
  }
  effects.push(...exchanged(change.specs, context));
  if (rename === undefined || tableKey(id) === tableKey(to)) return { history, effects };
  const moved = moveTable(history, id, to, context);
  return { history: moved.history, effects: [...effects, ...moved.effects] };
}

/** Changes whose outcome at another server cannot be known from the text. */
function refuse(specs: readonly AlterSpec[], table: MysqlTable, context: EvolveContext): void {
  if (!context.mapper.selects(table.id)) return;
  const object = tableLabel(table.id);
  const fail = (message: string, remedy?: string, reason?: string) => {
    throw new DtsError('DDL_NOT_UNDERSTOOD', message, {
      details: { object, reason },
      ...(remedy ? { remedy } : {}),
    });
  };
  for (const spec of specs) {
    if (spec.kind === 'tablespace') fail(`${object} takes its rows from a file.`, reload);
    if (spec.kind === 'system-versioning' || spec.kind === 'period') {
      fail(`${object} becomes a system-versioned or period table; these cannot be carried.`);
    }
    if (spec.kind === 'exchange-partition') {
      const other = idOf(spec.table, context);
      if (!context.mapper.selects(other)) {
        fail(`${object} takes rows from ${tableLabel(other)}, which is not selected.`, reload);
      }
    }
  }
  const { database, mapper } = context;
  const databaseMoves = mapper.touchesDatabase(database) && mapper.database(database) !== database;
  const reason = divergence(table, specs, databaseMoves);
  if (reason !== undefined)
    fail(`${object} cannot be altered alike at the target: ${reason}.`, reload, 'diverges');
}

const reload = 'Reload the table, or replace the statement by your own SQL; then retry the task.';

function exchanged(specs: readonly AlterSpec[], context: EvolveContext): SchemaEffect[] {
  return specs.flatMap((spec) => {
    if (spec.kind !== 'exchange-partition') return [];
    const table = idOf(spec.table, context);
    return context.mapper.selects(table) ? [{ kind: 'alter-table', table, change: 'rewrite' } as const] : [];
  });
}

/** Foreign keys of other tables that refer to renamed columns follow. */
function withRenamedColumns(
  history: MysqlHistory,
  parent: TableId,
  renames: ReadonlyMap<string, string>,
): MysqlHistory {
  if (renames.size === 0) return history;
  return withReferences(history, parent, (key) => ({
    ...key,
    referencedColumns: key.referencedColumns.map((name) => renames.get(name.toLowerCase()) ?? name),
  }));
}

function withReferences(
  history: MysqlHistory,
  parent: TableId,
  change: (key: MysqlTable['foreignKeys'][number]) => MysqlTable['foreignKeys'][number],
): MysqlHistory {
  const refers = (key: MysqlTable['foreignKeys'][number]) => tableKey(key.references) === tableKey(parent);
  const put = history
    .tables()
    .filter((table) => table.foreignKeys.some(refers))
    .map((table) => ({
      ...table,
      foreignKeys: table.foreignKeys.map((key) => (refers(key) ? change(key) : key)),
    }));
  return put.length === 0 ? history : history.withTables({ put });
}

function dropTables(node: NodeOf<'drop-table'>, context: EvolveContext): Evolution {
  if (node.temporary) return nothing(context, 'temporary table');
  // A name that is not known is a view, or was never there: nothing to carry.
  const known = node.tables
    .map((name) => idOf(name, context))
    .filter((id) => context.history.table(id) !== undefined);
  return {
    history: context.history.withTables({ remove: known }),
    effects: known
      .filter((id) => context.mapper.selects(id))
      .map((table) => ({ kind: 'drop-table', table }) as const),
  };
}

function renameTables(node: NodeOf<'rename-table'>, context: EvolveContext): Evolution {
  let { history } = context;
  const effects: SchemaEffect[] = [];
  for (const pair of node.pairs) {
    const from = idOf(pair.from, context);
    const to = idOf(pair.to, context);
    if (!follows(from, context) && !follows(to, context)) continue;
    if (history.table(from) === undefined && node.ifExists) continue;
    const moved = moveTable(history, from, to, context);
    history = moved.history;
    effects.push(...moved.effects);
  }
  return { history, effects };
}

/** One rename; a table that leaves the followed databases is forgotten. */
function moveTable(history: MysqlHistory, from: TableId, to: TableId, context: EvolveContext): Evolution {
  const { mapper } = context;
  const concerned = mapper.selects(from) || mapper.selects(to);
  const effects: SchemaEffect[] = concerned ? [{ kind: 'rename-table', from, to }] : [];
  const table = history.table(from);
  if (table === undefined) {
    if (mapper.selects(to)) throw unknownTable(from);
    return { history: history.withTables({ remove: [to] }), effects };
  }
  const put = follows(to, context) ? [withRenamedKeys(renamed(table, to), from)] : [];
  const next = history.withTables({ remove: [from], put });
  return { history: withReferences(next, from, (key) => ({ ...key, references: to })), effects };
}

/** InnoDB's own names for foreign keys follow the table's name. */
function withRenamedKeys(table: MysqlTable, from: TableId): MysqlTable {
  const prefix = `${from.name}_ibfk_`;
  const rename = (name: string) =>
    name.startsWith(prefix) ? `${table.id.name}_ibfk_${name.slice(prefix.length)}` : name;
  return { ...table, foreignKeys: table.foreignKeys.map((key) => ({ ...key, name: rename(key.name) })) };
}

function truncateTable(node: NodeOf<'truncate-table'>, context: EvolveContext): Evolution {
  const table = idOf(node.table, context);
  const effects: SchemaEffect[] = context.mapper.selects(table) ? [{ kind: 'truncate-table', table }] : [];
  return { history: context.history, effects };
}

function setDatabase(node: NodeOf<'create-database' | 'alter-database'>, context: EvolveContext): Evolution {
  const { mapper, rules } = context;
  const database = node.database === undefined ? context.database : rules.fold(node.database.value);
  if (!mapper.touchesDatabase(database)) return nothing(context, 'a database outside the selection');
  const former = context.history.databases.get(database);
  const effects: SchemaEffect[] = mapper.selectsDatabase(database) ? [{ kind: node.kind, database }] : [];
  if (node.kind === 'create-database') {
    if (former !== undefined && !node.exclusive) return nothing(context, 'the database exists already');
    const defaults = resolveCharset(node, rules.serverCharset, rules.collationFor);
    const dropped = node.orReplace && former !== undefined ? dropAll(database, context) : undefined;
    const history = (dropped?.history ?? context.history).withDatabase(database, defaults);
    return { history, effects: [...(dropped?.effects ?? []), ...effects] };
  }
  const defaults = resolveCharset(node, former ?? rules.serverCharset, rules.collationFor);
  return { history: context.history.withDatabase(database, defaults), effects };
}

function dropDatabase(node: NodeOf<'drop-database'>, context: EvolveContext): Evolution {
  const database = context.rules.fold(node.database.value);
  if (!context.mapper.touchesDatabase(database)) return nothing(context, 'a database outside the selection');
  return dropAll(database, context);
}

/** Tells each selected table that goes, then the database when it is selected as a whole. */
function dropAll(database: string, context: EvolveContext): Evolution {
  const { mapper, history } = context;
  const effects: SchemaEffect[] = history
    .tables()
    .filter((table) => table.id.database === database && mapper.selects(table.id))
    .map((table) => ({ kind: 'drop-table', table: table.id }));
  if (mapper.selectsDatabase(database)) effects.push({ kind: 'drop-database', database });
  return { history: history.withoutDatabase(database), effects };
}

function changeObject(node: NodeOf<'object'>, context: EvolveContext): Evolution {
  const selected = node.names
    .map((name) => idOf(name, context))
    .filter((id) => context.mapper.selectsDatabase(id.database) && context.mapper.selects(id));
  const { object } = node;
  if (object === 'sequence') {
    if (selected.length === 0) return nothing(context, 'a sequence outside the selection');
    throw new DtsError(
      'DDL_NOT_UNDERSTOOD',
      `${tableLabel(selected[0]!)} is a sequence; these cannot be carried.`,
      {
        details: { object: tableLabel(selected[0]!) },
      },
    );
  }
  return { history: context.history, effects: selected.map((id) => ({ kind: object, object: id })) };
}

function dataChange(node: NodeOf<'data-change'>, context: EvolveContext): Evolution {
  if (!context.mapper.touchesDatabase(context.database)) return nothing(context, node.verb);
  throw new DtsError('SOURCE_CONFIG', `The source logged ${node.verb} as a statement, not as rows.`, {
    remedy: 'Set binlog_format=ROW at the source for all sessions, then create the task anew.',
  });
}

function unknownTable(id: TableId): DtsError {
  const object = tableLabel(id);
  return new DtsError(
    'DDL_NOT_UNDERSTOOD',
    `The structure of ${object}, which the statement needs, is not known.`,
    {
      details: { object },
      remedy:
        'Skip the statement, replace it by your own SQL, or reload the tables it concerns; then retry the task.',
    },
  );
}
