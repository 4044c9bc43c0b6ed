import type { AlterSpec, ColumnPlace } from './ast.ts';
import { parseColumn, parseColumnDefinition } from './column.ts';
import { parseConstraint, parseElements } from './create-table.ts';
import type { Cursor } from './cursor.ts';
import { parsePartitioning, parseTableOption } from './table-options.ts';

/** The specifications after the table's name, to the end of the statement. */
export function parseAlterSpecs(cursor: Cursor): AlterSpec[] {
  const specs: AlterSpec[] = [];
  while (!cursor.atEnd) {
    specs.push(...parseSpec(cursor));
    cursor.take(',');
  }
  return specs;
}

function parseSpec(cursor: Cursor): AlterSpec[] {
  const partition = parsePartitionSpec(cursor);
  if (partition !== undefined) return [partition];
  if (cursor.take('ADD')) return parseAdd(cursor);
  if (cursor.take('DROP')) return [parseDrop(cursor)];
  if (cursor.take('MODIFY')) return [parseModify(cursor)];
  if (cursor.take('CHANGE')) return [parseChange(cursor)];
  if (cursor.take('RENAME')) return [parseRename(cursor)];
  if (cursor.take('ALTER')) return [parseAlter(cursor)];
  return [parseTableSpec(cursor)];
}

const onColumn = (cursor: Cursor): boolean => {
  cursor.take('COLUMN');
  return cursor.take('IF EXISTS');
};

function parseAdd(cursor: Cursor): AlterSpec[] {
  if (cursor.take('SYSTEM VERSIONING')) return [{ kind: 'system-versioning' }];
  if (cursor.take('PERIOD FOR')) {
    cursor.identifier();
    cursor.parenthesized();
    return [{ kind: 'period' }];
  }
  const constraint = parseConstraint(cursor);
  if (constraint !== undefined) return [specOf(constraint)];
  cursor.take('COLUMN');
  const ifNotExists = cursor.take('IF NOT EXISTS');
  if (cursor.sees('(')) return parseElements(cursor).map(specOf);
  const column = parseColumn(cursor, ifNotExists);
  return [{ kind: 'add-column', column, place: parsePlace(cursor) }];
}

function specOf(element: ReturnType<typeof parseElements>[number]): AlterSpec {
  switch (element.kind) {
    case 'column':
      return { kind: 'add-column', column: element.column };
    case 'index':
      return { kind: 'add-index', index: element.index };
    case 'foreign-key':
      return { kind: 'add-foreign-key', foreignKey: element.foreignKey };
    case 'check':
      return { kind: 'add-check', check: element.check };
    case 'period':
      return { kind: 'period' };
  }
}

function parsePlace(cursor: Cursor): ColumnPlace | undefined {
  if (cursor.take('FIRST')) return { first: true };
  if (cursor.take('AFTER')) return { first: false, after: cursor.identifier().value };
  return undefined;
}

function parseModify(cursor: Cursor): AlterSpec {
  const ifExists = onColumn(cursor);
  const column = parseColumn(cursor);
  return { kind: 'change-column', from: column.name.value, column, place: parsePlace(cursor), ifExists };
}

function parseChange(cursor: Cursor): AlterSpec {
  const ifExists = onColumn(cursor);
  const from = cursor.identifier().value;
  const start = cursor.offset;
  const column = parseColumnDefinition(cursor, cursor.identifier(), start);
  return { kind: 'change-column', from, column, place: parsePlace(cursor), ifExists };
}

function parseDrop(cursor: Cursor): AlterSpec {
  if (cursor.take('PRIMARY KEY')) return { kind: 'drop-primary-key' };
  if (cursor.take('SYSTEM VERSIONING')) return { kind: 'system-versioning' };
  if (cursor.take('PERIOD FOR')) {
    cursor.identifier();
    return { kind: 'period' };
  }
  const named = cursor.takeAny('FOREIGN KEY', 'INDEX', 'KEY', 'CHECK', 'CONSTRAINT');
  if (named === undefined) cursor.take('COLUMN');
  const ifExists = cursor.take('IF EXISTS');
  const name = cursor.identifier().value;
  cursor.takeAny('RESTRICT', 'CASCADE');
  switch (named) {
    case 'FOREIGN KEY':
      return { kind: 'drop-foreign-key', name, ifExists };
    case 'INDEX':
    case 'KEY':
      return { kind: 'drop-index', name, ifExists };
    case 'CHECK':
      return { kind: 'drop-check', name, ifExists };
    case 'CONSTRAINT':
      return { kind: 'drop-constraint', name, ifExists };
    default:
      return { kind: 'drop-column', name, ifExists };
  }
}

function parseRename(cursor: Cursor): AlterSpec {
  const what = cursor.takeAny('COLUMN', 'INDEX', 'KEY');
  if (what === undefined) {
    cursor.takeAny('TO', 'AS', '=');
    return { kind: 'rename', to: cursor.qualifiedName('table') };
  }
  const ifExists = cursor.take('IF EXISTS');
  const from = cursor.identifier().value;
  cursor.expect('TO');
  const to = cursor.identifier().value;
  return { kind: what === 'COLUMN' ? 'rename-column' : 'rename-index', from, to, ifExists };
}

