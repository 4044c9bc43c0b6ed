import { dialectOf, parseVersion } from '../ddl/dialect.ts';
import { isContent, tokenize } from '../ddl/lexer.ts';
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
  if (source.flavour !== 'mysql' || version >= 80_001 || !sql.includes('utf8mb4')) return sql;
  const tokens = tokenize(sql, dialectOf({ flavour: source.flavour, version }, {})).filter(isContent);
  const word = (at: number): string => (tokens[at]?.kind === 'word' ? tokens[at].value.toUpperCase() : '');
  const edits: Edit[] = [];
  tokens.forEach((_, at) => {
    // `CHARSET=utf8mb4` of tables, `CHARACTER SET utf8mb4` of columns and databases.
    const option = word(at) === 'CHARSET' && tokens[at + 1]?.value === '=';
    if (!option && !(word(at) === 'CHARACTER' && word(at + 1) === 'SET')) return;
    const name = tokens[at + 2];
    if (name?.value.toLowerCase() !== 'utf8mb4' || word(at + 3) === 'COLLATE') return;
    const text = option ? ' COLLATE=utf8mb4_general_ci' : ' COLLATE utf8mb4_general_ci';
    edits.push({ start: name.end, end: name.end, text });
  });
  return applyEdits(sql, edits);
}
