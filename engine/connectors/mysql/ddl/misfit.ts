import { type Column, type ColumnType, identityOf, type Key, type KeyPart } from '../../../core/table.ts';
import { type MysqlTable, sameName } from './model.ts';

/** Why a table cannot take every row of another one unchanged, to be said of the table: `column at is datetime, …`. */
export interface Misfit {
  /** Where it is one column. */
  readonly column?: string;
  readonly why: string;
}

/**
 * The first reason why a table that exists cannot hold all that the table of a definition may hold, value by value and row by row. Both as
 * the same server understands them. Wider columns are no reason; that columns have other names or another order is one.
 */
export function misfitOf(wanted: MysqlTable, existing: MysqlTable): Misfit | undefined {
  if (hasGeneratedKey(existing) && !hasGeneratedKey(wanted))
    return misfitOf(wanted, withoutGeneratedKey(existing));
  if (existing.engine !== 'innodb') return { why: `its engine is ${existing.engine}, not InnoDB` };
  const count = Math.max(wanted.columns.length, existing.columns.length);
  for (let i = 0; i < count; i += 1) {
    const [column, there] = [wanted.columns[i], existing.columns[i]];
    const misfit = columnMisfit(column, there);
    if (misfit !== undefined) return { column: (column ?? there)!.name, why: misfit };
  }
  return identityMisfit(wanted, existing) ?? uniqueKeyMisfit(wanted, existing);
}

/** The key that a server adds to a table without one: it numbers the rows, and no statement needs to know of it. */
function hasGeneratedKey({ columns, keys }: MysqlTable): boolean {
  const [first] = columns;
  const over = keys.filter(({ parts }) => parts.some(({ column }) => column === 0));
  const isGenerated = first?.name === 'my_row_id' && first.invisible && first.autoIncrement;
  return isGenerated === true && over.length === 1 && over[0]!.primary && over[0]!.parts.length === 1;
}

function withoutGeneratedKey(table: MysqlTable): MysqlTable {
  const moved = (part: KeyPart) => ({ ...part, column: part.column < 0 ? -1 : part.column - 1 });
  return {
    ...table,
    columns: table.columns.slice(1),
    keys: table.keys
      .filter(({ primary }) => !primary)
      .map((key) => ({ ...key, parts: key.parts.map(moved) })),
  };
}

function columnMisfit(wanted: Column | undefined, there: Column | undefined): string | undefined {
  if (there === undefined) return `it lacks the column ${wanted!.name}`;
  if (wanted === undefined) return `it has a column ${there.name} more`;
  if (!sameName(wanted.name, there.name))
    return `its column ${there.name} stands where ${wanted.name} should`;
  const of = `its column ${wanted.name} is`;
  if ((wanted.generated === undefined) !== (there.generated === undefined))
    return `${of} ${there.generated === undefined ? 'not ' : ''}computed`;
  if (!holdsValues(there.type, wanted.type))
    return `${of} ${typeText(there.type)}, which does not hold all of ${typeText(wanted.type)}`;
  if (wanted.nullable && !there.nullable && wanted.generated === undefined) return `${of} NOT NULL`;
  return undefined;
}

/** A row that is written again must meet itself: without a key it would be there twice. */
function identityMisfit(wanted: MysqlTable, existing: MysqlTable): Misfit | undefined {
  const identity = identityOf(wanted);
  if (identity === undefined) return undefined;
  const isWithin = (key: Key) => key.parts.every(({ column }) => identity.includes(column));
  if (existing.keys.some((key) => key.unique && isWithin(key))) return undefined;
  const names = identity.map((column) => wanted.columns[column]!.name).join(', ');
  return { why: `it has no unique key over ${names}, by which the source tells its rows apart` };
}

/** What the source tells apart must not be one row here: rows that are copied replace those with the same key. */
function uniqueKeyMisfit(wanted: MysqlTable, existing: MysqlTable): Misfit | undefined {
  const unique = [...wanted.keys, ...existing.keys].filter((key) => key.unique);
  for (const index of new Set(unique.flatMap(({ parts }) => parts.map(({ column }) => column)))) {
    const [column, there] = [wanted.columns[index], existing.columns[index]];
    const [fine, given] = [column?.type.collation, there?.type.collation];
    if (fine === undefined || given === undefined || column?.type.members !== undefined) continue;
    if (!tellsApart(given, fine)) {
      const why = `its column ${column!.name}, of a unique key, has the collation ${given}, which holds values for equal that ${fine} tells apart`;
      return { column: column!.name, why };
    }
  }
  const further = existing.keys.find((key) => key.unique && !wanted.keys.some((own) => implies(own, key)));
  return further && { why: `its unique key ${further.name} is none of the source` };
}

/** Rows that differ in `own` differ in `key` too. */
const implies = (own: Key, key: Key): boolean =>
  own.unique && own.parts.every((part) => key.parts.some((other) => isWithin(part, other, own, key)));

