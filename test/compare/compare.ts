import type { ComparedColumn } from './exact-text.ts';
import { compareRows, type RowComparison } from './rows.ts';
import { type CompareSession, literal, openCompareSession, type ServerAddress } from './session.ts';
import { compareStructure, versionOf } from './structure.ts';
import type { StructureDifference } from './structure-model.ts';

/** A database at the source, and under which names it is expected at the target. */
export interface ComparedDatabase {
  readonly name: string;
  readonly as?: string;
  /** Only these tables and views, with their names at the target. Absent: all, and nothing else may be at the target. */
  readonly tables?: readonly { readonly name: string; readonly as?: string }[];
  readonly excludeTables?: readonly string[];
}

export interface ComparisonRequest {
  readonly source: ServerAddress;
  readonly target: ServerAddress;
  readonly databases: readonly ComparedDatabase[];
  /** Default true. */
  readonly structure?: boolean;
  /** Triggers and events are expected only after a migration has completed. Default false. */
  readonly triggersAndEvents?: boolean;
  /** Rows told per table. Default 20. */
  readonly maxDifferences?: number;
}

export interface ComparedTable extends RowComparison {
  readonly source: string;
  readonly target: string;
  readonly isView: boolean;
}

export interface Comparison {
  readonly equal: boolean;
  /** Rows of tables; those of views are compared too, but are no rows of their own. */
  readonly rowsCompared: number;
  readonly tables: readonly ComparedTable[];
  readonly structure: readonly StructureDifference[];
  /** Everything that differs, in words; empty when equal. */
  readonly report: string;
}

/**
 * Compares both ends by SQL alone: every row of every table by every column, and the structure. It shares no code with the engine.
 * Both ends must be at rest, or be known to be at the same state.
 */
export async function compareEnds(request: ComparisonRequest): Promise<Comparison> {
  await using source = await openCompareSession(request.source);
  await using target = await openCompareSession(request.target);
  const sameFamily = (await versionOf(source)).family === (await versionOf(target)).family;
  const databases = new Map(request.databases.map((each) => [each.name, each.as ?? each.name]));
  const tables: ComparedTable[] = [];
  const structure: StructureDifference[] = [];
  for (const database of request.databases) {
    const targetDatabase = databases.get(database.name) ?? database.name;
    const pairs = await tablePairs(source, target, database, targetDatabase);
    const views = await viewsOf(source, database.name);
    for (const [name, targetName] of pairs) {
      const sourceTable = { database: database.name, name };
      const targetTable = { database: targetDatabase, name: targetName };
      const sourceColumns = await columnsOf(source, sourceTable);
      const targetColumns = await columnsOf(target, targetTable);
      const labels = { source: `${database.name}.${name}`, target: `${targetDatabase}.${targetName}` };
      const mismatch = columnMismatch(sourceColumns, targetColumns);
      if (mismatch !== undefined) {
        structure.push({ fact: `columns of ${labels.source}`, ...mismatch });
        continue;
      }
      const byName = new Map(targetColumns.map((column) => [column.name, column]));
      const columnPairs = sourceColumns.map((column) =>
        comparablePair(column, byName.get(column.name) ?? column, sameFamily),
      );
      const rows = await compareRows({
        source: { session: source, table: sourceTable, columns: columnPairs.map((pair) => pair.source) },
        target: { session: target, table: targetTable, columns: columnPairs.map((pair) => pair.target) },
        key: await primaryKeyOf(source, sourceTable),
        maxDifferences: request.maxDifferences ?? 20,
      });
      tables.push({ ...labels, ...rows, isView: views.has(name) });
    }
    if (request.structure !== false) {
      const found = await compareStructure({
        source: { session: source, database: database.name },
        target: { session: target, database: targetDatabase },
        tables: pairs,
        databases,
        whole: database.tables === undefined,
        triggersAndEvents: request.triggersAndEvents ?? false,
      });
      structure.push(...found.map((each) => ({ ...each, fact: `${database.name}: ${each.fact}` })));
    }
  }
  const equal = structure.length === 0 && tables.every((table) => table.differences.length === 0);
  const rowsCompared = tables
    .filter(({ isView }) => !isView)
    .reduce((sum, table) => sum + Math.max(table.sourceRows, table.targetRows), 0);
  return { equal, rowsCompared, tables, structure, report: equal ? '' : reportOf(tables, structure) };
}

