import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { startVitest } from 'vitest/node';

/** What the setup said of each file of leaky/; nothing of a tidy one. */
const verdicts = new Map<string, string>();

beforeAll(async () => {
  const root = path.join(import.meta.dirname, 'leaky');
  const vitest = await startVitest('test', [], {
    root,
    config: path.join(root, 'vitest.config.ts'),
    watch: false,
    reporters: [{}],
  });
  for (const file of vitest.state.getTestModules()) {
    const name = path.basename(file.moduleId, '.leaky.ts');
    verdicts.set(
      name,
      file
        .errors()
        .map((error) => error.message)
        .join(),
    );
  }
  await vitest.close();
  process.exitCode = 0; // the leaky files failed, as they should
}, 60_000);

describe('a test file fails when it leaves behind', () => {
  test.each([
    ['connection', 'TCP connection'],
    ['connection', 'TCP server'],
    ['timer', 'timer'],
    ['child', 'child process'],
    ['worker', 'thread'],
  ])('%s: %s', (file, words) => {
    expect(verdicts.get(file)).toContain(words);
  });

  test('but not when it is tidy', () => {
    expect(verdicts.get('tidy')).toBe('');
  });
});
