import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { readConfig, settings } from '../../gateway/config.ts';

interface Row {
  readonly variable: string;
  readonly flag?: string;
  readonly default?: string;
  readonly description: string;
}
const rows: readonly Row[] = Object.values(settings);

describe('docs/api.md', () => {
  test.each(rows)('has the row of $variable', async (row) => {
    const text = await readFile(new URL('../../docs/api.md', import.meta.url), 'utf8');
    const flag = row.flag ? `\`--${row.flag}\`` : '';
    const standard = row.default ? `\`${row.default}\`` : '';
    expect(text).toContain(`| \`${row.variable}\` | ${flag} | ${standard} | ${row.description} |`);
  });
});

describe('the configuration', () => {
  test('comes from arguments, then the environment, then defaults', () => {
    const env = { OPENDTS_PORT: '5000', OPENDTS_HOST: '::1' };
    const config = readConfig(['--port', '6000'], env);
    expect(config).toMatchObject({ port: 6000, host: '::1', dataDir: 'data', corsOrigins: [] });
  });

  test('lists every wrong setting by its name, and shows no value', () => {
    const env = { OPENDTS_PORT: 'hunter2', OPENDTS_RATE_PER_MINUTE: '0', OPENDTS_SECRET_KEY: '' };
    expect(() => readConfig([], env)).toThrow(/OPENDTS_PORT/);
    expect(() => readConfig([], env)).toThrow(/OPENDTS_SECRET_KEY/);
    expect(() => readConfig([], env)).toThrow(/OPENDTS_RATE_PER_MINUTE/);
    expect(() => readConfig([], env)).not.toThrow(/hunter2/);
  });

  test('takes no secret from an argument', () => {
    expect(() => readConfig(['--secret-key', 'x'], {})).toThrow(/--secret-key/);
  });
});
