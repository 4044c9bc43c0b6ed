import type { Dialect } from '../dialect.ts';
import { parseAlterSpecs } from './alter-table.ts';
import type { IndexKind, QualifiedName, RenamePair, StatementNode } from './ast.ts';
import { parseCreateTable } from './create-table.ts';
import { Cursor } from './cursor.ts';
import { parseIndexBody } from './index-definition.ts';
import { parseObject, skipObjectPrefix } from './objects.ts';
import { parseCharsetOption } from './table-options.ts';

export interface ParsedStatement {
  readonly node: StatementNode;
  /** The walk that read it: the text, its tokens and the places where names stand. */
  readonly cursor: Cursor;
}

/** Reads one statement. Throws DDL_NOT_UNDERSTOOD, with the offset where understanding ended. */
export function parseStatement(text: string, dialect: Dialect): ParsedStatement {
  return parseCursor(new Cursor(text, dialect));
}

/** The same for a fresh cursor, which keeps the names read so far when this throws. */
export function parseCursor(cursor: Cursor): ParsedStatement {
  const node = parseNode(cursor);
  if (node.kind !== 'none' && node.kind !== 'data-change' && !cursor.atEnd)
    throw cursor.failure('the end of the statement');
  return { node, cursor };
}

function parseNode(cursor: Cursor): StatementNode {
  if (cursor.atEnd) return none('empty statement');
  if (cursor.take('CREATE')) return parseCreate(cursor);
  if (cursor.take('ALTER')) return parseAlter(cursor);
  if (cursor.take('DROP')) return parseDrop(cursor);
  if (cursor.takeAny('RENAME TABLE', 'RENAME TABLES')) return parseRename(cursor);
  if (cursor.take('TRUNCATE')) {
    cursor.take('TABLE');
    const table = cursor.qualifiedName('table');
    skipWait(cursor);
    return { kind: 'truncate-table', table };
  }
  return parseOther(cursor);
}

const none = (reason: string): StatementNode => ({ kind: 'none', reason });

function parseCreate(cursor: Cursor): StatementNode {
  const orReplace = cursor.take('OR REPLACE');
  skipObjectPrefix(cursor);
  const object = parseObject(cursor, 'create');
  if (object !== undefined) return object;
  if (cursor.takeAny('DATABASE', 'SCHEMA')) {
    const ifNotExists = cursor.take('IF NOT EXISTS');
    const database = cursor.databaseName();
    return {
      kind: 'create-database',
      database,
      ...parseDatabaseOptions(cursor),
      orReplace,
      exclusive: !ifNotExists,
    };
  }
  const temporary = cursor.take('TEMPORARY');
  if (cursor.take('TABLE')) return parseCreateTable(cursor, { temporary, orReplace });
  if (temporary) return none('temporary object');
  return parseCreateIndex(cursor, orReplace) ?? none(`CREATE ${cursor.word()}`);
}

function parseCreateIndex(cursor: Cursor, orReplace: boolean): StatementNode | undefined {
  const start = cursor.offset;
  const mark = cursor.mark();
  cursor.takeAny('ONLINE', 'OFFLINE');
  const kind = (cursor.takeAny('UNIQUE', 'FULLTEXT', 'VECTOR', 'SPATIAL') ?? 'INDEX') as IndexKind;
  if (!cursor.takeAny('INDEX', 'KEY')) {
    // SPATIAL REFERENCE SYSTEM and others
    cursor.reset(mark);
    return undefined;
  }
  const ifNotExists = cursor.take('IF NOT EXISTS');
  const name = cursor.identifier().value;
  let using = '';
  if (cursor.takeAny('USING', 'TYPE')) using = `USING ${cursor.identifier().value}`;
  cursor.expect('ON');
  const table = cursor.qualifiedName('table');
  skipWait(cursor);
  const body = parseIndexBody(cursor, { start, kind, name, constraint: undefined, ifNotExists });
  const index = using === '' ? body : { ...body, options: `${using} ${body.options}`.trim() };
  skipExecution(cursor);
  return { kind: 'create-index', table, index, orReplace };
}

function parseDatabaseOptions(cursor: Cursor): { charset?: string; collation?: string } {
  const options: { charset?: string; collation?: string } = {};
  while (!cursor.atEnd) {
    const option = parseCharsetOption(cursor);
    if (option?.name === 'CHARSET') options.charset = option.value;
    else if (option?.name === 'COLLATE') options.collation = option.value;
    else {
      cursor.take('DEFAULT');
      cursor.expect('ENCRYPTION', 'READ ONLY', 'COMMENT');
      cursor.take('=');
      cursor.next();
    }
    cursor.take(',');
  }
  return options;
}

