import type { SchemaStatement } from '../../../core/change.ts';
import { defaultCollation } from '../ddl/charset.ts';
import {
  anyDialect,
  type Dialect,
  dialectOf,
  literalText,
  parseVersion,
  type ServerVersion,
} from '../ddl/dialect.ts';
import { isContent, type Token, tokenize } from '../ddl/lexer.ts';
import { applyEdits, type Edit } from '../ddl/text-edits.ts';

/**
 * Definitions of MySQL before 8.0 leave out the collation where it is the default of utf8mb4. That default changed with 8.0: the
 * text alone would make a table there that compares and orders differently. Here it is written out.
 */
export function withExplicitCollation(
  sql: string,
  source: { readonly flavour: 'mysql' | 'mariadb'; readonly version: string },
): string {
  const version = parseVersion(source.version);
  if (source.flavour !== 'mysql' || version >= 80_001) return sql;
  return withCollation(sql, dialectOf({ flavour: source.flavour, version }, {}), 'utf8mb4_general_ci');
}

/**
 * The same for a statement as a user wrote it: where the session that ran it had another default for utf8mb4 than the target has.
 * The session variable alone would not do: servers before 8.0.11 lack it, and setting it needs a privilege.
 */
export function withCollationOfSession(statement: SchemaStatement, target: ServerVersion): SchemaStatement {
  const collation = literalText(statement.session.default_collation_for_utf8mb4);
  if (!/^utf8mb4_\w+$/.test(collation) || collation === defaultCollation('utf8mb4', target, new Map()))
    return statement;
  const { text, session } = statement;
  return { ...statement, text: withCollation(text, anyDialect(session), collation) };
}

/** Adds `collation` wherever utf8mb4 is named as a character set without one. */
function withCollation(sql: string, dialect: Dialect, collation: string): string {
  if (!/utf8mb4/i.test(sql)) return sql;
  const tokens = tokenize(sql, dialect).filter(isContent);
  const edits: Edit[] = [];
  tokens.forEach((_, at) => {
    const nameAt = charsetNameAt(tokens, at);
    const name = nameAt === undefined ? undefined : tokens[nameAt];
    if (nameAt === undefined || name?.value.toLowerCase() !== 'utf8mb4') return;
    if (takesNoCollation(tokens, at) || hasCollation(tokens, nameAt)) return;
    edits.push({ start: name.end, end: name.end, text: ` COLLATE ${collation}` });
  });
  return applyEdits(sql, edits);
}

const wordAt = (tokens: readonly Token[], at: number): string =>
  tokens[at]?.kind === 'word' ? tokens[at].value.toUpperCase() : '';
const isSymbol = (tokens: readonly Token[], at: number, value: string): boolean =>
  tokens[at]?.kind === 'symbol' && tokens[at].value === value;

/** Where the name stands that a clause `CHARSET [=] x`, `CHARACTER SET [=] x` or `CHAR SET [=] x` at `at` gives. */
function charsetNameAt(tokens: readonly Token[], at: number): number | undefined {
  const word = wordAt(tokens, at);
  let next = at + 1;
  if (word === 'CHARACTER' || word === 'CHAR') {
    if (wordAt(tokens, next) !== 'SET') return undefined;
    next += 1;
  } else if (word !== 'CHARSET') return undefined;
  return isSymbol(tokens, next, '=') ? next + 1 : next;
}

/** `SET CHARACTER SET x` of a program, `CAST(… AS CHAR(n) CHARACTER SET x)`, and `BINARY CHARACTER SET x`, which means utf8mb4_bin. */
function takesNoCollation(tokens: readonly Token[], at: number): boolean {
  let before = at - 1;
  if (wordAt(tokens, before) === 'SET' || wordAt(tokens, before) === 'BINARY') return true;
  if (isSymbol(tokens, before, ')') && isSymbol(tokens, before - 2, '(')) before -= 3;
  // Columns have a name before their type, the result of a conversion has not.
  return wordAt(tokens, before - 1) === 'AS' || isSymbol(tokens, before - 1, ',');
}

/** COLLATE or BINARY anywhere behind, in the same column, option list or declaration. */
function hasCollation(tokens: readonly Token[], nameAt: number): boolean {
  let depth = 0;
  for (let at = nameAt + 1; at < tokens.length; at += 1) {
    if (isSymbol(tokens, at, '(')) depth += 1;
    if (isSymbol(tokens, at, ')')) depth -= 1;
    if (depth < 0) return false;
    if (depth > 0) continue;
    if (isSymbol(tokens, at, ',') || isSymbol(tokens, at, ';')) return false;
    const word = wordAt(tokens, at);
    if (word === 'COLLATE' || (word === 'BINARY' && at === nameAt + 1)) return true;
  }
  return false;
}
