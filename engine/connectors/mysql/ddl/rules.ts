import { type CharsetPair, canonicalCollation, charsetOfCollation, defaultCollation } from './charset.ts';
import { type Dialect, dialectOf, literalText, type ServerVersion } from './dialect.ts';

/** The server whose structure is modelled, with those of its settings that a statement's session may not tell. */
export interface ServerFacts extends ServerVersion {
  /** @@lower_case_table_names: 0 keeps names as written; else they are compared without case. */
  readonly lowerCaseTableNames: number;
  /** @@collation_server; by version when absent. */
  readonly collationServer?: string | undefined;
  /** @@explicit_defaults_for_timestamp; by version when absent. */
  readonly explicitDefaultsForTimestamp?: boolean | undefined;
  /** @@default_storage_engine; InnoDB when absent. */
  readonly defaultStorageEngine?: string | undefined;
}

/** How one statement's text turns into structure: server and session, resolved. */
export interface Rules {
  readonly server: ServerFacts;
  readonly dialect: Dialect;
  /** TIMESTAMP columns are nullable like any other. */
  readonly explicitTimestamp: boolean;
  readonly defaultEngine: string;
  /** Of databases that name none. */
  readonly serverCharset: CharsetPair;
  collationFor(charset: string): string;
  /** Names of databases and tables as the server keeps them. */
  fold(name: string): string;
}

export function rulesOf(server: ServerFacts, session: Readonly<Record<string, string>>): Rules {
  const overrides = collationOverrides(session);
  const collationFor = (charset: string) => defaultCollation(charset, server, overrides);
  return {
    server,
    dialect: dialectOf(server, session),
    explicitTimestamp: explicitTimestamp(server, session),
    defaultEngine: (server.defaultStorageEngine ?? 'InnoDB').toLowerCase(),
    serverCharset: serverCharset(server, session, collationFor),
    collationFor,
    fold: (name) => (server.lowerCaseTableNames === 0 ? name : name.toLowerCase()),
  };
}

/** Session variables that change what a character set named alone brings. */
function collationOverrides(session: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const overrides = new Map<string, string>();
  const utf8mb4 = literalText(session.default_collation_for_utf8mb4);
  if (/^utf8mb4_/.test(utf8mb4)) overrides.set('utf8mb4', utf8mb4);
  // MariaDB: utf8mb3=utf8mb3_uca1400_ai_ci,utf8mb4=…
  for (const pair of literalText(session.character_set_collations).split(',')) {
    const [charset, collation] = pair.split('=');
    if (charset && collation) overrides.set(charset.trim(), canonicalCollation(collation.trim()));
  }
  return overrides;
}

function explicitTimestamp(server: ServerFacts, session: Readonly<Record<string, string>>): boolean {
  const told = literalText(session.explicit_defaults_for_timestamp).toUpperCase();
  if (told !== '') return told === '1' || told === 'ON' || told === 'TRUE';
  if (server.explicitDefaultsForTimestamp !== undefined) return server.explicitDefaultsForTimestamp;
  return server.flavour === 'mysql' ? server.version >= 80_002 : server.version >= 101_000;
}

function serverCharset(
  server: ServerFacts,
  session: Readonly<Record<string, string>>,
  collationFor: (charset: string) => string,
): CharsetPair {
  const told = canonicalCollation(literalText(session.collation_server) || (server.collationServer ?? ''));
  const charset = charsetOfCollation(told);
  if (charset !== undefined) return { charset, collation: told };
  const modern = server.flavour === 'mysql' ? server.version >= 80_001 : server.version >= 110_600;
  const fallback = modern ? 'utf8mb4' : 'latin1';
  return { charset: fallback, collation: collationFor(fallback) };
}
