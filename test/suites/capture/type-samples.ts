import type { Flavour } from '../../servers/mysql.ts';

/** A column type and SQL literals of its edge values. */
export interface TypeSample {
  readonly type: string;
  readonly values: readonly string[];
  readonly only?: readonly Flavour[];
}

const newest: readonly Flavour[] = ['mysql-9.7'];
const modern: readonly Flavour[] = ['mysql-9.7', 'mariadb-10.11'];
const maria: readonly Flavour[] = ['mariadb-10.11'];

const fractions = [0, 1, 2, 3, 4, 5, 6];
const digits = (scale: number) => (scale === 0 ? '' : `.${'123456'.slice(0, scale)}`);

export const typeSamples: readonly TypeSample[] = [
  ...(['tinyint', 'smallint', 'mediumint', 'int', 'bigint'] as const).flatMap((type, i) => {
    const bits = BigInt([8, 16, 24, 32, 64][i]!);
    const top = 1n << (bits - 1n);
    return [
      { type, values: ['0', '1', '-1', `${top - 1n}`, `${-top}`, '99', '-100'] },
      { type: `${type} unsigned`, values: ['0', '1', `${top}`, `${top * 2n - 1n}`] },
    ];
  }),
  {
    type: 'bigint',
    values: [
      '9007199254740991',
      '9007199254740992',
      '9007199254740993',
      '-9007199254740991',
      '-9007199254740992',
      '4294967296',
      '-4294967297',
    ],
  },
  {
    type: 'bigint unsigned',
    values: ['9007199254740991', '9007199254740992', '9007199254740993', '4294967296'],
  },
  { type: 'float', values: ['0.1', '-0.0', '3.4028235e38', '1.17549e-38', '16777217', '-2.5'] },
  {
    type: 'double',
    values: ['0.1', '-0.0', '1.7976931348623157e308', '3e-308', '1e100', '9007199254740993'],
  },
  { type: 'decimal(10,2)', values: ['0', '-0.01', '12345678.90', '-99999999.99', '1.5'] },
  {
    type: 'decimal(65,30)',
    values: [
      `${'9'.repeat(35)}.${'9'.repeat(30)}`,
      `-${'1'.repeat(35)}.${'0'.repeat(29)}1`,
      '0.000000000000000000000000000001',
    ],
  },
  { type: 'decimal(18,9)', values: ['123456789.987654321', '-0.000000001', '100000000.000000000'] },
  { type: 'decimal(9,0)', values: ['999999999', '-1', '0'] },
  { type: 'decimal(5,5)', values: ['0.00001', '-0.99999'] },
  { type: 'decimal(30,0) unsigned', values: ['123456789012345678901234567890', '0'] },
  { type: 'bit(1)', values: ["b'0'", "b'1'"] },
  { type: 'bit(9)', values: ["b'100000001'", "b'0'", "b'1'"] },
  { type: 'bit(64)', values: ['0xFFFFFFFFFFFFFFFF', '0x0123456789ABCDEF'] },
  {
    type: 'date',
    values: ["'0000-00-00'", "'1000-01-01'", "'9999-12-31'", "'2024-02-29'", "'2024-00-00'", "'0001-01-01'"],
  },
  { type: 'year', values: ["'0000'", '1901', '2155', '2024'] },
  ...fractions.map((n) => ({
    type: `datetime(${n})`,
    values: [
      "'0000-00-00 00:00:00'",
      `'9999-12-31 23:59:59${digits(n)}'`,
      `'2024-02-29 12:34:56${digits(n)}'`,
      `'1000-01-01 00:00:00${n ? '.1' : ''}'`,
    ],
  })),
  ...fractions.map((n) => ({
    type: `timestamp(${n}) NULL`,
    values: [
      "'0000-00-00 00:00:00'",
      `'2038-01-19 03:14:07${digits(n)}'`,
      `'1970-01-01 00:00:01${digits(n)}'`,
      `'2024-02-29 12:34:56${digits(n)}'`,
    ],
  })),
  ...fractions.map((n) => ({
    type: `time(${n})`,
    values: [
      "'00:00:00'",
      "'-00:01:00'",
      "'-01:00:00'",
      "'-12:30:00'",
      `'-00:00:00${n ? digits(n) : ''}'`,
      `'-838:59:58${digits(n)}'`,
      "'838:59:59'",
      `'-01:02:03${n ? '.1' : ''}'`,
      `'123:45:06${digits(n)}'`,
    ],
  })),
  { type: 'char(10)', values: ["''", "'a'", "'trail  '", "'zehnzehn10'"] },
  { type: 'char(200)', values: ["''", "repeat('é',200)", "'x'"] },
  { type: 'char(20) character set latin1', values: ["'é'", "'ÿ'"] },
  { type: 'varchar(20)', values: ["''", "'trail  '", "'naïve'", "'\\0\\\\\\'\\n'"] },
  { type: 'varchar(300) character set ucs2', values: ["'abc'", "repeat('ß',300)"] },
  { type: 'varchar(20000) character set latin1', values: ["repeat('x',20000)", "''"] },
  { type: 'binary(8)', values: ['0x00', '0x0102030000000000', "''", '0x0001'] },
  { type: 'binary(255)', values: ['0x01', 'repeat(0x00,255)'] },
  { type: 'varbinary(8)', values: ['0x00', '0x0102000000000000', "''"] },
  { type: 'tinytext', values: ["''", "'t'"] },
  { type: 'text', values: ["repeat('ä',1000)"] },
  { type: 'mediumtext', values: ["repeat('m',70000)"] },
  { type: 'longtext', values: ["'l'"] },
  { type: 'tinyblob', values: ['0x00FF'] },
  { type: 'blob', values: ['repeat(0x00,300)'] },
  { type: 'mediumblob', values: ['repeat(0xFF,66000)'] },
  { type: 'longblob', values: ["''"] },
  { type: "enum('a','b,c','')", values: ["'a'", "'b,c'", "''", "'nonsense'"] },
  {
    type: `enum(${Array.from({ length: 300 }, (_, i) => `'m${i}'`).join(',')})`,
    values: ["'m0'", "'m255'", "'m299'"],
  },
  { type: "set('a','b','c')", values: ["''", "'a,c'", "'b'"] },
  {
    type: `set(${Array.from({ length: 64 }, (_, i) => `'s${i}'`).join(',')})`,
    values: ["'s63'", "'s0,s63'", "'s32'"],
  },
  { type: 'point', values: ["ST_GeomFromText('POINT(1 2)')"] },
  {
    type: 'geometry',
    values: [
      "ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))', 0)",
      "ST_GeomFromText('LINESTRING(0 0,1 1)', 4326)",
    ],
    only: modern,
  },
  { type: 'json', values: jsonValues(), only: newest },
  { type: 'vector(3)', values: ["TO_VECTOR('[1,2,3]')", "TO_VECTOR('[0.1,-0,1e30]')"], only: newest },
  { type: 'varchar(100) compressed', values: ["''", "repeat('c',100)", "'c'"], only: maria },
  { type: 'blob compressed', values: ["''", "repeat('c',10000)", "'c'"], only: maria },
  { type: 'inet6', values: inet6Values(), only: maria },
  { type: 'inet4', values: ["'0.0.0.0'", "'10.0.0.1'", "'255.255.255.0'"], only: maria },
  { type: 'uuid', values: uuidValues(), only: maria },
];

