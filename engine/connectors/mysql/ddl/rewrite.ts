import type { SchemaEvent, SchemaStatement } from '../../../core/change.ts';
import { DtsError } from '../../../core/errors.ts';
import { type TableId, tableKey, tableLabel } from '../../../core/table.ts';
import type { NameMapping } from '../../../core/target.ts';
import { quoteTable } from '../identifier.ts';
import { adaptEdits } from './adapt.ts';
import { anyDialect, type Dialect, dialectOf, type ServerVersion } from './dialect.ts';
import { interimName, movesColumnNames, startOfSpecs } from './moved-columns.ts';
import type { AlterSpec, CreateTableNode, StatementNode } from './parser/ast.ts';
import { type ParsedStatement, parseStatement } from './parser/statement.ts';
import { bodyEdits, idOfName, mappedId, nameEdits } from './rename-objects.ts';
import { applyEdits, type Edit } from './text-edits.ts';

export interface ReplayOptions {
  /** The server that logged the statement. Absent: the content of every versioned comment counts. */
  readonly source?: ServerVersion | undefined;
  /** The server that shall run it. Absent: one like the source; nothing is adapted. */
  readonly target?: ServerVersion | undefined;
}

/**
 * The statements that replay a schema change at the target, in order: names mapped, objects that are not selected left out,
 * triggers and events left for later. Pure.
 *
 * A table renamed out of the selection is dropped; one renamed into it is left to the caller, who copies it (its rows are not
 * in the stream). Throws DDL_NOT_UNDERSTOOD where a renamed object is mentioned and cannot be replaced with certainty.
 */
export function planReplay(
  event: SchemaEvent,
  mapping: NameMapping,
  selects: (table: TableId) => boolean,
  options: ReplayOptions = {},
): readonly SchemaStatement[] {
  if (event.effects.every((effect) => effect.kind === 'none')) return [];
  const { statement } = event;
  const dialect = dialectFor(statement, options);
  const parsed = parseStatement(statement.text, dialect);
  const replay = new Replay(event, parsed, { mapping, selects, options, dialect });
  return replay.statements();
}

/** The text of a definition (view, routine, trigger, event) with the target's names. */
export function renameDefinition(
  definition: { sql: string; session: Readonly<Record<string, string>>; database: string },
  mapping: NameMapping,
  options: ReplayOptions = {},
): SchemaStatement {
  const { sql: text, session, database } = definition;
  const statement: SchemaStatement = { text, session, database };
  const parsed = parseStatement(text, dialectFor(statement, options));
  return {
    text: applyEdits(text, objectEdits(parsed, mapping, database)),
    database: mapping.database(database),
    session,
  };
}

const dialectFor = (statement: SchemaStatement, options: ReplayOptions): Dialect =>
  options.source === undefined ? anyDialect(statement.session) : dialectOf(options.source, statement.session);

function objectEdits(parsed: ParsedStatement, mapping: NameMapping, database: string): Edit[] {
  const { node, cursor } = parsed;
  const names = nameEdits(cursor, mapping, database);
  if (node.kind !== 'object' || node.action === 'drop') return names;
  // Unqualified names in a program mean its own database, in a view the session's.
  const own = node.object === 'view' ? database : idOfName(node.names[0]!, database).database;
  return [...names, ...bodyEdits(cursor, mapping, own, names)];
}

type NodeOf<K extends StatementNode['kind']> = Extract<StatementNode, { kind: K }>;

class Replay {
  readonly #event: SchemaEvent;
  readonly #parsed: ParsedStatement;
  readonly #mapping: NameMapping;
  readonly #selects: (table: TableId) => boolean;
  readonly #options: ReplayOptions;
  readonly #dialect: Dialect;

  constructor(
    event: SchemaEvent,
    parsed: ParsedStatement,
    context: {
      mapping: NameMapping;
      selects: (table: TableId) => boolean;
      options: ReplayOptions;
      dialect: Dialect;
    },
  ) {
    this.#event = event;
    this.#parsed = parsed;
    this.#mapping = context.mapping;
    this.#selects = context.selects;
    this.#options = context.options;
    this.#dialect = context.dialect;
  }

