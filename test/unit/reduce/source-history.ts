import fc from 'fast-check';
import type { RowsEvent } from '../../../engine/core/change.ts';
import type { Row, RowChange, Value } from '../../../engine/core/row.ts';
import { type ForeignKey, identityOf, type Key, type Table } from '../../../engine/core/table.ts';
import type { CascadeParent } from '../../../engine/pipeline/apply/reduce/reducer.ts';
import { ModelDatabase } from './model-database.ts';

/** Random schemas, and random histories that a source with such a schema could have had, as its log would tell them. */

export type RowImage = 'FULL' | 'NOBLOB' | 'MINIMAL';

const column = (name: string, type: string, nullable = true) => ({ name, type: { name: type }, nullable });
const key = (name: string, ...columns: number[]): Key => ({
  name,
  unique: true,
  primary: name === 'PRIMARY',
  parts: columns.map((index) => ({ column: index })),
});
const foreignKey = (
  columnName: string,
  references: string,
  onDelete: ForeignKey['onDelete'],
  onUpdate: ForeignKey['onUpdate'],
): ForeignKey => ({
  name: `${columnName}_${references}`,
  columns: [columnName],
  references: { database: 'd', name: references },
  referencedColumns: ['id'],
  onDelete,
  onUpdate,
});
const table = (
  name: string,
  columns: Table['columns'],
  keys: Key[],
  foreignKeys: ForeignKey[] = [],
): Table => ({
  id: { database: 'd', name },
  columns,
  keys,
  foreignKeys,
});

const unique = { secondary: [key('u', 1)], pair: [key('u', 1), key('uv', 1, 2)], none: [] };
const action = fc.constantFrom<ForeignKey['onDelete']>('CASCADE', 'SET NULL', 'RESTRICT');

/** Without secondary unique keys and foreign keys: as a target is while its tables are copied. */
export const bareSchema: readonly Table[] = [
  table('p', [column('id', 'int', false), column('u', 'int'), column('blob', 'blob')], [key('PRIMARY', 0)]),
  table(
    's',
    [column('ci', 'varchar', false), column('u', 'int'), column('blob', 'blob')],
    [key('PRIMARY', 0)],
  ),
];

export const schemas: fc.Arbitrary<readonly Table[]> = fc
  .record({
    keys: fc.constantFrom(...Object.values(unique)),
    onDelete: action,
    onUpdate: action,
    selfDelete: action,
    composite: fc.boolean(),
  })
  .map(({ keys, onDelete, onUpdate, selfDelete, composite }) => [
    table(
      'p',
      [column('id', 'int', false), column('u', 'int'), column('blob', 'blob')],
      [key('PRIMARY', 0), ...keys],
    ),
    table(
      'c',
      [column('id', 'int', false), column('parent', 'int'), column('self', 'int'), column('blob', 'blob')],
      [key('PRIMARY', 0)],
      [foreignKey('parent', 'p', onDelete, onUpdate), foreignKey('self', 'c', selfDelete, 'RESTRICT')],
    ),
    table(
      's',
      [column('ci', 'varchar', false), column('n', 'int', false), column('blob', 'blob')],
      [composite ? key('PRIMARY', 0, 1) : key('PRIMARY', 0), key('other', 1, 2)],
    ),
    table('k', [column('a', 'int'), column('b', 'int')], []),
  ]);

/** What one statement tries to do. */
export interface Attempt {
  readonly kind: 'insert' | 'update' | 'delete' | 'swap';
  readonly table: number;
  readonly row: number;
  readonly values: readonly number[];
  readonly keep: readonly boolean[];
  readonly checks: boolean;
  readonly image: RowImage;
}

const image = fc.constantFrom<RowImage>('FULL', 'FULL', 'NOBLOB', 'MINIMAL');
export const attempts = (images: fc.Arbitrary<RowImage> = image): fc.Arbitrary<readonly Attempt[]> =>
  fc.array(
    fc.record({
      kind: fc.constantFrom<Attempt['kind']>('insert', 'insert', 'update', 'update', 'delete', 'swap'),
      table: fc.nat(3),
      row: fc.nat(20),
      values: fc.array(fc.nat(5), { minLength: 4, maxLength: 4 }),
      keep: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      checks: fc.constantFrom(true, true, true, false),
      image: images,
    }),
    { maxLength: 60, size: 'max' },
  );

