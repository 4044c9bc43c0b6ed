import { DtsError } from '../../../core/errors.ts';
import { type Column, tableLabel } from '../../../core/table.ts';
import { addColumnKey, addForeignKey, addIndex, type Draft } from './additions.ts';
import { type CharsetPair, resolveCharset } from './charset.ts';
import { columnOf, converted, convertedAs, inCharset } from './column-rules.ts';
import { keyLength } from './key-length.ts';
import { isGeometry, type MysqlIndex, type MysqlTable, makeTable, sameName } from './model.ts';
import type { AlterSpec, ColumnNode, ColumnPlace } from './parser/ast.ts';
import type { Rules } from './rules.ts';

interface AlterContext {
  readonly databaseDefaults: CharsetPair;
  readonly rules: Rules;
}

/**
 * The table after ALTER TABLE. All names that a statement uses for what exists are those from before it; FIRST and AFTER
 * speak of the columns as they come out (mysql_prepare_alter_table of sql_table.cc).
 */
export function altered(table: MysqlTable, specs: readonly AlterSpec[], context: AlterContext): MysqlTable {
  const defaults = defaultsAfter(table, specs, context);
  const lineup = columnsAfter(table, specs, defaults, context.rules);
  const conversion = conversionOf(specs, context);
  const draft: Draft = {
    id: table.id,
    columns: lineup.map((placed) =>
      conversion ? convertedPlace(placed, table, conversion, context.rules) : placed.column,
    ),
    indexes: indexesAfter(table, specs, lineup),
    foreignKeys: foreignKeysAfter(table, specs, lineup),
    defaults,
    engine: engineAfter(table, specs),
  };
  for (const spec of specs) {
    if (spec.kind === 'add-column' || spec.kind === 'change-column') {
      if (lineup.some((place) => place.node === spec.column)) addColumnKey(draft, spec.column);
    }
    if (spec.kind === 'add-index') addIndex(draft, spec.index, context.rules);
    if (spec.kind === 'add-foreign-key') addForeignKey(draft, spec.foreignKey, context.rules);
  }
  const result = makeTable(draft, context.rules.server);
  return conversion && convertsNothing(table, result, context.rules) ? table : result;
}

/** MySQL 5.6 leaves a table alone, its default character set included, when no column and no key of it changes. */
function convertsNothing(before: MysqlTable, after: MysqlTable, { server }: Rules): boolean {
  if (server.flavour !== 'mysql' || server.version >= 50_700) return false;
  const form = ({ columns, indexes, foreignKeys }: MysqlTable) =>
    JSON.stringify([columns, indexes, foreignKeys]);
  return before.engine === after.engine && form(before) === form(after);
}

/** The table's own defaults; beside CONVERT TO, a default named for the table still holds for what comes later. */
function defaultsAfter(table: MysqlTable, specs: readonly AlterSpec[], context: AlterContext): CharsetPair {
  const option = (name: string) => {
    const spec = specs.findLast((s) => s.kind === 'option' && s.option.name === name);
    return spec?.kind === 'option' ? spec.option.value : undefined;
  };
  const charset = option('CHARSET');
  const collation = option('COLLATE');
  if (charset === undefined && collation === undefined) return conversionOf(specs, context) ?? table.defaults;
  const base = charset?.toLowerCase() === 'default' ? context.databaseDefaults : table.defaults;
  return resolveCharset({ charset, collation }, base, context.rules.collationFor);
}

/** What CONVERT TO makes of the columns; its DEFAULT is the character set of the database. */
function conversionOf(specs: readonly AlterSpec[], context: AlterContext): CharsetPair | undefined {
  const spec = specs.findLast((s) => s.kind === 'convert-charset');
  if (spec?.kind !== 'convert-charset') return undefined;
  return resolveCharset(spec, context.databaseDefaults, context.rules.collationFor);
}

function engineAfter(table: MysqlTable, specs: readonly AlterSpec[]): string {
  const spec = specs.findLast((s) => s.kind === 'option' && s.option.name === 'ENGINE');
  return spec?.kind === 'option' ? spec.option.value.toLowerCase() : table.engine;
}

