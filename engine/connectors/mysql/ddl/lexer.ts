import { DtsError } from '../../../core/errors.ts';
import type { Dialect } from './dialect.ts';

/**
 * Tokens of MySQL's and MariaDB's SQL, each with its span in the original text, so that a name can be replaced in place and all
 * else stays byte for byte. Law: the texts of all tokens, joined, are the text.
 *
 * The content of a versioned comment that the server executes is content here; of one that it skips, one comment.
 */
export interface Token {
  readonly kind:
    | 'word' // bare identifier or keyword
    | 'quoted-name'
    | 'string'
    | 'bytes' // x'6f', 0x6f, b'101'
    | 'number'
    | 'symbol'
    | 'space'
    | 'comment'
    | 'version-open' // the `/*!50100` of a comment whose content counts
    | 'version-close';
  readonly start: number;
  readonly end: number;
  /** Names and strings without quotes and escapes; for all else the text itself. */
  readonly value: string;
}

type Scan = Omit<Token, 'start'>;

const space = /[\s\0\u00a0\ufeff]+/y;
// Digits may begin a name; anything above ASCII belongs to a name.
const word = /[0-9A-Za-z$_\u0080-\uffff]+/y;
const number = /(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;
const allDigits = /^[0-9]+$/;
const hexOrBits = /0x[0-9A-Fa-f]+(?![0-9A-Za-z$_\u0080-\uffff])|0b[01]+(?![0-9A-Za-z$_\u0080-\uffff])/y;
const quotedBytes = /[xX]'[0-9A-Fa-f]*'|[bB]'[01]*'/y;
const hostName = /[0-9A-Za-z._$-]+/y;
const symbol = /->>|->|<=>|<<|>>|<=|>=|<>|!=|:=|\|\||&&|@@|[\s\S]/y;
const lineComment = /(?:#|--(?=[\s\0]|$))[^\n]*/y;
const versionMark = /\/\*(!|M!)([0-9]{5,6})?/y;

export function tokenize(text: string, dialect: Dialect): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let insideVersioned = false;
  while (at < text.length) {
    const scan = scanToken(text, at, dialect, tokens.at(-1), insideVersioned);
    if (scan.kind === 'version-open') insideVersioned = true;
    if (scan.kind === 'version-close') insideVersioned = false;
    tokens.push({ kind: scan.kind, start: at, end: scan.end, value: scan.value });
    at = scan.end;
  }
  return tokens;
}

/** True for tokens that a parser looks at. */
export const isContent = (token: Token): boolean =>
  token.kind !== 'space' &&
  token.kind !== 'comment' &&
  token.kind !== 'version-open' &&
  token.kind !== 'version-close';

function scanToken(
  text: string,
  at: number,
  dialect: Dialect,
  previous: Token | undefined,
  insideVersioned: boolean,
): Scan {
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const take = (kind: Token['kind'], found: string): Scan => ({ kind, end: at + found.length, value: found });

  const blank = match(space);
  if (blank) return take('space', blank);
  const head = text[at]!;
  if (head === '`') return scanQuoted(text, at, '`', 'quoted-name', false);
  if (head === '"' && dialect.ansiQuotes) return scanQuoted(text, at, '"', 'quoted-name', false);
  if (head === "'" || head === '"') return scanQuoted(text, at, head, 'string', !dialect.noBackslashEscapes);
  if ((head === 'n' || head === 'N') && text[at + 1] === "'") {
    return scanQuoted(text, at + 1, "'", 'string', !dialect.noBackslashEscapes);
  }
  if (insideVersioned && text.startsWith('*/', at)) return take('version-close', '*/');
  if (text.startsWith('/*', at)) return scanComment(text, at, dialect);
  const line = match(lineComment);
  if (line) return take('comment', line);

  // After `@` comes a host name with dots in it; after `name.` a name, even one of digits or a keyword.
  const glued = previous !== undefined && previous.end === at;
  if (glued && previous.value === '@' && previous.kind === 'symbol') {
    const host = match(hostName);
    if (host) return take('word', host);
  }
  const afterDot = glued && previous.kind === 'symbol' && previous.value === '.';
  if (!afterDot) {
    const bytes = match(quotedBytes) ?? match(hexOrBits);
    if (bytes) return take('bytes', bytes);
    const afterName = glued && (previous.kind === 'word' || previous.kind === 'quoted-name');
    if (!(head === '.' && afterName)) {
      const digits = match(number);
      const name = match(word);
      // `1e5` and `1.5` are numbers, `1abc` is a name.
      if (digits && (name === undefined || digits.length >= name.length || allDigits.test(name))) {
        return take('number', digits);
      }
    }
  }
  const name = match(word);
  if (name) return take('word', name);
  return take('symbol', match(symbol)!);
}

function scanQuoted(
  text: string,
  open: number,
  quote: string,
  kind: 'string' | 'quoted-name',
  escapes: boolean,
): Scan {
  let value = '';
  let at = open + 1;
  for (;;) {
    const head = text[at];
    if (head === undefined) throw unterminated(kind === 'string' ? 'string' : 'quoted name', open);
    if (head === quote) {
      if (text[at + 1] !== quote) return { kind, end: at + 1, value };
      value += quote;
      at += 2;
    } else if (escapes && head === '\\' && at + 1 < text.length) {
      value += unescaped(text[at + 1]!);
      at += 2;
    } else {
      value += head;
      at += 1;
    }
  }
}

const escapedCharacters: Readonly<Record<string, string>> = {
  '0': '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\x1a',
  // Kept for LIKE patterns.
  '%': '\\%',
  _: '\\_',
};
const unescaped = (character: string): string => escapedCharacters[character] ?? character;

function scanComment(text: string, at: number, dialect: Dialect): Scan {
  versionMark.lastIndex = at;
  const mark = versionMark.exec(text);
  if (mark !== null && executes(mark[1] === 'M!', mark[2], dialect)) {
    return { kind: 'version-open', end: at + mark[0].length, value: mark[0] };
  }
  // Comments nest inside a versioned comment only.
  const end = mark === null ? text.indexOf('*/', at + 2) : endOfNested(text, at + 2);
  if (end < 0) throw unterminated('comment', at);
  return { kind: 'comment', end: end + 2, value: text.slice(at, end + 2) };
}

function endOfNested(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith('*/', at)) {
      depth -= 1;
      if (depth === 0) return at;
      at += 1;
    } else if (text.startsWith('/*', at)) {
      depth += 1;
      at += 1;
    }
  }
  return -1;
}

/** Whether a server of this flavour and version executes the content of a versioned comment. */
function executes(mariadbOnly: boolean, digits: string | undefined, dialect: Dialect): boolean {
  if (dialect.everyVersion) return true;
  if (mariadbOnly && dialect.flavour !== 'mariadb') return false;
  if (digits === undefined) return true;
  const version = Number(digits);
  if (version > dialect.version) return false;
  // MariaDB leaves alone what is meant for MySQL 5.7 and later.
  if (dialect.flavour === 'mariadb' && !mariadbOnly) return version < 50_700 || version > 99_999;
  return true;
}

function unterminated(what: string, at: number): DtsError {
  return new DtsError(
    'DDL_NOT_UNDERSTOOD',
    `The statement has an unterminated ${what} at character ${at + 1}.`,
    {
      details: { offset: at },
    },
  );
}
