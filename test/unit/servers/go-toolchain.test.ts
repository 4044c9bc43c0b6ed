import { expect, test } from 'vitest';
import { atLeast } from '../../servers/go-toolchain.ts';

test.each([
  ['1.26.6', '1.26.6', true],
  ['1.26.10', '1.26.6', true],
  ['1.27', '1.26.6', true],
  ['2.0.0', '1.26.6', true],
  ['1.26', '1.26.6', false],
  ['1.25.9', '1.26.6', false],
  ['1.9.12', '1.11.0', false],
  ['1.26rc1', '1.26.6', false],
])('is %s at least %s: %s', (version, minimum, expected) => {
  expect(atLeast(version, minimum)).toBe(expected);
});
