import { describe, expect, test } from 'vitest';
import { errorCatalog } from '../../engine/core/errors.ts';
import { errorCodesInStep, errorCodesPage } from '../../engine/core/print-error-codes.ts';

describe('docs/error-codes.md', () => {
  test('is in step with the catalog; `npm run docs` writes it', () => {
    expect(errorCodesInStep()).toBe(true);
  });

  test.each(Object.entries(errorCatalog))('names %s with its remedy', (code, { summary, remedy }) => {
    const line = errorCodesPage()
      .split('\n')
      .find((each) => each.startsWith(`| \`${code}\` |`));
    expect(line).toContain(summary);
    expect(line).toContain(remedy);
  });

  test.each(Object.entries(errorCatalog))('%s is written as sentences', (_code, { summary, remedy }) => {
    expect(summary).toMatch(/^[A-Z].*\.$/);
    expect(remedy).toMatch(/^[A-Z].*\.$/);
  });
});
