import type { ServerVersion } from './dialect.ts';

interface Shown extends ServerVersion {
  /** SHOW CREATE TABLE, with the collations that the server leaves out. */
  readonly sql: string;
}

/**
 * True when two servers show one table, names and counters aside, and mean the same by it: nothing needs to be understood then. False
 * says nothing.
 */
export function sameDefinition(a: Shown, b: Shown): boolean {
  if (saysAll(a) !== saysAll(b) || !ownsRows.test(a.sql)) return false;
  const body = bodyOf(a.sql);
  return body.startsWith('(') && body === bodyOf(b.sql);
}

/** Servers of one answer leave out the same where a definition is silent. */
function saysAll({ flavour, version }: ServerVersion): string {
  // Since 8.0 MySQL names the collation of utf8mb4, the only one whose default has changed.
  if (flavour === 'mysql' && version >= 80_011) return flavour;
  return `${flavour} ${Math.floor(version / 100)}`;
}

// A server escapes line breaks in texts: only the definition's own end stands at a line's beginning.
const ownsRows = /\n\) ENGINE=InnoDB\b/;

const bodyOf = (sql: string): string =>
  sql.slice(sql.indexOf('(\n')).replace(/(\n\) ENGINE=\w+) AUTO_INCREMENT=\d+/, '$1');
