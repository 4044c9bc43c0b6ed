import { DtsError } from '../../../core/errors.ts';
import { quoteName } from '../identifier.ts';
import { canonicalCollation } from './charset.ts';
import { dialectOf, type ServerVersion, serverOf } from './dialect.ts';
import type { Token } from './lexer.ts';
import { ownTypes } from './own-types.ts';
import type {
  ColumnNode,
  CreateTableNode,
  IndexNode,
  Span,
  StatementNode,
  TableOptionNode,
} from './parser/ast.ts';
import type { Cursor } from './parser/cursor.ts';
import { type ParsedStatement, parseStatement } from './parser/statement.ts';
import { applyEdits, type Edit } from './text-edits.ts';

export interface Adaption {
  readonly from: ServerVersion;
  readonly to: ServerVersion;
}

/**
 * A definition as a server of another version or flavour takes it. Throws UNSUPPORTED naming what has no counterpart there. `from`:
 * absent when the session tells which server wrote it.
 */
export function adaptCreate(
  sql: string,
  adaption: { from?: ServerVersion | undefined; to: ServerVersion },
  session: Readonly<Record<string, string>> = {},
): string {
  const { to } = adaption;
  const from = adaption.from ?? serverOf(session) ?? to;
  return applyEdits(sql, adaptEdits(parseStatement(sql, dialectOf(from, session)), { from, to }));
}

/** What must change in a statement for the other server; nothing where both take the same. */
export function adaptEdits(parsed: ParsedStatement, adaption: Adaption): Edit[] {
  const { node, cursor } = parsed;
  const scope = { cursor, ...adaption };
  const parts = partsOf(node);
  return [
    ...parts.columns.flatMap((column) => columnEdits(column, scope)),
    ...parts.indexes.flatMap((index) => indexEdits(index, scope)),
    ...parts.options.flatMap((option) => optionEdits(option, scope)),
    ...(node.kind === 'create-table' ? refuseForeignKeysWithoutEffect(node) : []),
    ...(node.kind === 'create-table' && node.partitions ? partitionEdits(node.partitions, scope) : []),
    ...waitEdits(node, scope),
    ...collationEdits(scope),
  ];
}

/** MariaDB's limit for the wait on the table's lock stands behind its name. */
function waitEdits(node: StatementNode, { cursor, to }: Scope): Edit[] {
  if (to.flavour === 'mariadb' || !('table' in node)) return [];
  const end = node.table.name.end;
  const at = cursor.tokens.findIndex(({ start }) => start >= end);
  const token = cursor.tokens[at];
  if (isWord(token, 'NOWAIT')) return [cut(token!)];
  return isWord(token, 'WAIT') ? [cut(token!, cursor.tokens[at + 1])] : [];
}

interface Scope extends Adaption {
  readonly cursor: Cursor;
}

interface Parts {
  readonly columns: readonly ColumnNode[];
  readonly indexes: readonly IndexNode[];
  readonly options: readonly TableOptionNode[];
}

function partsOf(node: StatementNode): Parts {
  const columns: ColumnNode[] = [];
  const indexes: IndexNode[] = [];
  const options: TableOptionNode[] = [];
  if (node.kind === 'create-index') indexes.push(node.index);
  if (node.kind === 'create-table') {
    options.push(...node.options);
    for (const element of node.elements) {
      if (element.kind === 'column') columns.push(element.column);
      if (element.kind === 'index') indexes.push(element.index);
    }
  }
  if (node.kind === 'alter-table') {
    for (const spec of node.specs) {
      if (spec.kind === 'add-column' || spec.kind === 'change-column') columns.push(spec.column);
      if (spec.kind === 'add-index') indexes.push(spec.index);
      if (spec.kind === 'option') options.push(spec.option);
    }
  }
  return { columns, indexes, options };
}

const unsupported = (message: string, offset: number): DtsError =>
  new DtsError('UNSUPPORTED', message, {
    details: { offset },
    remedy:
      'Change the object at the source, leave it out of the selection, or make it by hand at the target.',
  });

function tokensIn({ tokens }: Cursor, { start, end }: Span): Token[] {
  const first = firstFrom(tokens, start);
  let last = first;
  while (last < tokens.length && tokens[last]!.end <= end) last += 1;
  return tokens.slice(first, last);
}

