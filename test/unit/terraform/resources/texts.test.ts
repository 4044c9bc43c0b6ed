import { describe, expect, test } from 'vitest';
import { checkDuration, checkTimerDuration, millisOf } from '../../../../terraform/provider/duration.ts';
import { parseDsn } from '../../../../terraform/provider/functions/parse-dsn.ts';
import { tablePattern } from '../../../../terraform/provider/functions/table-pattern.ts';
import { FunctionArgumentError } from '../../../../terraform/provider/protocol/contracts/provider-function.ts';
import { pathOfField } from '../../../../terraform/provider/resources/task/field-path.ts';

describe('durations', () => {
  test.each([
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['250ms', 250],
    ['2d', 172_800_000],
  ])('%s is %d ms', (text, millis) => {
    expect(millisOf(text)).toBe(millis);
    expect(checkDuration(text)).toBeUndefined();
  });

  test.each(['', '5', 'soon', '-1h', '1h soon', '0s', '1 h'])('"%s" is none', (text) => {
    expect(checkDuration(text)).toContain('such as "90s"');
  });

  test.each(['3651d', '100000000d', `${'9'.repeat(400)}d`])('"%s" is too long for an instant', (text) => {
    expect(checkDuration(text)).toContain('longer than 3650d');
  });

  test('of a timer end where timers do', () => {
    expect(checkTimerDuration('24d')).toBeUndefined();
    expect(millisOf('24d')).toBeLessThan(2 ** 31);
    for (const text of ['25d', '50d', '24d1ms'])
      expect(checkTimerDuration(text)).toContain('longer than 24d');
  });
});

describe('parse_dsn', () => {
  test('takes an address apart', () => {
    expect(parseDsn.call(['mysql://dts:p%40ss%2Fword@db.example.com:3307/shop'])).toEqual({
      ...{ engine: 'mysql', host: 'db.example.com', port: 3307 },
      ...{ username: 'dts', password: 'p@ss/word', database: 'shop', tls_mode: null },
    });
  });

  test.each([
    ['ssl-mode=REQUIRED', 'required'],
    ['sslMode=VERIFY_IDENTITY', 'verify'],
    ['ssl_mode=disabled', 'disabled'],
    ['', null],
  ])('gives ?%s as the mode %s of tls', (query, mode) => {
    expect(parseDsn.call([`mysql://db.example.com/shop?${query}`])).toMatchObject({
      database: 'shop',
      tls_mode: mode,
    });
  });

  test.each([
    'charset=utf8mb4',
    'ssl-mode=sometimes',
    'ssl-mode=REQUIRED&pool=5',
    'ssl-mode=REQUIRED&ssl-mode=DISABLED',
    'ssl-mode=constructor',
    'p%40ss',
  ])('refuses ?%s, which would be lost, without quoting it', (query) => {
    const call = () => parseDsn.call([`mysql://db.example.com/shop?${query}`]);
    expect(call).toThrow(FunctionArgumentError);
    expect(call).toThrow(/parameters after "\?".*"ssl-mode".*Write it as "mysql:/);
    expect(call).not.toThrow(/charset|sometimes|pool|constructor|p@ss|p%40ss/);
  });

  test('knows what is absent', () => {
    expect(parseDsn.call(['mariadb://[::1]'])).toEqual({
      ...{ engine: 'mariadb', host: '::1', port: 3306, tls_mode: null },
      ...{ username: null, password: null, database: null },
    });
  });

  test.each([
    'postgres://a/b',
    'constructor://a/b',
    'db.example.com:3306',
    'mysql://user:p%ss@host/db',
    'mysql:///shop',
    'mysql://host/a/b',
    'mysql://host:99999',
    'mysql://host:0',
    'mysql://user:p%40ss@h1,h2/db',
    'mysql://user:p%40ss@a..b/db',
    'mysql://user#word@host/db',
    '',
  ])('refuses %s without quoting it', (dsn) => {
    const call = () => parseDsn.call([dsn]);
    expect(call).toThrow(FunctionArgumentError);
    expect(call).toThrow(/Write it as "mysql:/);
    expect(call).not.toThrow(/p%|h1|a\.\.b/);
  });

  test.each(['mysql://host:99999', 'mysql://user:p%40ss@[::1]:65536/shop', 'mysql://host:0'])(
    'says of %s that the port is wrong',
    (dsn) => {
      const call = () => parseDsn.call([dsn]);
      expect(call).toThrow(/port.*from 1 to 65535.*Write it as "mysql:/);
      expect(call).not.toThrow(/percent|p%|99999|65536/);
    },
  );

  test.each(['mysql://user:pa#ss@host/db', 'mysql://user:99999#@host/db', 'mysql://user:pa?ss@host/db'])(
    'says of %s that its parts are to be percent-encoded, and nothing of a port',
    (dsn) => {
      const call = () => parseDsn.call([dsn]);
      expect(call).toThrow(/percent-encoded/);
      expect(call).not.toThrow(/65535|99999|pa[#?]/);
    },
  );
});

describe('table_pattern', () => {
  const names = ['shop.orders', 'shop.order_items', 'shop.audit', 'crm.audit', 'crm.a+b'];
  test.each([
    ['shop.order*', ['shop.orders', 'shop.order_items']],
    ['*.audit', ['shop.audit', 'crm.audit']],
    ['!shop.*', ['crm.audit', 'crm.a+b']],
    ['crm.a?b', ['crm.a+b']],
    ['crm.a+b', ['crm.a+b']],
    ['*', []],
    ['SHOP.orders', []],
  ])('%s', (pattern, picked) => {
    expect(tablePattern.call([pattern, names])).toEqual(picked);
  });

  test.each(['nul?', '!shop.*', '*'])('refuses a list with a null, which %s could pick', (pattern) => {
    expect(() => tablePattern.call([pattern, ['x', null]])).toThrow(/is null.*compact/);
  });

  test('refuses an empty pattern', () => {
    for (const pattern of ['', '!']) {
      expect(() => tablePattern.call([pattern, names])).toThrow(FunctionArgumentError);
      expect(() => tablePattern.call([pattern, names])).toThrow(/write "\*\.\*"/);
    }
    expect(tablePattern.call(['*.*', names])).toEqual(names);
  });
});

test.each([
  ['input.name', ['name']],
  ['input.sourceId', ['source_id']],
  ['input.objects.databases.0.as', ['databases']],
  ['input.options.chunkBytes', ['options', 'chunk_bytes']],
  ['input.scopes.0', ['scopes', '0']],
  ['after', undefined],
])('the field %s is the attribute %j', (field, path) => {
  expect(pathOfField(field)).toEqual(path);
});
