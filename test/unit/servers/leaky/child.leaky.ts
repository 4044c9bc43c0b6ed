import { spawn } from 'node:child_process';
import { test } from 'vitest';

test('starts a program and forgets it', () => {
  spawn('sleep', ['20']);
});
