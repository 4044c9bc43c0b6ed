import { anyDialect } from './dialect.ts';
import type { QualifiedName, Span } from './parser/ast.ts';
import { Cursor } from './parser/cursor.ts';
import { parseType } from './parser/type.ts';
import { applyEdits, type Edit } from './text-edits.ts';

/** A statement that makes an object for its own user instead of for the account that it names. */
export interface OwnDefiner {
  readonly text: string;
  /** The object acts with other rights: false where it acted with those of its caller anyway. */
  readonly actsOtherwise: boolean;
}

/**
 * The statement without its DEFINER. What acts with the rights of its definer unless told otherwise, views and routines, then acts with
 * those of its caller; triggers and events have no such choice. Undefined for a statement that names no definer. Pure.
 */
export function asOwnDefiner(
  text: string,
  session: Readonly<Record<string, string>>,
): OwnDefiner | undefined {
  const cursor = new Cursor(text, anyDialect(session));
  if (cursor.takeAny('CREATE', 'ALTER') === undefined) return undefined;
  cursor.take('OR REPLACE');
  const { definer, security } = takePrefix(cursor);
  if (definer === undefined) return undefined;
  const edits: Edit[] = [{ ...definer, text: '' }];
  const asInvoker = (place: Security | undefined, insertAt: number): OwnDefiner => {
    if (place === undefined) edits.push({ start: insertAt, end: insertAt, text: ' SQL SECURITY INVOKER ' });
    else edits.push({ start: place.start, end: place.end, text: 'INVOKER' });
    return { text: applyEdits(text, edits), actsOtherwise: !place?.invoker };
  };
  const start = cursor.offset;
  const kind = cursor.takeAny('VIEW', 'PROCEDURE', 'FUNCTION', 'PACKAGE BODY', 'PACKAGE');
  if (kind === 'VIEW') return asInvoker(security, start);
  if (kind === undefined) return { text: applyEdits(text, edits), actsOtherwise: true };
  cursor.take('IF NOT EXISTS');
  cursor.qualifiedName('routine');
  skipParameters(cursor);
  if (cursor.takeAny('RETURNS', 'RETURN') !== undefined) parseType(cursor);
  return asInvoker(takeCharacteristics(cursor), cursor.lastEnd);
}

/** A statement that makes a routine act with the rights of its definer. */
export interface SecurityChange {
  readonly type: 'PROCEDURE' | 'FUNCTION';
  readonly name: QualifiedName;
  /** The same statement, for those of its caller. */
  readonly asInvoker: string;
}

/** `ALTER PROCEDURE … SQL SECURITY DEFINER`; undefined for all else. Pure. */
export function changeToDefiner(
  text: string,
  session: Readonly<Record<string, string>>,
): SecurityChange | undefined {
  if (!/^\W*ALTER\b/i.test(text)) return undefined;
  const cursor = new Cursor(text, anyDialect(session));
  if (!cursor.take('ALTER')) return undefined;
  const type = cursor.takeAny('PROCEDURE', 'FUNCTION') as SecurityChange['type'] | undefined;
  if (type === undefined) return undefined;
  const name = cursor.qualifiedName('routine');
  const security = takeCharacteristics(cursor);
  if (security === undefined || security.invoker) return undefined;
  return { type, name, asInvoker: applyEdits(text, [{ ...security, text: 'INVOKER' }]) };
}

interface Security extends Span {
  readonly invoker: boolean;
}

function takePrefix(cursor: Cursor): { definer?: Span; security?: Security } {
  const found: { definer?: Span; security?: Security } = {};
  for (;;) {
    const start = cursor.offset;
    if (cursor.take('SQL SECURITY')) found.security = securityOf(cursor);
    else if (cursor.take('ALGORITHM =')) cursor.identifier();
    else if (cursor.take('DEFINER =')) {
      takeAccount(cursor);
      found.definer = { start, end: cursor.lastEnd };
    } else if (!cursor.take('AGGREGATE')) return found;
  }
}

/** `user@host`, `CURRENT_USER()`, a role. */
function takeAccount(cursor: Cursor): void {
  cursor.next();
  cursor.take('( )');
  if (cursor.take('@')) cursor.next();
}

function securityOf(cursor: Cursor): Security {
  const { value, start, end } = cursor.identifier();
  return { start, end, invoker: value.toUpperCase() === 'INVOKER' };
}

function skipParameters(cursor: Cursor): void {
  if (!cursor.take('(')) return;
  for (let depth = 1; depth > 0; ) {
    if (cursor.take('(')) depth += 1;
    else if (cursor.take(')')) depth -= 1;
    else cursor.next();
  }
}

/** What stands between a routine's head and its body; afterwards the cursor is behind the head, where nothing says SQL SECURITY. */
function takeCharacteristics(cursor: Cursor): Security | undefined {
  const head = cursor.mark();
  for (;;) {
    if (cursor.take('SQL SECURITY')) return securityOf(cursor);
    if (cursor.takeAny('COMMENT', 'LANGUAGE') !== undefined) cursor.next();
    else if (cursor.takeAny(...plainCharacteristics) === undefined) break;
  }
  cursor.reset(head);
  return undefined;
}

const plainCharacteristics = [
  'NOT DETERMINISTIC',
  'DETERMINISTIC',
  'CONTAINS SQL',
  'NO SQL',
  'READS SQL DATA',
  'MODIFIES SQL DATA',
];
