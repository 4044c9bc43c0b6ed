import type { TypeNode } from './ast.ts';
import type { Cursor } from './cursor.ts';

// Type names of several words, longest first.
const longNames = [
  'DOUBLE PRECISION',
  'NATIONAL CHARACTER VARYING',
  'NATIONAL CHAR VARYING',
  'NATIONAL VARCHARACTER',
  'NATIONAL CHARACTER',
  'NATIONAL VARCHAR',
  'NATIONAL CHAR',
  'NCHAR VARYING',
  'NCHAR VARCHARACTER',
  'NCHAR VARCHAR',
  'CHARACTER VARYING',
  'CHAR VARYING',
  'CHAR BYTE',
  'LONG CHARACTER VARYING',
  'LONG CHAR VARYING',
  'LONG VARCHAR',
  'LONG VARCHARACTER',
  'LONG VARBINARY',
] as const;

const names = new Set(
  `tinyint smallint mediumint middleint int integer bigint int1 int2 int3 int4 int8 bool boolean serial
   decimal numeric dec fixed float float4 float8 double real bit
   char character nchar varchar varcharacter nvarchar binary varbinary
   tinytext text mediumtext longtext tinyblob blob mediumblob longblob long
   date time datetime timestamp year enum set json vector uuid inet4 inet6
   geometry point linestring polygon multipoint multilinestring multipolygon geometrycollection geomcollection`
    .toUpperCase()
    .split(/\s+/),
);

/** A column's type with the attributes that belong to it. */
export function parseType(cursor: Cursor): TypeNode {
  const name = cursor.takeAny(...longNames) ?? plainName(cursor);
  const numbers: number[] = [];
  let members: string[] | undefined;
  if (name === 'ENUM' || name === 'SET') members = parseMembers(cursor);
  else if (cursor.take('(')) {
    do numbers.push(cursor.number());
    while (cursor.take(','));
    cursor.expect(')');
  }
  return { name: name.toLowerCase(), numbers, members, ...parseAttributes(cursor) };
}

function plainName(cursor: Cursor): string {
  const name = cursor.word();
  if (!names.has(name)) throw cursor.failure('a column type');
  cursor.next();
  return name;
}

function parseMembers(cursor: Cursor): string[] {
  const members: string[] = [];
  cursor.expect('(');
  do {
    // SHOW CREATE never writes bytes here, people hardly do.
    const token = cursor.peek();
    if (token?.kind === 'bytes') {
      cursor.next();
      members.push(asciiOf(token.value, cursor));
    } else {
      if (token?.kind === 'word' && token.value.startsWith('_')) cursor.next();
      members.push(cursor.string());
    }
  } while (cursor.take(','));
  cursor.expect(')');
  return members;
}

function asciiOf(bytes: string, cursor: Cursor): string {
  const digits = /^(?:0x|x')([0-9a-f]*)'?$/i.exec(bytes)?.[1];
  if (digits === undefined) throw cursor.failure('a string');
  const buffer = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  if (buffer.some((byte) => byte > 127)) throw cursor.failure('a string');
  return buffer.toString('latin1');
}

type Attributes = Pick<TypeNode, 'unsigned' | 'zerofill' | 'charset' | 'collation' | 'binary' | 'byte'>;

function parseAttributes(cursor: Cursor): Attributes {
  let unsigned = false;
  let zerofill = false;
  let binary = false;
  let byte = false;
  let charset: string | undefined;
  let collation: string | undefined;
  for (;;) {
    if (cursor.take('UNSIGNED')) unsigned = true;
    else if (cursor.take('ZEROFILL')) zerofill = true;
    else if (cursor.take('SIGNED')) unsigned = false;
    else if (cursor.takeAny('CHARACTER SET', 'CHAR SET', 'CHARSET')) charset = cursor.nameOrString();
    else if (cursor.take('COLLATE')) collation = cursor.nameOrString();
    else if (cursor.take('ASCII')) charset = 'latin1';
    else if (cursor.take('UNICODE')) charset = 'ucs2';
    else if (cursor.take('BYTE')) byte = true;
    else if (cursor.take('BINARY')) binary = true;
    else return { unsigned, zerofill, charset, collation, binary, byte };
  }
}