function isWithin(part: KeyPart, other: KeyPart, own: Key, key: Key): boolean {
  if (part.column !== other.column) return false;
  // The text of expressions differs from server to server.
  if (part.column < 0) return sameName(own.name, key.name);
  return other.prefix === undefined || (part.prefix !== undefined && other.prefix >= part.prefix);
}

// Each holds the values of those before it.
const integers = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint'];
const sizes = [
  ['tinytext', 'text', 'mediumtext', 'longtext'],
  ['tinyblob', 'blob', 'mediumblob', 'longblob'],
];

/** Every value of a column of type `wanted` is kept unchanged by one of type `type`. */
export function holdsValues(type: ColumnType, wanted: ColumnType): boolean {
  if (integers.includes(wanted.name)) return holdsIntegers(type, wanted);
  if (type.unsigned && !wanted.unsigned) return false;
  if (!holdsCharset(type.charset, wanted.charset) && wanted.members === undefined) return false;
  const bySize = sizes.find((names) => names.includes(wanted.name));
  if (bySize !== undefined) return bySize.indexOf(type.name) >= bySize.indexOf(wanted.name);
  if (type.name !== wanted.name) return false;
  switch (wanted.name) {
    case 'decimal':
      return holdsDigits(type, wanted);
    case 'float':
    case 'double':
      return type.scale === undefined || (wanted.scale !== undefined && holdsDigits(type, wanted));
    case 'time':
    case 'datetime':
    case 'timestamp':
      return (type.scale ?? 0) >= (wanted.scale ?? 0);
    case 'char':
    case 'varchar':
    case 'varbinary':
    case 'bit':
      return (type.length ?? 0) >= (wanted.length ?? 0);
    // Longer ones fill up with zeros, or refuse.
    case 'binary':
    case 'vector':
      return type.length === wanted.length;
    // They travel as numbers of members.
    case 'enum':
    case 'set':
      return wanted.members!.every((member, i) => type.members?.[i] === member);
    default:
      return type.srid === undefined || type.srid === wanted.srid;
  }
}

function holdsIntegers(type: ColumnType, wanted: ColumnType): boolean {
  const larger = integers.indexOf(type.name) - integers.indexOf(wanted.name);
  if (!integers.includes(type.name)) return false;
  if (type.unsigned) return wanted.unsigned === true && larger >= 0;
  return wanted.unsigned ? larger > 0 : larger >= 0;
}

function holdsDigits(type: ColumnType, wanted: ColumnType): boolean {
  const whole = ({ precision = 0, scale = 0 }: ColumnType) => precision - scale;
  return (type.scale ?? 0) >= (wanted.scale ?? 0) && whole(type) >= whole(wanted);
}

/** Texts travel as their bytes: the set must be the same, or hold the bytes of the other as the same characters. */
const holdsCharset = (charset: string | undefined, wanted: string | undefined): boolean =>
  charset === wanted || (charset !== undefined && (bytesHeldBy.get(wanted) ?? []).includes(charset));
const bytesHeldBy: ReadonlyMap<string | undefined, readonly string[]> = new Map([
  ['utf8mb3', ['utf8mb4']],
  ['ascii', ['latin1', 'utf8mb3', 'utf8mb4']],
]);

/** What `fine` holds for different, `collation` does too. */
export function tellsApart(collation: string, fine: string): boolean {
  const [rules, wanted] = [collation, fine].map((name) => name.replace(/^[a-z0-9]+_/, '')) as [
    string,
    string,
  ];
  if (rules === wanted) return true;
  if (!heedsTrailingSpaces(rules) && heedsTrailingSpaces(wanted)) return false;
  if (/(?:^|_)bin$/.test(rules)) return true;
  const [strength, least] = [rules, wanted].map((name) => /^(.*)_(ai|as)_(ci|cs)$/.exec(name));
  if (!strength || !least || strength[1] !== least[1]) return false;
  return (strength[2] === 'as' || least[2] === 'ai') && (strength[3] === 'cs' || least[3] === 'ci');
}
const heedsTrailingSpaces = (rules: string): boolean => /0900|nopad/.test(rules);

/** As a definition has it, members aside. */
function typeText({ name, members, unsigned, length, precision, scale, charset, srid }: ColumnType): string {
  const size = precision === undefined ? (length ?? scale) : `${precision},${scale ?? 0}`;
  return [
    name,
    size === undefined ? '' : `(${size})`,
    members === undefined ? '' : `(${members.map((member) => `'${member}'`).join(',')})`,
    unsigned ? ' unsigned' : '',
    charset === undefined || charset === 'binary' || members ? '' : ` character set ${charset}`,
    srid === undefined ? '' : ` srid ${srid}`,
  ].join('');
}
