import { test } from 'vitest';

test('starts a timer and forgets it', () => {
  setInterval(() => {}, 60_000);
});