/** Zeros in every place, before the words of each kind of embedded IPv4 address. */
function inet6Values(): string[] {
  return Array.from({ length: 256 }, (_, mask) => {
    const words = Array.from({ length: 8 }, (_, i) => ((mask >> i) & 1 ? (i === 5 ? 'ffff' : '1ab0') : '0'));
    return `'${words.join(':')}'`;
  });
}

/** Every version and variant that the server takes: they tell how one is stored. */
function uuidValues(): string[] {
  const digits = [...'0123456789abcdef'];
  const kinds = digits.flatMap((version) =>
    digits
      .filter((variant) => version < '8' || variant >= '8')
      .map((variant) => `'123e4567-e89b-${version}2d3-${variant}456-426655440000'`),
  );
  return [
    ...kinds,
    "'00000000-0000-0000-0000-000000000000'",
    "'ffffffff-ffff-ffff-ffff-ffffffffffff'",
    "'123e4567-e89b-12d3-a456-000000000000'",
    "'123e4567-e89b-00d3-a456-000000000000'",
  ];
}

function jsonValues(): string[] {
  const texts = [
    'null',
    'true',
    'false',
    '0',
    '-1',
    '32767',
    '32768',
    '-32769',
    '65536',
    '2147483648',
    '-2147483649',
    '18446744073709551615',
    '-9223372036854775808',
    '"s"',
    '""',
    '"\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f"',
    '"é😀"',
    '[]',
    '{}',
    '[1, [2, {"a": null}]]',
    '{"b": 1, "a": 2, "aa": 3, "__proto__": {"x": 1.5}}',
    '{"": ""}',
  ];
  const doubles = [
    '1.0',
    '-0.0',
    '0.1',
    '1e15',
    '1e14',
    '123456789012345.0',
    '1234567890123456.0',
    '1e16',
    '1e100',
    '1.5e-7',
    '1e-14',
    '1e-15',
    '1e-16',
    '1.25e-15',
    '1.7976931348623157e308',
    '5e-324',
    '12345.678',
    '1e22',
    '-1.5e300',
  ];
  const sql = [
    'CAST(1.50 AS JSON)',
    'JSON_ARRAY(CAST(-12.340 AS DECIMAL(10,3)))',
    "JSON_ARRAY(DATE'2024-02-29')",
    "JSON_ARRAY(TIME'-12:34:56.5')",
    "JSON_ARRAY(TIME'-00:00:01')",
    "JSON_ARRAY(TIMESTAMP'2024-02-29 01:02:03.000004')",
    "JSON_ARRAY(CAST('abc' AS BINARY))",
    "JSON_OBJECT('b', x'00FF', 'bit', b'101')",
    'JSON_ARRAY(CAST(2024 AS YEAR))',
    "JSON_ARRAY(REPEAT('x', 70000), 1, 100000)",
    "JSON_OBJECT('k', REPEAT('y', 200), 'big', 4000000000, 'arr', JSON_ARRAY(true, null))",
    'JSON_ARRAY(1e0, 0.5e0)',
    "JSON_ARRAY(ST_GeomFromText('POINT(1 2)'))",
  ];
  const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  return [...texts.map(quote), ...doubles.map(quote), ...sql, `'[${doubles.join(',')}]'`];
}
