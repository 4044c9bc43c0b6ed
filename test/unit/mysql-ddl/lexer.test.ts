import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dialectOf } from '../../../engine/connectors/mysql/ddl/dialect.ts';
import { isContent, tokenize } from '../../../engine/connectors/mysql/ddl/lexer.ts';

const mysql8 = { flavour: 'mysql', version: 80_036 } as const;
const content = (text: string, server: Parameters<typeof dialectOf>[0] = mysql8, sqlMode = "''") =>
  tokenize(text, dialectOf(server, { sql_mode: sqlMode }))
    .filter(isContent)
    .map((token) => `${token.kind}:${token.value}`);

describe('tokens', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ...[
        'CREATE',
        'TABLE',
        '`a``b`',
        "'it''s \\' x'",
        '"q"',
        '0x1F',
        "x'0a'",
        "b'01'",
        '1.5e-3',
        '.5',
        '->>',
        ':=',
        '@@global.x',
      ],
      ...[
        '/* note */',
        '-- note\n',
        '# note\n',
        '/*!50100 ',
        '/*!99999 skipped /* inner */ rest */',
        '*/',
        '`ünï`',
        '(',
        ')',
        ',',
        ';',
        "_utf8mb4'x'",
      ],
      ...['a.1b', 'db.select', '1abc', "N'n'", '\n', '\t', ' '],
    ),
    fc.string({ maxLength: 4 }).filter((text) => !/['"`/*]/.test(text)),
  );

  test('joined are the text, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join(' ');
        const tokens = tokenize(text, dialectOf(mysql8, {}));
        expect(tokens.map((token) => text.slice(token.start, token.end)).join('')).toBe(text);
        expect(tokens.every((token, at) => token.start === (tokens[at - 1]?.end ?? 0))).toBe(true);
        expect(tokens.every((token) => token.end > token.start)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('any name survives quoting, any text survives a string', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        expect(content(`\`${text.replaceAll('`', '``')}\``)).toEqual([`quoted-name:${text}`]);
        const doubled = `'${text.replaceAll("'", "''")}'`;
        expect(content(doubled, mysql8, "'NO_BACKSLASH_ESCAPES'")).toEqual([`string:${text}`]);
        expect(content(doubled.replaceAll('\\', '\\\\'))).toEqual([`string:${text}`]);
      }),
    );
  });

  test('double quotes are strings, or names under ANSI_QUOTES, by name or by the bits of the binary log', () => {
    expect(content('"a"')).toEqual(['string:a']);
    expect(content('"a"', mysql8, "'STRICT_ALL_TABLES,ANSI_QUOTES'")).toEqual(['quoted-name:a']);
    expect(content('"a"', mysql8, '4')).toEqual(['quoted-name:a']);
    expect(content(`'a\\'`, mysql8, String(1 << 20))).toEqual(['string:a\\']);
  });

  test('a versioned comment counts as far as the server executes it', () => {
    const text = 'a /*!80023 INVISIBLE */ b /*M! c */';
    expect(content(text)).toEqual(['word:a', 'word:INVISIBLE', 'word:b']);
    expect(content(text, { flavour: 'mysql', version: 50_744 })).toEqual(['word:a', 'word:b']);
    expect(content(text, { flavour: 'mariadb', version: 101_118 })).toEqual(['word:a', 'word:b', 'word:c']);
    expect(content('/*!50100 PARTITION /* x */ BY */', { flavour: 'mariadb', version: 101_118 })).toEqual([
      'word:PARTITION',
      'word:BY',
    ]);
  });

  test('names may begin with digits and follow a point whatever they are', () => {
    expect(content('1abc')).toEqual(['word:1abc']);
    expect(content('t.1 db.select')).toEqual([
      'word:t',
      'symbol:.',
      'word:1',
      'word:db',
      'symbol:.',
      'word:select',
    ]);
    expect(content('1e5 1.5')).toEqual(['number:1e5', 'number:1.5']);
  });

  test.each(["'abc", '`abc', '/* abc', '"abc'])('an unterminated %s is told with its place', (text) => {
    expect(() => content(`x ${text}`)).toThrow(expect.objectContaining({ code: 'DDL_NOT_UNDERSTOOD' }));
  });
});