/** Runs the attempt at the source if its keys allow it; the row changes as the log has them: without what foreign keys did. */
export function attemptAt(source: ModelDatabase, schema: readonly Table[], attempt: Attempt): RowsEvent[] {
  const chosen = schema[attempt.table % schema.length]!;
  const rows = source.rows(chosen);
  const row = rows[attempt.row % Math.max(rows.length, 1)];
  const log: RowChange[] = [];
  const change = (target: Value[], after: Row) => {
    log.push(imageOf(chosen, attempt.image, { kind: 'update', before: [...target], after }));
    source.update(chosen, target, after, attempt.checks);
  };
  if (attempt.kind === 'insert') {
    const after = chosen.columns.map((_, i) => valueFor(chosen, i, attempt.values[i]!));
    source.insert(chosen, after, attempt.checks);
    log.push({ kind: 'insert', after });
  } else if (!row) return [];
  else if (attempt.kind === 'delete') {
    log.push(imageOf(chosen, attempt.image, { kind: 'delete', before: [...row] }));
    source.remove(chosen, row, attempt.checks);
  } else if (attempt.kind === 'update') {
    change(
      row,
      row.map((value, i) => (attempt.keep[i] ? value : valueFor(chosen, i, attempt.values[i]!))),
    );
  } else {
    // Two rows exchange the value of a column by way of a third value, as an application does with a unique one.
    const other = rows[(attempt.row + 1) % rows.length]!;
    const at = attempt.values[0]! % row.length;
    const [mine, theirs] = [row[at]!, other[at]!];
    const free = typeof mine === 'string' ? 'swap' : 99;
    change(row, row.with(at, free));
    change(other, other.with(at, mine));
    change(row, row.with(at, theirs));
  }
  return [{ kind: 'rows', table: chosen, changes: log, foreignKeyChecks: attempt.checks }];
}

/** Runs all attempts that keep every key, each whole or not at all. */
export function historyOf(
  schema: readonly Table[],
  list: readonly Attempt[],
  onStatement: (state: ModelDatabase, events: readonly RowsEvent[]) => void,
): ModelDatabase {
  let source = new ModelDatabase(schema);
  for (const attempt of list) {
    const tried = source.copy();
    let events: RowsEvent[];
    try {
      events = attemptAt(tried, schema, attempt);
    } catch {
      continue;
    }
    source = tried;
    onStatement(source, events);
  }
  return source;
}

export function cascadesOf(schema: readonly Table[], parent: Table): CascadeParent | undefined {
  const keys = schema
    .flatMap((each) => each.foreignKeys)
    .filter((each) => each.references.name === parent.id.name);
  const acts = (name: 'onDelete' | 'onUpdate') => keys.some((each) => each[name] !== 'RESTRICT');
  if (!acts('onDelete') && !acts('onUpdate')) return undefined;
  return { columns: [0], onDelete: acts('onDelete'), onUpdate: acts('onUpdate') };
}

function valueFor(chosen: Table, index: number, value: number): Value {
  const { name, nullable } = chosen.columns[index]!;
  if (name.startsWith('ci')) return ['a', 'A', 'b', 'B', 'c', 'C'][value]!;
  return nullable && value === 5 ? null : value;
}

function imageOf(chosen: Table, kind: RowImage, change: RowChange): RowChange {
  const identity = identityOf(chosen);
  const hidden = (index: number) =>
    kind === 'MINIMAL' || (kind === 'NOBLOB' && chosen.columns[index]!.name === 'blob');
  const before = change.before?.map((value, i) =>
    identity && !identity.includes(i) && hidden(i) ? undefined : value,
  );
  if (change.kind === 'delete') return { kind: 'delete', before: before! };
  if (change.kind === 'insert') return change;
  const after = change.after.map((value, i) => (hidden(i) && value === change.before[i] ? undefined : value));
  return { kind: 'update', before: before!, after };
}