function parseAlter(cursor: Cursor): AlterSpec {
  if (cursor.takeAny('INDEX', 'KEY')) {
    const ifExists = cursor.take('IF EXISTS');
    const name = cursor.identifier().value;
    const state = cursor.expect('VISIBLE', 'INVISIBLE', 'NOT IGNORED', 'IGNORED');
    return { kind: 'alter-index', name, hidden: state === 'INVISIBLE' || state === 'IGNORED', ifExists };
  }
  if (cursor.takeAny('CHECK', 'CONSTRAINT')) {
    const name = cursor.identifier().value;
    cursor.expect('NOT ENFORCED', 'ENFORCED');
    return { kind: 'alter-check', name };
  }
  const ifExists = onColumn(cursor);
  const name = cursor.identifier().value;
  const shown = cursor.takeAny('SET VISIBLE', 'SET INVISIBLE');
  if (shown !== undefined) {
    const change = shown === 'SET VISIBLE' ? 'visible' : 'invisible';
    return { kind: 'alter-column', name, change, ifExists };
  }
  if (cursor.expect('SET DEFAULT', 'DROP DEFAULT') === 'SET DEFAULT') {
    do cursor.skip();
    while (!cursor.atEnd && !cursor.sees(',') && !['ALGORITHM', 'LOCK'].includes(cursor.word()));
  }
  return { kind: 'alter-column', name, change: 'default', ifExists };
}

/** What concerns the table as a whole. */
function parseTableSpec(cursor: Cursor): AlterSpec {
  if (cursor.takeAny('CONVERT TO CHARACTER SET', 'CONVERT TO CHAR SET', 'CONVERT TO CHARSET')) {
    // DEFAULT: the character set of the database.
    const charset = cursor.take('DEFAULT') ? undefined : cursor.nameOrString();
    const collation = cursor.take('COLLATE') ? cursor.nameOrString() : undefined;
    return { kind: 'convert-charset', charset, collation };
  }
  if (cursor.take('ORDER BY')) {
    parseOrder(cursor);
    return { kind: 'order-by' };
  }
  if (cursor.takeAny('ENABLE KEYS', 'DISABLE KEYS')) {
    return { kind: 'keys', enabled: cursor.peek(-2)?.value.toUpperCase() === 'ENABLE' };
  }
  if (cursor.takeAny('DISCARD TABLESPACE', 'IMPORT TABLESPACE')) return { kind: 'tablespace' };
  if (cursor.take('FORCE')) return { kind: 'force' };
  if (
    cursor.takeAny('WITH VALIDATION', 'WITHOUT VALIDATION', 'NOWAIT', 'SECONDARY_LOAD', 'SECONDARY_UNLOAD')
  ) {
    return { kind: 'execution' };
  }
  if (cursor.takeAny('ALGORITHM', 'LOCK', 'WAIT')) {
    cursor.take('=');
    cursor.next();
    return { kind: 'execution' };
  }
  const option = parseTableOption(cursor);
  if (option === undefined) throw cursor.failure('a change of the table');
  return { kind: 'option', option };
}

const specWords =
  'ADD DROP MODIFY CHANGE RENAME ALTER CONVERT ORDER ENABLE DISABLE FORCE ALGORITHM LOCK PARTITION'.split(
    ' ',
  );

function parseOrder(cursor: Cursor): void {
  for (;;) {
    cursor.identifier();
    while (cursor.take('.')) cursor.identifier();
    cursor.takeAny('ASC', 'DESC');
    const next = cursor.peek(1);
    const more =
      cursor.sees(',') &&
      (next?.kind === 'quoted-name' ||
        (next?.kind === 'word' &&
          !specWords.includes(next.value.toUpperCase()) &&
          cursor.peek(2)?.value !== '='));
    if (!more) return;
    cursor.next();
  }
}

const layoutWords = [
  'ADD PARTITION',
  'COALESCE PARTITION',
  'REORGANIZE PARTITION',
  'ANALYZE PARTITION',
  'CHECK PARTITION',
  'OPTIMIZE PARTITION',
  'REBUILD PARTITION',
  'REPAIR PARTITION',
];

function parsePartitionSpec(cursor: Cursor): AlterSpec | undefined {
  if (cursor.take('REMOVE PARTITIONING')) return { kind: 'partition-layout' };
  if (cursor.sees('PARTITION BY')) {
    parsePartitioning(cursor);
    return { kind: 'partition-layout' };
  }
  if (cursor.takeAny(...layoutWords)) {
    cursor.toEnd();
    return { kind: 'partition-layout' };
  }
  if (cursor.takeAny('DROP PARTITION', 'TRUNCATE PARTITION')) {
    cursor.toEnd();
    return { kind: 'partition-rows' };
  }
  if (cursor.takeAny('DISCARD PARTITION', 'IMPORT PARTITION')) {
    cursor.toEnd();
    return { kind: 'tablespace' };
  }
  if (cursor.take('EXCHANGE PARTITION')) {
    cursor.identifier();
    cursor.expect('WITH TABLE');
    return { kind: 'exchange-partition', table: cursor.qualifiedName('table') };
  }
  // CONVERT PARTITION … TO TABLE and back (MariaDB 10.7) make or swallow a table: left to the operator.
  return undefined;
}
