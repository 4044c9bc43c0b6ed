import { DtsError } from '../../../core/errors.ts';
import { tableLabel } from '../../../core/table.ts';
import { addColumnKey, addForeignKey, addIndex, type Draft, tableIdOf } from './additions.ts';
import { type CharsetPair, resolveCharset } from './charset.ts';
import { columnOf } from './column-rules.ts';
import { type MysqlTable, makeTable } from './model.ts';
import type { CreateTableNode, TableOptionNode } from './parser/ast.ts';
import type { Rules } from './rules.ts';

/** The last option of a name decides. */
export const optionValue = (options: readonly TableOptionNode[], name: string): string | undefined =>
  options.findLast((option) => option.name === name)?.value;

/** The table that CREATE TABLE with a list of columns makes. */
export function tableOf(
  node: CreateTableNode,
  context: { database: string; databaseDefaults: CharsetPair; rules: Rules },
): MysqlTable {
  const { rules } = context;
  const id = tableIdOf(node.table, context.database, rules);
  refuseUnknowable(node, tableLabel(id));
  const defaults = resolveCharset(
    { charset: optionValue(node.options, 'CHARSET'), collation: optionValue(node.options, 'COLLATE') },
    context.databaseDefaults,
    rules.collationFor,
  );
  const engine = (optionValue(node.options, 'ENGINE') ?? rules.defaultEngine).toLowerCase();
  const draft: Draft = { id, columns: [], indexes: [], foreignKeys: [], defaults, engine };
  draft.columns = node.elements.flatMap((element) =>
    element.kind === 'column' ? [columnOf(element.column, defaults, rules)] : [],
  );
  for (const element of node.elements) {
    if (element.kind === 'column') addColumnKey(draft, element.column);
    if (element.kind === 'index') addIndex(draft, element.index, rules);
    if (element.kind === 'foreign-key') addForeignKey(draft, element.foreignKey, rules);
  }
  return makeTable(draft, rules.server);
}

function refuseUnknowable(node: CreateTableNode, object: string): void {
  const refuse = (message: string) => {
    throw new DtsError('DDL_NOT_UNDERSTOOD', message, { details: { object } });
  };
  if (node.select !== undefined || node.body === undefined) {
    refuse(`The columns of ${object} come from a query; set binlog_format=ROW at the source.`);
  }
  const versioned =
    node.elements.some((element) => element.kind === 'period') ||
    optionValue(node.options, 'SYSTEM VERSIONING') !== undefined;
  if (versioned) refuse(`${object} is a system-versioned or period table; these cannot be carried.`);
}