/** A column on its way: where it was before, if it was. */
interface Placed {
  readonly from?: string | undefined;
  readonly column: Column;
  /** Its new definition, if the statement gives one. */
  readonly node?: ColumnNode | undefined;
}

function columnsAfter(
  table: MysqlTable,
  specs: readonly AlterSpec[],
  defaults: CharsetPair,
  rules: Rules,
): readonly Placed[] {
  const known = (name: string) => table.columns.some((column) => sameName(column.name, name));
  const lineup: Placed[] = [];
  const placedAlready = (node: ColumnNode) =>
    lineup.some(({ column }) => sameName(column.name, node.name.value));
  for (const column of table.columns) {
    const is = (name: string) => sameName(name, column.name);
    if (specs.some((spec) => spec.kind === 'drop-column' && is(spec.name))) continue;
    const change = specs.find((spec) => spec.kind === 'change-column' && is(spec.from));
    if (change?.kind === 'change-column') {
      const placed = {
        from: column.name,
        column: columnOf(change.column, defaults, rules),
        node: change.column,
      };
      lineup.push(placed);
      continue;
    }
    lineup.push({ from: column.name, column: touched(column, specs) });
  }
  for (const spec of specs) {
    if (spec.kind === 'change-column') {
      const from = table.columns.find((column) => sameName(column.name, spec.from));
      if (from === undefined && !spec.ifExists) throw unknown(table, 'column', spec.from);
      if (from === undefined || spec.place === undefined) continue;
      const [placed] = lineup.splice(
        lineup.findIndex((other) => other.node === spec.column),
        1,
      );
      if (placed !== undefined) insertAt(lineup, placed, spec.place, table);
    }
    if (spec.kind === 'add-column') {
      const dropped = specs.some((s) => s.kind === 'drop-column' && sameName(s.name, spec.column.name.value));
      if (
        spec.column.ifNotExists &&
        (placedAlready(spec.column) || (known(spec.column.name.value) && !dropped))
      )
        continue;
      const placed = { column: columnOf(spec.column, defaults, rules), node: spec.column };
      if (spec.place === undefined) lineup.push(placed);
      else insertAt(lineup, placed, spec.place, table);
    }
    const named = spec.kind === 'drop-column' || spec.kind === 'alter-column' ? spec.name : undefined;
    const source = spec.kind === 'rename-column' ? spec.from : named;
    if (source !== undefined && !known(source) && 'ifExists' in spec && !spec.ifExists) {
      throw unknown(table, 'column', source);
    }
  }
  return lineup;
}

/** A column that keeps its definition: perhaps with another name or visibility. */
function touched(column: Column, specs: readonly AlterSpec[]): Column {
  let result = column;
  for (const spec of specs) {
    if (spec.kind === 'rename-column' && sameName(spec.from, column.name))
      result = { ...result, name: spec.to };
    if (spec.kind === 'alter-column' && sameName(spec.name, column.name)) {
      const { invisible: _, ...visible } = result;
      if (spec.change === 'visible') result = visible;
      if (spec.change === 'invisible') result = { ...result, invisible: true };
    }
  }
  return result;
}

function insertAt(lineup: Placed[], placed: Placed, place: ColumnPlace, table: MysqlTable): void {
  if (place.first) {
    lineup.unshift(placed);
    return;
  }
  const after = lineup.findIndex((other) => sameName(other.column.name, place.after));
  if (after < 0) throw unknown(table, 'column', place.after);
  lineup.splice(after + 1, 0, placed);
}

/** CONVERT TO CHARACTER SET wins over character sets named beside it; since MySQL 8.0 changed text gets the former column's size. */
function convertedPlace(placed: Placed, table: MysqlTable, to: CharsetPair, rules: Rules): Column {
  const { column, from, node } = placed;
  if (node === undefined) return converted(column, to);
  if (column.type.charset === undefined || column.type.charset === 'binary') return column;
  const former = table.columns.find(({ name }) => from !== undefined && sameName(name, from));
  const { server } = rules;
  if (former !== undefined && server.flavour === 'mysql' && server.version >= 80_000) {
    return convertedAs(column, former, to);
  }
  const type = { ...node.type, ...to, binary: false };
  return inCharset(columnOf({ ...node, type }, to, rules), to);
}