/** Index of the first token at `start` or behind: tables have thousands of columns. */
function firstFrom(tokens: readonly Token[], start: number): number {
  let [low, high] = [0, tokens.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tokens[middle]!.start < start) low = middle + 1;
    else high = middle;
  }
  return low;
}
const isWord = (token: Token | undefined, word: string): boolean =>
  token?.kind === 'word' && token.value.toUpperCase() === word;
const cut = (from: Token, to: Token = from): Edit => ({ start: from.start, end: to.end, text: '' });

/** What MySQL keeps the text of MariaDB's own types in; the texts are ASCII, of one form for each value, in lower case. */
const mysqlTypes: Readonly<Record<string, string>> = Object.fromEntries(
  [...ownTypes].map(([name, text]) => [name, `${text} CHARACTER SET ascii COLLATE ascii_general_ci`]),
);
const bigType = /text$|blob$|^long|^json$|geometry|point|linestring|polygon|collection/;

const isSymbol = (token: Token | undefined, value: string): boolean =>
  token?.kind === 'symbol' && token.value === value;

/** One bracket around all: the first closes with the last token. */
function isBracket(tokens: readonly Token[]): boolean {
  let depth = 0;
  const closes = tokens.findIndex((token) => {
    if (isSymbol(token, '(')) depth += 1;
    if (isSymbol(token, ')')) depth -= 1;
    return depth === 0;
  });
  return isSymbol(tokens[0], '(') && closes === tokens.length - 1;
}

/** A default that MySQL takes without brackets: a literal, the present time, or what is in brackets already. */
function isPlain(tokens: readonly Token[]): boolean {
  const [first, second] = tokens;
  if (first === undefined || isBracket(tokens)) return true;
  if (first.kind === 'string') return tokens.every(({ kind }) => kind === 'string');
  if (isSymbol(first, '-') || isSymbol(first, '+')) return tokens.length === 2 && second?.kind === 'number';
  if (tokens.length === 1) return first.kind !== 'word' || plainWords.has(first.value.toUpperCase());
  if (first.kind !== 'word') return false;
  if (first.value.startsWith('_'))
    return tokens.length === 2 && (second?.kind === 'string' || second?.kind === 'bytes');
  return presentTime.has(first.value.toUpperCase()) && isSymbol(second, '(') && tokens.length <= 4;
}
const presentTime = new Set(['CURRENT_TIMESTAMP', 'NOW', 'LOCALTIME', 'LOCALTIMESTAMP']);
const plainWords = new Set([...presentTime, 'NULL', 'TRUE', 'FALSE']);

const bytewiseText = 'longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

/**
 * Another word for a column's type. MariaDB's JSON is a text with a CHECK, and SHOW CREATE tells it so. MySQL's documents go into the same
 * text without the CHECK, which refuses what is nested deeper than 32 levels.
 */
function typeAt(to: ServerVersion, { type, name }: ColumnNode, from: ServerVersion): string | undefined {
  if (to.flavour === 'mysql') {
    if (type.name !== 'json' || from.flavour === 'mysql') return mysqlTypes[type.name];
    return `${bytewiseText} CHECK (json_valid(${quoteName(name.value)}))`;
  }
  if (type.name === 'geomcollection') return 'geometrycollection';
  if (type.name === 'vector' && to.version < 110_700)
    throw unsupported(`Column ${name.value} has the type vector, which the target has not.`, name.start);
  return type.name === 'json' && from.flavour === 'mysql' ? bytewiseText : undefined;
}

function columnEdits(column: ColumnNode, scope: Scope): Edit[] {
  const { from, to, cursor } = scope;
  const edits: Edit[] = [];
  const tokens = tokensIn(cursor, column);
  const type = typeAt(to, column, from);
  const typeToken = tokens.find(({ start }) => start >= column.name.end);
  if (type !== undefined && typeToken !== undefined) edits.push({ ...cut(typeToken), text: type });
  const srid = tokens.find((token) => isWord(token, 'SRID'));
  if (to.flavour === 'mariadb' && srid !== undefined) edits.push({ ...cut(srid), text: 'REF_SYSTEM_ID =' });
  if (to.flavour === 'mysql') {
    tokens.forEach((token, at) => {
      if (isWord(token, 'PERSISTENT')) edits.push({ ...cut(token), text: 'STORED' });
      if (isWord(token, 'COMPRESSED'))
        edits.push(cut(token, tokens[at + 1]?.value === '=' ? tokens[at + 2]! : token));
      if (isWord(tokens[at + 1], 'SYSTEM') && isWord(tokens[at + 2], 'VERSIONING'))
        edits.push(cut(token, tokens[at + 2]!));
    });
  }
  const { defaultSpan } = column;
  if (from.flavour === 'mariadb' && to.flavour === 'mysql' && defaultSpan !== undefined) {
    const value = tokensIn(cursor, defaultSpan);
    const bare = bigType.test(column.type.name)
      ? isWord(value[0], 'NULL') || isBracket(value)
      : isPlain(value);
    if (!bare) edits.push({ ...defaultSpan, text: `(${cursor.slice(defaultSpan)})` });
  }
  return edits;
}

