import type { CreateTableNode, Span, TableElement, TableOptionNode } from './ast.ts';
import { parseCheckBody, parseColumn } from './column.ts';
import type { Cursor } from './cursor.ts';
import { parseForeignKey, parseIndex, seesIndex } from './index-definition.ts';
import { parsePartitioning, parseTableOption } from './table-options.ts';

/** From the word after TABLE on. */
export function parseCreateTable(
  cursor: Cursor,
  head: { temporary: boolean; orReplace: boolean },
): CreateTableNode {
  const ifNotExists = cursor.take('IF NOT EXISTS');
  const table = cursor.qualifiedName('table');
  const base = { kind: 'create-table' as const, table, ifNotExists, ...head };
  const like = parseLike(cursor);
  if (like !== undefined) return { ...base, like, elements: [], options: [] };

  let elements: TableElement[] = [];
  let body: Span | undefined;
  if (cursor.sees('(') && !seesQuery(cursor)) {
    const start = cursor.offset;
    elements = parseElements(cursor);
    body = { start, end: cursor.lastEnd };
  }
  const options: TableOptionNode[] = [];
  let partitions: Span | undefined;
  let startTransaction: Span | undefined;
  let select: Span | undefined;
  while (!cursor.atEnd) {
    const start = cursor.offset;
    if (cursor.take('START TRANSACTION')) startTransaction = { start, end: cursor.lastEnd };
    else if (cursor.sees('PARTITION BY')) partitions = parsePartitioning(cursor);
    else if (seesQuery(cursor)) {
      // START TRANSACTION may also stand at the very end, behind the query.
      select = cursor.toEnd();
    } else {
      const option = parseTableOption(cursor);
      if (option === undefined) throw cursor.failure('a table option');
      options.push(option);
    }
    cursor.take(',');
  }
  return { ...base, elements, body, options, partitions, select, startTransaction };
}

function parseLike(cursor: Cursor): CreateTableNode['like'] {
  if (cursor.take('LIKE')) return cursor.qualifiedName('table');
  if (!cursor.take('( LIKE')) return undefined;
  const like = cursor.qualifiedName('table');
  cursor.expect(')');
  return like;
}

const queryStarts = ['SELECT', 'WITH', 'VALUES', 'TABLE'];

function seesQuery(cursor: Cursor): boolean {
  let ahead = 0;
  if (['IGNORE', 'REPLACE'].includes(cursor.word(ahead))) ahead += 1;
  if (cursor.word(ahead) === 'AS') return true;
  while (cursor.peek(ahead)?.kind === 'symbol' && cursor.peek(ahead)?.value === '(') ahead += 1;
  if (cursor.word(ahead) === 'WITH' && cursor.word(ahead + 1) === 'SYSTEM') return false;
  return queryStarts.includes(cursor.word(ahead));
}

/** The list in brackets. */
export function parseElements(cursor: Cursor): TableElement[] {
  const elements: TableElement[] = [];
  cursor.expect('(');
  do elements.push(parseElement(cursor));
  while (cursor.take(','));
  cursor.expect(')');
  return elements;
}

function parseElement(cursor: Cursor): TableElement {
  const constraint = parseConstraint(cursor);
  if (constraint !== undefined) return constraint;
  const start = cursor.offset;
  if (cursor.take('PERIOD FOR')) {
    cursor.identifier();
    cursor.parenthesized();
    return { kind: 'period', span: { start, end: cursor.lastEnd } };
  }
  return { kind: 'column', column: parseColumn(cursor) };
}

/** `[CONSTRAINT [name]]` with what it names, or an index; undefined when a column comes next. */
export function parseConstraint(cursor: Cursor): TableElement | undefined {
  const start = cursor.offset;
  let name: string | undefined;
  const named = cursor.take('CONSTRAINT');
  if (named) {
    cursor.take('IF NOT EXISTS');
    if (cursor.seesName('PRIMARY', 'UNIQUE', 'FOREIGN', 'CHECK')) name = cursor.identifier().value;
  }
  if (cursor.sees('FOREIGN KEY')) {
    return { kind: 'foreign-key', foreignKey: parseForeignKey(cursor, start, name) };
  }
  if (cursor.sees('CHECK')) return { kind: 'check', check: parseCheckBody(cursor, start, name) };
  if (seesIndex(cursor)) return { kind: 'index', index: parseIndex(cursor, start, name) };
  if (named) throw cursor.failure('a constraint');
  return undefined;
}
