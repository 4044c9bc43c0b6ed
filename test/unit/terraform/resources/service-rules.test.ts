import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import * as rules from '../../../../gateway/schema/rules.ts';
import { checkHost } from '../../../../terraform/provider/host.ts';
import { checkInstant } from '../../../../terraform/provider/instant.ts';
import { checkName } from '../../../../terraform/provider/names.ts';
import { endpointSchema } from '../../../../terraform/provider/resources/endpoint-schema.ts';
import { checkScopes, scopes } from '../../../../terraform/provider/scopes.ts';

const { username, password_wo, tls } = endpointSchema.attributes;
const checkUsername = username.check;
const checkPassword = password_wo.check;
const checkCertificate = tls.attributes.ca.check;

const odd = fc.constantFrom(
  '\u2028',
  '\u0085',
  '\0',
  ' ',
  '\n',
  '[',
  ']',
  ':',
  '.',
  '-',
  '_',
  ',',
  'é',
  '😀',
  '1',
  'a',
);
const text = fc.oneof(
  fc.string({ unit: odd, maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 200 }).filter((each) => each.isWellFormed()),
  fc.tuple(odd, fc.integer({ min: 60, max: 66 })).map(([unit, count]) => unit.repeat(count)),
  fc.tuple(odd, fc.integer({ min: 126, max: 260 })).map(([unit, count]) => unit.repeat(count)),
);
const long = fc
  .tuple(fc.constantFrom('a', '😀'), fc.integer({ min: 510, max: 1030 }))
  .map(([unit, count]) => unit.repeat(count));
const number = (most: number) => fc.nat(most).map((each) => String(each).padStart(2, '0'));
const instant = fc
  .tuple(
    number(10000),
    number(14),
    number(33),
    number(25),
    number(61),
    number(61),
    fc.constantFrom('', '.5'),
    fc.constantFrom('Z', '+02:00', '-24:00', ''),
  )
  .map(
    ([year, month, day, hour, minute, second, rest, zone]) =>
      `${year.padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}${rest}${zone}`,
  );
const label = fc.stringMatching(/^[a-z0-9_-]{0,4}$/);
const host = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV6().map((address) => `[${address}]`),
  fc.domain(),
  fc.array(label, { maxLength: 4 }).map((labels) => labels.join('.')),
);
const certificate = fc
  .array(
    fc.constantFrom('-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----', '# mine', 'MA==', '\n', ' '),
  )
  .map((parts) => parts.join('\n'));

/** Rules that the service's engine has beside those of the API. */
const isNotBlank = (each: string) => each.trim() !== '';
const hasFewUnits = ({ length }: string) => length <= 1024;

/** What passes offline is what the service takes, so that a plan promises no more than an apply keeps. */
describe('an offline rule refuses what the service refuses, and nothing else', () => {
  test.each<[string, (value: string) => string | undefined, z.ZodType, fc.Arbitrary<string>]>([
    ['of names', checkName, rules.displayName, text],
    ['of hosts', checkHost, rules.host, fc.oneof(host, text)],
    ['of users', checkUsername, rules.username.refine(isNotBlank), text],
    ['of passwords', checkPassword, rules.password.refine(hasFewUnits), fc.oneof(long, text)],
    ['of authorities', checkCertificate, rules.certificate, fc.oneof(certificate, text)],
    ['of instants', checkInstant, z.iso.datetime({ offset: true }), fc.oneof(instant, text)],
  ])('%s', (_what, check, rule, given) => {
    fc.assert(
      fc.property(given, (value) => {
        expect(check(value) === undefined).toBe(rule.safeParse(value).success);
      }),
      { numRuns: 3000 },
    );
  });

  test('of scopes', () => {
    expect(checkScopes([...scopes])).toBeUndefined();
    expect(checkScopes(['read', null])).toBe('A scope is null: there are read, write, operate, admin.');
    expect(checkScopes([null])).toContain('null');
    expect(checkScopes([])).toContain('at least one');
  });
});

test.each([
  ['[::1]', 'brackets'],
  ['[::1]:3306', 'holds a port'],
  ['db.example.com:3306', 'holds a port'],
  ['h1,h2', 'no host name'],
  ['a..b', 'no host name'],
  ['', 'empty'],
])('the host "%s" is told to be wrong by its kind: %s', (given, told) => {
  expect(checkHost(given)).toContain(told);
});

test.each(['2027-02-31T00:00:00Z', '2027-01-31T12:00Z', '2027-02-29T00:00:00Z', '2027-13-01T00:00:00Z'])(
  '%s is no instant',
  (given) => expect(checkInstant(given)).toMatch(/is no instant/),
);
