import type { CheckNode, ColumnNode, Identifier, ReferencesNode, ReferentialAction } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseType } from './type.ts';

/** Words that end the expression of DEFAULT and ON UPDATE. */
const attributeWords = new Set(
  `NOT NULL AUTO_INCREMENT UNIQUE PRIMARY KEY COMMENT COLLATE CHECK CONSTRAINT REFERENCES ON GENERATED AS VIRTUAL STORED
   PERSISTENT INVISIBLE VISIBLE COLUMN_FORMAT STORAGE ENGINE_ATTRIBUTE SECONDARY_ENGINE_ATTRIBUTE FIRST AFTER SRID
   REF_SYSTEM_ID COMPRESSED WITH WITHOUT ENCRYPTED ENFORCED DEFAULT`.split(/\s+/),
);

/** `name type attributes…`, up to the comma, bracket, FIRST or AFTER that follows. */
export function parseColumn(cursor: Cursor, ifNotExists = false): ColumnNode {
  const start = cursor.offset;
  const name = cursor.identifier();
  return parseColumnDefinition(cursor, name, start, ifNotExists);
}

export function parseColumnDefinition(
  cursor: Cursor,
  name: Identifier,
  start: number,
  ifNotExists = false,
): ColumnNode {
  const type = parseType(cursor);
  const column: Writable<ColumnNode> = {
    start,
    end: 0,
    name,
    type,
    autoIncrement: false,
    serialDefault: false,
    invisible: false,
    checks: [],
    ifNotExists,
  };
  while (parseAttribute(cursor, column));
  column.end = cursor.lastEnd;
  return column;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function parseAttribute(cursor: Cursor, column: Writable<ColumnNode>): boolean {
  if (cursor.take('NOT NULL ENABLE') || cursor.take('NOT NULL')) column.nullable = false;
  else if (cursor.take('NULL')) column.nullable = true;
  else if (cursor.take('DEFAULT')) parseDefault(cursor, column);
  else if (cursor.take('ON UPDATE')) column.onUpdate = parseExpression(cursor);
  else if (cursor.take('AUTO_INCREMENT')) column.autoIncrement = true;
  else if (cursor.take('SERIAL DEFAULT VALUE')) column.serialDefault = true;
  else if (cursor.takeAny('PRIMARY KEY', 'PRIMARY')) column.key = 'PRIMARY';
  else if (cursor.takeAny('UNIQUE KEY', 'UNIQUE')) column.key ??= 'UNIQUE';
  else if (cursor.take('KEY')) column.key = 'PRIMARY';
  else if (cursor.take('COMMENT')) cursor.string();
  else if (cursor.take('COLLATE')) column.type = { ...column.type, collation: cursor.nameOrString() };
  else if (cursor.takeAny('GENERATED ALWAYS AS', 'AS')) parseGenerated(cursor, column);
  else if (cursor.takeAny('INVISIBLE', 'VISIBLE') !== undefined) {
    column.invisible = cursor.peek(-1)?.value.toUpperCase() === 'INVISIBLE';
  } else if (cursor.take('REFERENCES')) column.references = parseReferences(cursor);
  else if (cursor.sees('CHECK') || cursor.sees('CONSTRAINT')) {
    column.checks = [...column.checks, parseCheck(cursor)];
  } else if (cursor.take('SRID')) column.srid = cursor.number();
  else return parsePhysicalAttribute(cursor);
  return true;
}

function parseDefault(cursor: Cursor, column: Writable<ColumnNode>): void {
  const start = cursor.offset;
  column.default = parseExpression(cursor);
  column.defaultSpan = { start, end: cursor.lastEnd };
}

/** What says how a column is kept, not what it holds. */
function parsePhysicalAttribute(cursor: Cursor): boolean {
  if (cursor.takeAny('COLUMN_FORMAT', 'STORAGE')) cursor.identifier();
  else if (cursor.takeAny('ENGINE_ATTRIBUTE', 'SECONDARY_ENGINE_ATTRIBUTE')) {
    cursor.take('=');
    cursor.string();
  } else if (cursor.take('COMPRESSED')) {
    if (cursor.take('=')) cursor.identifier();
  } else if (cursor.takeAny('WITHOUT SYSTEM VERSIONING', 'WITH SYSTEM VERSIONING')) {
    // One column in or out of the history of a versioned table; that the table is versioned is said elsewhere.
  } else if (cursor.dialect.flavour === 'mariadb' && cursor.peek(1)?.value === '=') {
    // Options that a storage engine defines.
    cursor.identifier();
    cursor.next();
    cursor.next();
  } else return false;
  return true;
}

function parseGenerated(cursor: Cursor, column: Writable<ColumnNode>): void {
  if (cursor.takeAny('ROW START', 'ROW END')) {
    throw cursor.failure('a column that is not part of system versioning');
  }
  column.expression = cursor.slice(cursor.parenthesized());
  const kind = cursor.takeAny('VIRTUAL', 'STORED', 'PERSISTENT');
  column.generated = kind === undefined || kind === 'VIRTUAL' ? 'VIRTUAL' : 'STORED';
}

/** Text of an expression that is not in brackets: it lasts until a word that begins the next attribute. */
function parseExpression(cursor: Cursor): string {
  const start = cursor.offset;
  cursor.skip();
  while (!cursor.atEnd && !endsExpression(cursor)) cursor.skip();
  return cursor.slice({ start, end: cursor.lastEnd });
}

function endsExpression(cursor: Cursor): boolean {
  const token = cursor.peek()!;
  if (token.kind === 'symbol') return token.value === ',' || token.value === ')';
  return token.kind === 'word' && attributeWords.has(token.value.toUpperCase());
}

/** `[CONSTRAINT [name]] CHECK (…) [[NOT] ENFORCED]`. */
export function parseCheck(cursor: Cursor): CheckNode {
  const start = cursor.offset;
  let name: string | undefined;
  if (cursor.take('CONSTRAINT') && !cursor.sees('CHECK (')) name = cursor.identifier().value;
  return parseCheckBody(cursor, start, name);
}

export function parseCheckBody(cursor: Cursor, start: number, name: string | undefined): CheckNode {
  cursor.expect('CHECK');
  cursor.parenthesized();
  cursor.takeAny('NOT ENFORCED', 'ENFORCED');
  return { name, start, end: cursor.lastEnd };
}

/** What follows REFERENCES. */
export function parseReferences(cursor: Cursor): ReferencesNode {
  const table = cursor.qualifiedName('table');
  const columns: string[] = [];
  if (cursor.take('(')) {
    do columns.push(cursor.identifier().value);
    while (cursor.take(','));
    cursor.expect(')');
  }
  let onDelete: ReferentialAction = 'NO ACTION';
  let onUpdate: ReferentialAction = 'NO ACTION';
  let match: string | undefined;
  for (;;) {
    if (cursor.take('MATCH')) match = cursor.expect('FULL', 'PARTIAL', 'SIMPLE');
    else if (cursor.take('ON DELETE')) onDelete = parseAction(cursor);
    else if (cursor.take('ON UPDATE')) onUpdate = parseAction(cursor);
    else return { table, columns, onDelete, onUpdate, match };
  }
}

function parseAction(cursor: Cursor): ReferentialAction {
  return cursor.expect('RESTRICT', 'CASCADE', 'SET NULL', 'SET DEFAULT', 'NO ACTION') as ReferentialAction;
}