function indexEdits(index: IndexNode, scope: Scope): Edit[] {
  const { to, cursor } = scope;
  if (to.flavour === 'mariadb' && index.parts.some((part) => part.expression !== undefined)) {
    throw unsupported(`Index ${index.name ?? ''} is over an expression, which MariaDB has not.`, index.start);
  }
  const hiddenWord = to.flavour === 'mysql' ? 'IGNORED' : 'INVISIBLE';
  return tokensIn(cursor, index).flatMap((token, at, tokens) => {
    if (!isWord(token, hiddenWord) || token.kind !== 'word') return [];
    if (to.flavour === 'mariadb') return [{ ...cut(token), text: 'IGNORED' }];
    const negated = isWord(tokens[at - 1], 'NOT');
    return [
      negated ? { ...cut(tokens[at - 1]!, token), text: 'VISIBLE' } : { ...cut(token), text: 'INVISIBLE' },
    ];
  });
}

// What only one flavour knows. Files and tablespaces are the source's own.
const fileOptions = new Set([
  'DATA DIRECTORY',
  'INDEX DIRECTORY',
  'TABLESPACE',
  'STORAGE',
  'CONNECTION',
  'PASSWORD',
]);
const mariadbOptions = new Set([
  'PAGE_CHECKSUM',
  'TRANSACTIONAL',
  'PAGE_COMPRESSED',
  'PAGE_COMPRESSION_LEVEL',
  'ENCRYPTED',
  'ENCRYPTION_KEY_ID',
  'IETF_QUOTES',
  'TABLE_CHECKSUM',
]);
const mysqlOptions = new Set([
  'AUTOEXTEND_SIZE',
  'COMPRESSION',
  'ENCRYPTION',
  'ENGINE_ATTRIBUTE',
  'SECONDARY_ENGINE',
  'SECONDARY_ENGINE_ATTRIBUTE',
]);
const commonOptions = new Set([
  'AUTO_INCREMENT',
  'AVG_ROW_LENGTH',
  'CHARSET',
  'CHECKSUM',
  'COLLATE',
  'COMMENT',
  'DELAY_KEY_WRITE',
  'ENGINE',
  'INSERT_METHOD',
  'KEY_BLOCK_SIZE',
  'MAX_ROWS',
  'MIN_ROWS',
  'PACK_KEYS',
  'ROW_FORMAT',
  'STATS_AUTO_RECALC',
  'STATS_PERSISTENT',
  'STATS_SAMPLE_PAGES',
  'UNION',
]);
/** Their rows live in other tables, elsewhere or nowhere, and the log does not tell them all. */
const enginesWithoutRows = new Set(['blackhole', 'connect', 'federated', 'merge', 'mrg_myisam', 'spider']);
/** Options of the engine that the table had at the source, which InnoDB has no use for. */
const otherEnginesOptions = new Set([
  'INSERT_METHOD',
  'PAGE_CHECKSUM',
  'TABLE_CHECKSUM',
  'TRANSACTIONAL',
  'UNION',
]);

/** Other engines ignore foreign keys, which InnoDB would make. */
function refuseForeignKeysWithoutEffect({ options, elements }: CreateTableNode): Edit[] {
  const engine = options.findLast(({ name }) => name === 'ENGINE');
  if (engine === undefined || engine.value.toLowerCase() === 'innodb') return [];
  if (!elements.some(({ kind }) => kind === 'foreign-key')) return [];
  throw unsupported(`${engine.value} ignores the foreign keys, which the target would heed.`, engine.start);
}