function indexesAfter(
  table: MysqlTable,
  specs: readonly AlterSpec[],
  lineup: readonly Placed[],
): readonly MysqlIndex[] {
  const kept: MysqlIndex[] = [];
  for (const index of table.indexes) {
    if (specs.some((spec) => dropsIndex(spec, index, table))) continue;
    const rename = specs.find((spec) => spec.kind === 'rename-index' && sameName(spec.from, index.name));
    const show = specs.findLast((spec) => spec.kind === 'alter-index' && sameName(spec.name, index.name));
    const parts = index.parts.flatMap((part) => {
      if (part.column === undefined) return [part];
      const { column: former } = part;
      const placed = lineup.find(({ from, column }) => sameName(from ?? column.name, former));
      if (placed === undefined) return [];
      return [{ ...part, column: placed.column.name, ...prefixAfter(part.prefix, former, placed, table) }];
    });
    if (parts.length === 0) continue;
    kept.push({
      ...index,
      parts,
      name: rename?.kind === 'rename-index' ? rename.to : index.name,
      hidden: show?.kind === 'alter-index' ? show.hidden : index.hidden,
      // An index that the user names or touches is the user's.
      generated: index.generated && rename === undefined,
    });
  }
  return kept;
}

/** A prefix longer than the new type goes; one that was the whole former column stays whole. */
function prefixAfter(
  prefix: number | undefined,
  former: string,
  placed: Placed,
  table: MysqlTable,
): { prefix?: number | undefined } {
  const before = table.columns.find((column) => sameName(column.name, former));
  // A column dropped and added under its name keeps its place in keys, with the length that it had there.
  if (placed.from === undefined && prefix === undefined) return { prefix: before && keyLength(before.type) };
  if (placed.node === undefined) return {};
  // A plain index over a geometry covers 25 bytes, told only once the column is something else.
  if (prefix === undefined) return isGeometry(before) ? { prefix: 25 } : {};
  const partial = (column: Column | undefined) => /char|text|blob|binary/.test(column?.type.name ?? '');
  if (!partial(before) || !partial(placed.column)) return { prefix: undefined };
  const { length } = placed.column.type;
  return length !== undefined && length < prefix ? { prefix: undefined } : {};
}

function dropsIndex(spec: AlterSpec, index: MysqlIndex, table: MysqlTable): boolean {
  if (spec.kind === 'drop-primary-key') return index.kind === 'PRIMARY';
  if (spec.kind === 'drop-index') return sameName(spec.name, index.name);
  if (spec.kind !== 'drop-constraint' || !sameName(spec.name, index.name)) return false;
  // A foreign key's index has the foreign key's name: the constraint is the foreign key.
  const unique = index.kind === 'UNIQUE' || index.kind === 'PRIMARY';
  return unique && !table.foreignKeys.some((key) => sameName(key.name, spec.name));
}

function foreignKeysAfter(
  table: MysqlTable,
  specs: readonly AlterSpec[],
  lineup: readonly Placed[],
): MysqlTable['foreignKeys'] {
  const nameAfter = (former: string) =>
    lineup.find(({ from }) => from !== undefined && sameName(from, former))?.column.name ?? former;
  const drops = (name: string) =>
    specs.some(
      (spec) =>
        (spec.kind === 'drop-foreign-key' || spec.kind === 'drop-constraint') && sameName(spec.name, name),
    );
  return table.foreignKeys
    .filter((key) => !drops(key.name))
    .map((key) => ({ ...key, columns: key.columns.map(nameAfter) }));
}

function unknown(table: MysqlTable, what: string, name: string): DtsError {
  const object = tableLabel(table.id);
  return new DtsError(
    'DDL_NOT_UNDERSTOOD',
    `The statement names the ${what} ${name}, which ${object} is not known to have.`,
    {
      details: { object },
    },
  );
}

/** Renamed columns of a table, former → new, for the foreign keys of others that refer to them. */
export function columnRenames(specs: readonly AlterSpec[]): ReadonlyMap<string, string> {
  const renames = new Map<string, string>();
  for (const spec of specs) {
    if (spec.kind === 'rename-column') renames.set(spec.from.toLowerCase(), spec.to);
    if (spec.kind === 'change-column') renames.set(spec.from.toLowerCase(), spec.column.name.value);
  }
  return renames;
}
