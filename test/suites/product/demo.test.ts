import { spawn } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { repository } from '../../product/service.ts';

test('the demo, with a smaller shop, ends with both ends equal', {
  timeout: 400_000,
}, async () => {
  const demo = spawn(process.execPath, ['examples/demo/demo.ts', '--orders', '40000'], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // SIGTERM lets it stop what it started.
  onTestFinished(() => void demo.kill('SIGTERM'));
  let told = '';
  for (const stream of [demo.stdout, demo.stderr]) stream.on('data', (chunk) => (told += chunk));
  const code = await new Promise((resolve) => demo.once('close', resolve));
  expect(code, told).toBe(0);
  expect(told).toMatch(/Equal: [\d,]+ rows/);
  expect(told.match(/kill -9: the service is gone/g)).toHaveLength(2);
  expect(told).not.toContain('DIFFERENT');
});