/** Whatever engine a table has at the source, it is InnoDB at the target: rows and checkpoint are written in one transaction. */
function optionEdits(option: TableOptionNode, scope: Scope): Edit[] {
  const { to, cursor } = scope;
  const value = option.value.toLowerCase();
  if (option.name === 'ENGINE' && enginesWithoutRows.has(value)) {
    throw unsupported(`Tables of the engine ${option.value} have no rows of their own.`, option.start);
  }
  if (option.name === 'ENGINE' && value !== 'innodb') {
    return [{ start: option.start, end: option.end, text: 'ENGINE=InnoDB' }];
  }
  const foreign = to.flavour === 'mysql' ? mariadbOptions : mysqlOptions;
  const unknown = to.flavour === 'mysql' && !commonOptions.has(option.name) && !mysqlOptions.has(option.name);
  // InnoDB refuses row formats of other engines, which older servers let pass.
  const rowFormat = option.name === 'ROW_FORMAT' && ['fixed', 'page', 'tokudb_zlib', 'paged'].includes(value);
  if (
    fileOptions.has(option.name) ||
    otherEnginesOptions.has(option.name) ||
    foreign.has(option.name) ||
    unknown ||
    rowFormat
  ) {
    return [cutListed(option, cursor)];
  }
  return [];
}

/** A span with the comma that joins it to its neighbours. */
function cutListed(span: Span, cursor: Cursor): Edit {
  const before = cursor.tokens.findLast((token) => token.end <= span.start);
  if (before?.value === ',' && before.kind === 'symbol')
    return { start: before.start, end: span.end, text: ' ' };
  const after = cursor.tokens.find((token) => token.start >= span.end);
  if (after?.value === ',' && after.kind === 'symbol')
    return { start: span.start, end: after.end, text: ' ' };
  return { start: span.start, end: span.end, text: ' ' };
}

/** Directories and engines inside partition definitions. */
function partitionEdits(span: Span, scope: Scope): Edit[] {
  const tokens = tokensIn(scope.cursor, span);
  return tokens.flatMap((token, at) => {
    const valueAt = tokens[at + 2]?.value === '=' ? at + 3 : at + 2;
    if ((isWord(token, 'DATA') || isWord(token, 'INDEX')) && isWord(tokens[at + 1], 'DIRECTORY')) {
      return [cut(token, tokens[valueAt]!)];
    }
    if (!isWord(token, 'ENGINE')) return [];
    const name = tokens[tokens[at + 1]?.value === '=' ? at + 2 : at + 1];
    return isWord(name, 'INNODB') || name === undefined ? [] : [{ ...cut(name), text: 'InnoDB' }];
  });
}

function collationEdits(scope: Scope): Edit[] {
  const { tokens } = scope.cursor;
  return tokens.flatMap((token, at) => {
    if (!isWord(tokens[at], 'COLLATE')) return [];
    const name = tokens[tokens[at + 1]?.value === '=' ? at + 2 : at + 1];
    if (name === undefined || name.kind === 'symbol') return [];
    const adapted = adaptedCollation(name.value.toLowerCase(), scope, token.start);
    return adapted === name.value.toLowerCase() ? [] : [{ ...cut(name), text: adapted }];
  });
}

/** The nearest collation that the target has; undefined where it has nothing like it. */
export function nearestCollation(name: string, adaption: Adaption): string | undefined {
  try {
    return adaptedCollation(name.toLowerCase(), adaption, 0);
  } catch {
    return undefined;
  }
}

/** The nearest collation that the target has: same character set, case and accent rules; padding may differ. */
function adaptedCollation(name: string, { from, to }: Adaption, offset: number): string {
  if (to.flavour === 'mysql') {
    const uca = /^(?:(utf8mb3|utf8mb4|ucs2|utf16|utf32)_)?uca1400_(?:nopad_)?(as|ai)_(cs|ci)$/.exec(name);
    if (uca !== null) {
      if ((uca[1] ?? 'utf8mb4') === 'utf8mb4')
        return `utf8mb4_0900_${uca[2] === 'ai' && uca[3] === 'ci' ? 'ai_ci' : `as_${uca[3]}`}`;
      if (uca[2] === 'ai' && uca[3] === 'ci') return `${uca[1]}_unicode_520_ci`;
    }
    if (name === 'utf8mb4_nopad_bin') return 'utf8mb4_0900_bin';
    if (/uca1400|nopad/.test(name))
      throw unsupported(`MySQL has nothing like the collation ${name}.`, offset);
    return to.version >= 80_000 ? canonicalCollation(name) : name;
  }
  if (from.flavour === 'mysql' && name.startsWith('utf8mb4_0900_')) {
    if (name === 'utf8mb4_0900_bin') return 'utf8mb4_nopad_bin';
    if (to.version < 101_000) return 'utf8mb4_unicode_520_nopad_ci';
    return name.replace('utf8mb4_0900_', 'utf8mb4_uca1400_nopad_');
  }
  return name;
}