function parseAlter(cursor: Cursor): StatementNode {
  cursor.takeAny('ONLINE', 'OFFLINE');
  cursor.take('IGNORE');
  if (cursor.take('TABLE')) {
    const ifExists = cursor.take('IF EXISTS');
    const table = cursor.qualifiedName('table');
    return { kind: 'alter-table', table, ifExists, specs: parseAlterSpecs(cursor) };
  }
  if (cursor.takeAny('DATABASE', 'SCHEMA')) {
    const bare =
      cursor.atEnd ||
      (cursor.peek()?.kind === 'word' &&
        ['DEFAULT', 'CHARACTER', 'CHARSET', 'COLLATE', 'ENCRYPTION', 'READ', 'COMMENT'].includes(
          cursor.word(),
        ));
    const database = bare ? undefined : cursor.databaseName();
    if (cursor.take('UPGRADE DATA DIRECTORY NAME')) return none('directory name of a database');
    return {
      kind: 'alter-database',
      database,
      ...parseDatabaseOptions(cursor),
      orReplace: false,
      exclusive: false,
    };
  }
  skipObjectPrefix(cursor);
  return parseObject(cursor, 'alter') ?? none(`ALTER ${cursor.word()}`);
}

function parseDrop(cursor: Cursor): StatementNode {
  const object = parseObject(cursor, 'drop');
  if (object !== undefined) return object;
  if (cursor.takeAny('DATABASE', 'SCHEMA')) {
    const ifExists = cursor.take('IF EXISTS');
    return { kind: 'drop-database', database: cursor.databaseName(), ifExists };
  }
  const temporary = cursor.take('TEMPORARY');
  if (temporary && cursor.take('SEQUENCE')) return none('temporary object');
  if (cursor.takeAny('TABLE', 'TABLES')) {
    const ifExists = cursor.take('IF EXISTS');
    const start = cursor.offset;
    const tables: QualifiedName[] = [];
    do tables.push(cursor.qualifiedName('table'));
    while (cursor.take(','));
    const list = { start, end: cursor.lastEnd };
    skipWait(cursor);
    cursor.takeAny('RESTRICT', 'CASCADE');
    return { kind: 'drop-table', tables, temporary, ifExists, list };
  }
  cursor.takeAny('ONLINE', 'OFFLINE');
  if (!cursor.takeAny('INDEX', 'KEY')) return none(`DROP ${cursor.word()}`);
  const ifExists = cursor.take('IF EXISTS');
  const name = cursor.identifier().value;
  cursor.expect('ON');
  const table = cursor.qualifiedName('table');
  skipWait(cursor);
  skipExecution(cursor);
  return { kind: 'drop-index', table, name, ifExists };
}

function parseRename(cursor: Cursor): StatementNode {
  const ifExists = cursor.take('IF EXISTS');
  const start = cursor.offset;
  const pairs: RenamePair[] = [];
  do {
    const pairStart = cursor.offset;
    const from = cursor.qualifiedName('table');
    skipWait(cursor);
    cursor.expect('TO');
    const to = cursor.qualifiedName('table');
    pairs.push({ from, to, start: pairStart, end: cursor.lastEnd });
  } while (cursor.take(','));
  return { kind: 'rename-table', pairs, ifExists, list: { start, end: cursor.lastEnd } };
}

/** MariaDB's limit for the wait on a metadata lock. */
function skipWait(cursor: Cursor): void {
  if (cursor.take('WAIT')) cursor.number();
  else cursor.take('NOWAIT');
}

function skipExecution(cursor: Cursor): void {
  while (cursor.takeAny('ALGORITHM', 'LOCK')) {
    cursor.take('=');
    cursor.next();
  }
}

const administration = new Set(
  `ANALYZE OPTIMIZE REPAIR CHECK CHECKSUM GRANT REVOKE SET FLUSH RESET INSTALL UNINSTALL RENAME BEGIN COMMIT ROLLBACK
   SAVEPOINT RELEASE XA USE LOCK UNLOCK KILL CACHE CALL DO SHOW HELP EXPLAIN DESCRIBE DESC START STOP CHANGE PURGE
   SHUTDOWN RESTART CLONE PREPARE EXECUTE DEALLOCATE HANDLER SIGNAL BACKUP BINLOG SELECT`.split(/\s+/),
);

const dataChanges = new Set(['INSERT', 'UPDATE', 'DELETE', 'REPLACE', 'LOAD', 'WITH', 'IMPORT']);

function parseOther(cursor: Cursor): StatementNode {
  const verb = cursor.word();
  if (administration.has(verb)) return none(verb);
  // What a server logs when it comes back with its MEMORY tables empty.
  if (cursor.take('DELETE FROM')) {
    const table = cursor.qualifiedName('table');
    return cursor.atEnd ? { kind: 'truncate-table', table } : { kind: 'data-change', verb };
  }
  if (cursor.take('LOAD INDEX')) return none('LOAD INDEX');
  if (dataChanges.has(verb)) return { kind: 'data-change', verb };
  throw cursor.failure('a schema statement');
}
