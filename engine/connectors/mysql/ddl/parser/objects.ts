import type { QualifiedName, StatementNode } from './ast.ts';
import type { Cursor, NameUse } from './cursor.ts';

type Action = 'create' | 'alter' | 'drop';
type ObjectKind = Extract<StatementNode, { kind: 'object' }>['object'];

// `PACKAGE BODY` before `PACKAGE`. Libraries are MySQL 9.2's units of JavaScript code.
const objectWords: readonly (readonly [string, ObjectKind])[] = [
  ['VIEW', 'view'],
  ['JSON DUALITY VIEW', 'view'],
  ['JSON RELATIONAL DUALITY VIEW', 'view'],
  ['PROCEDURE', 'routine'],
  ['FUNCTION', 'routine'],
  ['PACKAGE BODY', 'routine'],
  ['PACKAGE', 'routine'],
  ['LIBRARY', 'routine'],
  ['TRIGGER', 'trigger'],
  ['EVENT', 'event'],
  ['SEQUENCE', 'sequence'],
];

/** A view, routine, trigger, event or sequence, from its kind's word on; undefined when something else comes next. */
export function parseObject(cursor: Cursor, action: Action): StatementNode | undefined {
  const found = objectWords.find(([words]) => cursor.take(words));
  if (found === undefined) return undefined;
  const object = found[1];
  cursor.takeAny('IF NOT EXISTS', 'IF EXISTS');
  const start = cursor.offset;
  const names = [cursor.qualifiedName(object)];
  if (action === 'drop') while (cursor.take(',')) names.push(cursor.qualifiedName(object));
  const list = { start, end: cursor.lastEnd };
  if (object === 'routine' && cursor.sees('RETURNS') && seesLoadable(cursor)) {
    return { kind: 'none', reason: 'loadable function' };
  }
  const on = object === 'trigger' && action === 'create' ? parseTriggerTable(cursor) : undefined;
  const to = object === 'event' && action === 'alter' ? parseEventRename(cursor) : undefined;
  cursor.toEnd();
  return { kind: 'object', object, action, names, on, to, list };
}

/** `CREATE FUNCTION f RETURNS INTEGER SONAME 'lib.so'`: no brackets after the name. */
const seesLoadable = (cursor: Cursor): boolean => cursor.word(2) === 'SONAME';

function parseTriggerTable(cursor: Cursor): QualifiedName {
  while (!cursor.take('ON')) cursor.next();
  return cursor.qualifiedName('table');
}

function parseEventRename(cursor: Cursor): QualifiedName | undefined {
  const role: NameUse['role'] = 'event';
  while (!cursor.atEnd && !cursor.sees('DO')) {
    if (cursor.take('RENAME TO')) return cursor.qualifiedName(role);
    cursor.skip();
  }
  return undefined;
}

/** OR REPLACE, ALGORITHM, DEFINER, SQL SECURITY, AGGREGATE before the kind's word. */
export function skipObjectPrefix(cursor: Cursor): void {
  for (;;) {
    if (cursor.takeAny('SQL SECURITY')) cursor.identifier();
    else if (cursor.take('ALGORITHM =')) cursor.identifier();
    else if (cursor.take('DEFINER =')) skipAccount(cursor);
    else if (!cursor.take('AGGREGATE')) return;
  }
}

function skipAccount(cursor: Cursor): void {
  const token = cursor.next();
  if (token.kind === 'word' && cursor.sees('( )')) cursor.take('( )');
  if (cursor.take('@')) cursor.next();
}
