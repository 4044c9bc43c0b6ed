/** What decides how a statement's text is read: the server that logged it and its session's sql_mode. */

export type Flavour = 'mysql' | 'mariadb';

export interface ServerVersion {
  readonly flavour: Flavour;
  /** As in versioned comments: 50651, 80036, 90704, 101118. */
  readonly version: number;
}

export interface Dialect extends ServerVersion {
  /** Double quotes delimit names, not strings. */
  readonly ansiQuotes: boolean;
  /** A backslash in a string is an ordinary character. */
  readonly noBackslashEscapes: boolean;
  /** REAL means FLOAT. */
  readonly realAsFloat: boolean;
  /** Versioned comments count whatever version they name. */
  readonly everyVersion?: true;
}

/** `8.0.36-log`, `10.11.18-MariaDB` → 80036, 101118. A number is taken as it is. */
export function parseVersion(version: string | number): number {
  if (typeof version === 'number') return version;
  const match = /^(?:5\.5\.5-)?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  if (match === null) return 0;
  return Number(match[1]) * 10_000 + Number(match[2]) * 100 + Number(match[3] ?? 0);
}

/** Definitions are kept in utf8mb3: other servers show characters beyond it as `?` in the texts that columns have for defaults. */
export const showsEveryDefault = ({ flavour, version }: ServerVersion): boolean =>
  flavour === 'mysql' && version >= 80_000;

/** `10.11.18-MariaDB`, `8.4.3`: the flavour that a server's version text shows. */
export function flavourOf(version: string): Flavour {
  return /mariadb/i.test(version) ? 'mariadb' : 'mysql';
}

/** Text of a session variable's literal: `'ANSI_QUOTES'` → ANSI_QUOTES. */
export function literalText(literal: string | undefined): string {
  if (literal === undefined) return '';
  const quoted = /^\s*(?:_\w+\s*)?(['"])([\s\S]*)\1\s*$/.exec(literal);
  return quoted === null ? literal.trim() : quoted[2]!;
}

/** The variable of a statement's session that names the server which ran it: see serverOf. */
export const serverVariable = 'version';

/** A server's version as the literal of that variable. */
export function serverLiteral({ flavour, version }: ServerVersion): string {
  const numbers = [Math.floor(version / 10_000), Math.floor(version / 100) % 100, version % 100];
  return `'${numbers.join('.')}${flavour === 'mariadb' ? '-MariaDB' : ''}'`;
}

/** The server that ran a statement or wrote a definition, where its session tells. */
export function serverOf(session: Readonly<Record<string, string>>): ServerVersion | undefined {
  const version = literalText(session[serverVariable]);
  return version === '' ? undefined : { flavour: flavourOf(version), version: parseVersion(version) };
}

// sql_mode names that stand for several.
const ansiModes = ['ANSI', 'DB2', 'MAXDB', 'MSSQL', 'ORACLE', 'POSTGRESQL'];

// Bits of sql_mode, as the binary log keeps it. Source: sql/system_variables.h.
const modeBits = { REAL_AS_FLOAT: 1, ANSI_QUOTES: 4, ANSI: 1 << 18, NO_BACKSLASH_ESCAPES: 1 << 20 };

function modesOf(literal: string): ReadonlySet<string> {
  const text = literalText(literal).toUpperCase();
  if (!/^\d+$/.test(text)) return new Set(text.split(','));
  const bits = BigInt(text);
  const set = Object.entries(modeBits).filter(([, bit]) => (bits & BigInt(bit)) !== 0n);
  return new Set(set.map(([name]) => name));
}

/** Reads a text whose server is not known: the content of every versioned comment counts. */
export function anyDialect(session: Readonly<Record<string, string>>): Dialect {
  return { ...dialectOf({ flavour: 'mariadb', version: 999_999 }, session), everyVersion: true };
}

export function dialectOf(server: ServerVersion, session: Readonly<Record<string, string>>): Dialect {
  const modes = modesOf(session.sql_mode ?? '');
  return {
    flavour: server.flavour,
    version: server.version,
    ansiQuotes: modes.has('ANSI_QUOTES') || ansiModes.some((mode) => modes.has(mode)),
    noBackslashEscapes: modes.has('NO_BACKSLASH_ESCAPES'),
    realAsFloat: modes.has('REAL_AS_FLOAT') || modes.has('ANSI'),
  };
}