/** Source name → target name of every table and view to be compared, those that one end lacks included. */
async function tablePairs(
  source: CompareSession,
  target: CompareSession,
  database: ComparedDatabase,
  targetDatabase: string,
): Promise<Map<string, string>> {
  if (database.tables !== undefined) {
    return new Map(database.tables.map((table) => [table.name, table.as ?? table.name]));
  }
  const excluded = new Set(database.excludeTables ?? []);
  const names = async (session: CompareSession, schema: string) =>
    (
      await session.rows(
        `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${literal(schema)} ORDER BY 1`,
      )
    )
      .map(([name]) => name ?? '')
      .filter((name) => !excluded.has(name));
  const both = [...(await names(source, database.name)), ...(await names(target, targetDatabase))];
  return new Map(both.map((name) => [name, name]));
}

async function viewsOf(session: CompareSession, schema: string): Promise<ReadonlySet<string>> {
  const rows = await session.rows(
    `SELECT TABLE_NAME FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ${literal(schema)}`,
  );
  return new Set(rows.map(([name]) => name ?? ''));
}

interface NamedTable {
  readonly database: string;
  readonly name: string;
}

async function columnsOf(session: CompareSession, table: NamedTable): Promise<ComparedColumn[]> {
  const records = await session.records(
    `SELECT COLUMN_NAME, COLUMN_TYPE, DATA_TYPE FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = ${literal(table.database)} AND TABLE_NAME = ${literal(table.name)} ORDER BY ORDINAL_POSITION`,
  );
  return records.map((record) => ({
    name: record.COLUMN_NAME ?? '',
    type: record.COLUMN_TYPE ?? '',
    dataType: (record.DATA_TYPE ?? '').toLowerCase(),
  }));
}

/** Both ends of a column in the form that both servers can print. */
function comparablePair(source: ComparedColumn, target: ComparedColumn, sameFamily: boolean) {
  // A target without the type JSON keeps what the source prints.
  if (source.dataType === 'json' && target.dataType === 'longtext')
    return { source: { ...source, form: 'printed json' } as const, target };
  // MariaDB prints minus zero as zero.
  if (sameFamily) return { source, target };
  return {
    source: { ...source, form: 'unsigned zero' } as const,
    target: { ...target, form: 'unsigned zero' } as const,
  };
}

function columnMismatch(source: readonly ComparedColumn[], target: readonly ComparedColumn[]) {
  const names = (columns: readonly ComparedColumn[]) => columns.map((column) => column.name).join(', ');
  if (source.length > 0 && names(source) === names(target)) return undefined;
  const text = (columns: readonly ComparedColumn[]) => (columns.length > 0 ? names(columns) : undefined);
  return { source: text(source), target: text(target) };
}

async function primaryKeyOf(session: CompareSession, table: NamedTable): Promise<string[]> {
  const rows = await session.rows(
    `SELECT COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ${literal(table.database)}
        AND TABLE_NAME = ${literal(table.name)} AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX`,
  );
  return rows.map(([name]) => name ?? '');
}

function reportOf(tables: readonly ComparedTable[], structure: readonly StructureDifference[]): string {
  const lines = structure.map(
    (each) =>
      `${each.fact}\n    source ${each.source ?? '(absent)'}\n    target ${each.target ?? '(absent)'}`,
  );
  for (const table of tables.filter((each) => each.differences.length > 0)) {
    lines.push(
      `${table.source} (${table.sourceRows} rows) and ${table.target} (${table.targetRows} rows) differ:`,
    );
    for (const each of table.differences) {
      const times = each.times > 1 ? ` (${each.times} times)` : '';
      lines.push(
        `    ${each.kind} ${each.row}${times}${each.columns.map((column) => `\n        ${column}`).join('')}`,
      );
    }
    if (table.truncated) lines.push('    … and more');
  }
  return lines.join('\n');
}
