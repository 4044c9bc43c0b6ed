import type { Span, TableOptionNode } from './ast.ts';
import type { Cursor } from './cursor.ts';

const known = [
  'AUTO_INCREMENT',
  'AUTOEXTEND_SIZE',
  'AVG_ROW_LENGTH',
  'CHECKSUM',
  'COMMENT',
  'COMPRESSION',
  'CONNECTION',
  'DATA DIRECTORY',
  'DELAY_KEY_WRITE',
  'ENCRYPTION',
  'ENGINE',
  'ENGINE_ATTRIBUTE',
  'INDEX DIRECTORY',
  'INSERT_METHOD',
  'KEY_BLOCK_SIZE',
  'MAX_ROWS',
  'MIN_ROWS',
  'PACK_KEYS',
  'PASSWORD',
  'ROW_FORMAT',
  'SECONDARY_ENGINE',
  'SECONDARY_ENGINE_ATTRIBUTE',
  'STATS_AUTO_RECALC',
  'STATS_PERSISTENT',
  'STATS_SAMPLE_PAGES',
  'STORAGE',
  'TABLESPACE',
  'TABLE_CHECKSUM',
  'TYPE',
  'UNION',
  // MariaDB
  'ENCRYPTED',
  'ENCRYPTION_KEY_ID',
  'IETF_QUOTES',
  'PAGE_CHECKSUM',
  'PAGE_COMPRESSED',
  'PAGE_COMPRESSION_LEVEL',
  'SEQUENCE',
  'TRANSACTIONAL',
] as const;

/** One table option, if one comes next. */
export function parseTableOption(cursor: Cursor): TableOptionNode | undefined {
  const start = cursor.offset;
  const done = (name: string, value: string): TableOptionNode => ({
    name,
    value,
    start,
    end: cursor.lastEnd,
  });
  const charset = parseCharsetOption(cursor);
  if (charset !== undefined) return done(charset.name, charset.value);
  if (cursor.take('WITH SYSTEM VERSIONING')) return done('SYSTEM VERSIONING', '');
  if (cursor.take('UNION')) {
    cursor.take('=');
    return done('UNION', parseUnion(cursor));
  }
  const name = cursor.takeAny(...known) ?? takeEngineOption(cursor);
  if (name === undefined) return undefined;
  cursor.take('=');
  return done(name, cursor.next().value);
}

/** [DEFAULT] CHARACTER SET x and [DEFAULT] COLLATE y, as of tables and databases. */
export function parseCharsetOption(
  cursor: Cursor,
): { name: 'CHARSET' | 'COLLATE'; value: string } | undefined {
  const mark = cursor.mark();
  cursor.take('DEFAULT');
  const words = cursor.takeAny('CHARACTER SET', 'CHAR SET', 'CHARSET', 'COLLATE');
  if (words === undefined) {
    cursor.reset(mark);
    return undefined;
  }
  cursor.take('=');
  return { name: words === 'COLLATE' ? 'COLLATE' : 'CHARSET', value: cursor.nameOrString() };
}

function parseUnion(cursor: Cursor): string {
  const start = cursor.offset;
  cursor.expect('(');
  if (!cursor.sees(')')) {
    do cursor.qualifiedName('table');
    while (cursor.take(','));
  }
  cursor.expect(')');
  return cursor.slice({ start, end: cursor.lastEnd });
}

/** MariaDB's engines define options of their own: any `name = value`. */
function takeEngineOption(cursor: Cursor): string | undefined {
  if (cursor.dialect.flavour !== 'mariadb' || cursor.peek(1)?.value !== '=') return undefined;
  return cursor.identifier().value.toUpperCase();
}

/** The rest of PARTITION BY …, up to a SELECT or the end. */
export function parsePartitioning(cursor: Cursor): Span {
  const start = cursor.offset;
  cursor.expect('PARTITION BY');
  while (!cursor.atEnd && !endsPartitioning(cursor)) cursor.skip();
  return { start, end: cursor.lastEnd };
}

const endsPartitioning = (cursor: Cursor): boolean =>
  ['SELECT', 'AS', 'IGNORE', 'REPLACE', 'WITH', 'VALUES', 'START'].includes(cursor.word()) ||
  cursor.sees('( SELECT') ||
  cursor.sees('TABLE');
