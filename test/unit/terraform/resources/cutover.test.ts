import { expect, test } from 'vitest';
import { isReady } from '../../../../terraform/provider/resources/cutover.ts';

test.each<[string, string | null, boolean]>([
  ['behind by nothing', '0', true],
  ['behind by as much as is allowed', '5000', true],
  ['behind by more', '5001', false],
  ['behind by nobody knows what', null, false],
])('a migration that is %s', (_what, lagMillis, ready) => {
  expect(isReady({ state: 'READY_TO_COMPLETE', progress: { lagMillis } }, 5000)).toBe(ready);
});

test('a migration without progress, and one that still copies, are not ready', () => {
  expect(isReady({ state: 'READY_TO_COMPLETE', progress: null }, 5000)).toBe(false);
  expect(isReady({ state: 'RUNNING', progress: { lagMillis: '0' } }, 5000)).toBe(false);
});
