import type { ForeignKeyNode, IndexKind, IndexNode, IndexPartNode } from './ast.ts';
import { parseReferences } from './column.ts';
import type { Cursor } from './cursor.ts';

/** True when an index, not a column, is defined next. `KEY` and the like are reserved words: no column has such a bare name. */
export function seesIndex(cursor: Cursor): boolean {
  return (
    ['PRIMARY', 'UNIQUE', 'INDEX', 'KEY', 'FULLTEXT', 'SPATIAL'].includes(cursor.word()) ||
    cursor.sees('VECTOR INDEX') ||
    cursor.sees('VECTOR KEY') ||
    cursor.sees('VECTOR (')
  );
}

/** An index of CREATE TABLE or ALTER TABLE … ADD. `constraint` is the name after CONSTRAINT, if any. */
export function parseIndex(cursor: Cursor, start: number, constraint?: string): IndexNode {
  const kind = parseKind(cursor);
  const ifNotExists = cursor.take('IF NOT EXISTS');
  let name: string | undefined;
  if (cursor.seesName('USING', 'TYPE') || cursor.sees('TYPE (')) name = cursor.identifier().value;
  return parseIndexBody(cursor, { start, kind, name, constraint, ifNotExists });
}

function parseKind(cursor: Cursor): IndexKind {
  if (cursor.take('PRIMARY')) {
    cursor.expect('KEY');
    return 'PRIMARY';
  }
  const kind = cursor.takeAny('UNIQUE', 'FULLTEXT', 'SPATIAL', 'VECTOR');
  if (kind === undefined) cursor.expect('INDEX', 'KEY');
  else cursor.takeAny('INDEX', 'KEY');
  return (kind ?? 'INDEX') as IndexKind;
}

/** From USING or the opening bracket on. */
export function parseIndexBody(
  cursor: Cursor,
  head: Pick<IndexNode, 'start' | 'kind' | 'name' | 'constraint' | 'ifNotExists'>,
): IndexNode {
  let using = '';
  if (cursor.takeAny('USING', 'TYPE')) using = `USING ${cursor.identifier().value}`;
  const parts = parseParts(cursor);
  const options = using === '' ? [] : [using];
  let hidden = false;
  for (;;) {
    const state = cursor.takeAny('VISIBLE', 'INVISIBLE', 'NOT IGNORED', 'IGNORED');
    const start = cursor.offset;
    if (state !== undefined) hidden = state === 'INVISIBLE' || state === 'IGNORED';
    else if (parseIndexOption(cursor)) options.push(cursor.slice({ start, end: cursor.lastEnd }));
    else break;
  }
  return { ...head, parts, options: options.join(' '), hidden, end: cursor.lastEnd };
}

function parseParts(cursor: Cursor): IndexPartNode[] {
  const parts: IndexPartNode[] = [];
  cursor.expect('(');
  do {
    let part: { column?: string; expression?: string; prefix?: number };
    if (cursor.sees('(')) part = { expression: cursor.slice(cursor.parenthesized()) };
    else {
      part = { column: cursor.identifier().value };
      // WITHOUT OVERLAPS of MariaDB: the part is a period.
      if (cursor.sees('WITHOUT OVERLAPS')) throw cursor.failure('a key without periods');
      if (cursor.take('(')) {
        part = { ...part, prefix: cursor.number() };
        cursor.expect(')');
      }
    }
    const descending = cursor.takeAny('ASC', 'DESC') === 'DESC';
    parts.push({ ...part, descending });
  } while (cursor.take(','));
  cursor.expect(')');
  return parts;
}

function parseIndexOption(cursor: Cursor): boolean {
  if (cursor.takeAny('USING', 'TYPE', 'WITH PARSER', 'CLUSTERING')) {
    cursor.take('=');
    cursor.identifier();
  } else if (cursor.take('COMMENT')) cursor.string();
  else if (
    cursor.takeAny('KEY_BLOCK_SIZE', 'ENGINE_ATTRIBUTE', 'SECONDARY_ENGINE_ATTRIBUTE') ||
    (cursor.dialect.flavour === 'mariadb' &&
      cursor.peek(1)?.value === '=' &&
      cursor.word() !== 'ALGORITHM' &&
      cursor.word() !== 'LOCK')
  ) {
    if (cursor.peek(1)?.value === '=') cursor.next();
    cursor.take('=');
    cursor.next();
  } else return false;
  return true;
}

export function parseForeignKey(cursor: Cursor, start: number, constraint?: string): ForeignKeyNode {
  cursor.expect('FOREIGN KEY');
  const ifNotExists = cursor.take('IF NOT EXISTS');
  const index = cursor.sees('(') ? undefined : cursor.identifier().value;
  const columns: string[] = [];
  cursor.expect('(');
  do columns.push(cursor.identifier().value);
  while (cursor.take(','));
  cursor.expect(')');
  cursor.expect('REFERENCES');
  const references = parseReferences(cursor);
  return { start, end: cursor.lastEnd, constraint, index, columns, references, ifNotExists };
}