  statements(): SchemaStatement[] {
    const { node } = this.#parsed;
    switch (node.kind) {
      case 'create-table':
        return this.#createTable(node);
      case 'alter-table':
        return this.#alterTable(node);
      case 'rename-table':
        return this.#rename(node.pairs.map((pair) => [this.#id(pair.from), this.#id(pair.to)] as const));
      case 'drop-table':
      case 'drop-database':
        return this.#drop();
      case 'truncate-table':
      case 'create-index':
      case 'drop-index':
        return this.#selects(this.#id(node.table)) ? [this.#edited()] : [];
      case 'create-database':
      case 'alter-database':
        return this.#database(node);
      case 'object':
        return this.#object(node);
      case 'data-change':
      case 'none':
        return [];
    }
  }

  #id(name: Parameters<typeof idOfName>[0]): TableId {
    return idOfName(name, this.#event.statement.database);
  }

  /** The statement's text with mapped names, adapted to the target, and with these edits of ours. */
  #edited(more: readonly Edit[] = []): SchemaStatement {
    const { statement } = this.#event;
    const names = nameEdits(this.#parsed.cursor, this.#mapping, statement.database);
    const adapted = this.#adapted();
    // Ours first: of two edits at one place the first counts.
    return this.#statement(applyEdits(statement.text, [...more, ...names, ...adapted]));
  }

  #adapted(): readonly Edit[] {
    const { source = this.#dialect, target } = this.#options;
    if (target === undefined) return [];
    try {
      return adaptEdits(this.#parsed, { from: source, to: target });
    } catch (error) {
      if (!(error instanceof DtsError)) throw error;
      const object = this.#event.effects
        .flatMap((effect) => ('table' in effect ? [tableLabel(effect.table)] : []))
        .join(', ');
      throw new DtsError('DDL_NOT_UNDERSTOOD', error.message, {
        details: { ...error.details, object },
        remedy: 'Skip the statement, or replace it by your own SQL; then retry the task.',
        cause: error,
      });
    }
  }

  #statement(text: string, database = this.#event.statement.database): SchemaStatement {
    const mapped = database === '' ? '' : this.#mapping.database(database);
    return { text, database: mapped, session: this.#event.statement.session };
  }

  #createTable(node: CreateTableNode): SchemaStatement[] {
    const id = this.#id(node.table);
    if (!this.#selects(id)) return [];
    if (node.like !== undefined && !this.#selects(this.#id(node.like))) {
      throw new DtsError(
        'DDL_NOT_UNDERSTOOD',
        `The new table is made like ${node.like.name.value}, which is not carried to the target.`,
        { remedy: 'Replace the statement by the full CREATE TABLE; then retry the task.' },
      );
    }
    const created = this.#edited(createEdits(this.#parsed, node));
    return node.orReplace ? [this.#dropTables([id]), created] : [created];
  }

  #alterTable(node: NodeOf<'alter-table'>): SchemaStatement[] {
    const id = this.#id(node.table);
    const rename = node.specs.findLast((spec) => spec.kind === 'rename');
    const to = rename?.kind === 'rename' ? this.#id(rename.to) : id;
    if (!this.#selects(id)) return [];
    if (this.#options.target?.flavour === 'mysql') refuseOwnTypes(this.#event);
    if (!this.#selects(to)) return [this.#dropLeaving(id)];
    const aside = rename === undefined && movesColumnNames(node.specs);
    const statements = aside ? this.#alterAside(node) : [this.#edited()];
    return this.#refersToSelected(node.specs) ? statements.map(withoutForeignKeyChecks) : statements;
  }

  /** New foreign keys, which the source has checked; a parent that waits to be copied again has no rows here yet. */
  #refersToSelected(specs: readonly AlterSpec[]): boolean {
    const parents = specs.flatMap((spec) =>
      spec.kind === 'add-foreign-key' ? [this.#id(spec.foreignKey.references.table)] : [],
    );
    return parents.length > 0 && parents.every((parent) => this.#selects(parent));
  }

  /** In two steps, of which each shows whether it took effect: the table bears another name between them. */
  #alterAside(node: NodeOf<'alter-table'>): SchemaStatement[] {
    const table = this.#mapping.table(this.#id(node.table));
    const aside = quoteTable(interimName(table));
    const start = startOfSpecs(this.#parsed.cursor, node.table);
    return [
      this.#edited([{ start, end: start, text: `RENAME TO ${aside}, ` }]),
      this.#statement(`RENAME TABLE ${aside} TO ${quoteTable(table)}`, ''),
    ];
  }

  #rename(pairs: readonly (readonly [TableId, TableId])[]): SchemaStatement[] {
    const inside = ([from, to]: readonly [TableId, TableId]) => this.#selects(from) && this.#selects(to);
    if (pairs.every(inside)) return [this.#edited()];
    const statements: SchemaStatement[] = [];
    let run: string[] = [];
    const endRun = () => {
      if (run.length > 0) statements.push(this.#statement(`RENAME TABLE ${run.join(', ')}`));
      run = [];
    };
    for (const pair of pairs) {
      const [from, to] = pair;
      if (inside(pair)) run.push(`${this.#target(from)} TO ${this.#target(to)}`);
      else if (this.#selects(from)) {
        endRun();
        statements.push(this.#dropLeaving(from));
      }
    }
    endRun();
    return statements;
  }

  #target(id: TableId): string {
    return quoteTable(this.#mapping.table(id));
  }

  #dropTables(tables: readonly TableId[]): SchemaStatement {
    return this.#statement(`DROP TABLE IF EXISTS ${tables.map((id) => this.#target(id)).join(', ')}`, '');
  }

  /** At the source the table goes on to exist, so that foreign keys of others that refer to it hinder nothing there. */
  #dropLeaving(table: TableId): SchemaStatement {
    return withoutForeignKeyChecks(this.#dropTables([table]));
  }

  /** What really went is told by the effects: selected tables, and the database if it is carried whole. */
  #drop(): SchemaStatement[] {
    const tables = this.#event.effects.flatMap((effect) =>
      effect.kind === 'drop-table' && this.#selects(effect.table) ? [effect.table] : [],
    );
    const database = this.#event.effects.find((effect) => effect.kind === 'drop-database');
    if (database?.kind === 'drop-database') {
      const text = `DROP DATABASE IF EXISTS \`${this.#mapping.database(database.database).replaceAll('`', '``')}\``;
      return [this.#statement(text, '')];
    }
    return tables.length === 0 ? [] : [this.#dropTables(tables)];
  }

  #database(node: NodeOf<'create-database' | 'alter-database'>): SchemaStatement[] {
    const carried = this.#event.effects.some(
      (effect) => effect.kind === 'create-database' || effect.kind === 'alter-database',
    );
    if (!carried) return [];
    const edited = this.#edited();
    // The server logs CREATE DATABASE under the database itself, which does not exist yet.
    return [node.database === undefined ? edited : { ...edited, database: '' }];
  }

  #object(node: NodeOf<'object'>): SchemaStatement[] {
    if (node.object === 'trigger' || node.object === 'event') return [];
    const carried = new Set(
      this.#event.effects.flatMap((effect) => ('object' in effect ? [tableKey(effect.object)] : [])),
    );
    const selected = node.names.map((name) => this.#id(name)).filter((id) => carried.has(tableKey(id)));
    if (selected.length === 0) return [];
    const { statement } = this.#event;
    if (node.action === 'drop') {
      const role = node.object;
      const list = selected.map((id) => quoteTable(mappedId(role, id, this.#mapping))).join(', ');
      return [this.#statement(applyEdits(statement.text, [{ ...node.list, text: list }]))];
    }
    return [
      this.#statement(
        applyEdits(statement.text, objectEdits(this.#parsed, this.#mapping, statement.database)),
      ),
    ];
  }
}

const withoutForeignKeyChecks = (statement: SchemaStatement): SchemaStatement => ({
  ...statement,
  session: { ...statement.session, foreign_key_checks: '0' },
});

function refuseOwnTypes({ effects }: SchemaEvent): void {
  for (const effect of effects) {
    if (effect.kind !== 'alter-table' || effect.filledByOwnTypes === undefined) continue;
    const object = tableLabel(effect.table);
    throw new DtsError(
      'DDL_NOT_UNDERSTOOD',
      `${object}: the source fills or converts ${effect.filledByOwnTypes.join(', ')} by the rules of a type that MySQL has not.`,
      {
        details: { object },
        remedy: 'Reload the table, or replace the statement by your own SQL; then retry the task.',
      },
    );
  }
}

/** Cuts what makes rows or names files: START TRANSACTION, the query, directories and tablespaces; and OR REPLACE. */
function createEdits(parsed: ParsedStatement, node: CreateTableNode): Edit[] {
  const cut = [node.startTransaction, node.select].filter((span) => span !== undefined);
  const edits = cut.map((span) => ({ ...span, text: '' }));
  if (node.orReplace) {
    const { tokens } = parsed.cursor;
    edits.push({ start: tokens[1]!.start, end: tokens[2]!.end, text: '' });
  }
  return edits;
}
