import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type SourceFile, sourceFiles } from './source-files.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const MOST_LINES = 400;
const TOO_LONG_ALLOWED: readonly string[] = [];

const tooLong = ({ path: name, text }: SourceFile) =>
  text.split('\n').length - 1 > MOST_LINES && !TOO_LONG_ALLOWED.includes(name);

// Hosts are written apart, so that this file passes its own check.
const REGISTRY_HOST = new RegExp(
  ['npmjs', 'yarnpkg', 'pypi', 'deb\\.debian', 'archive\\.ubuntu', 'repo1?\\.maven', 'proxy\\.golang']
    .map((host) => `${host}\\.(?:org|com)`)
    .join('|'),
);

describe('house style', () => {
  test(`no product file is longer than ${MOST_LINES} lines`, () => {
    const product = sourceFiles(ROOT, ['engine', 'gateway', 'examples'], /\.ts$/);
    expect(product.length).toBeGreaterThan(10);
    expect(product.filter(tooLong).map((file) => file.path)).toEqual([]);
    expect(tooLong({ path: 'engine/long.ts', text: 'x\n'.repeat(MOST_LINES + 1) })).toBe(true);
  });

  test('no file names the host of a package registry', () => {
    const folders = ['engine', 'gateway', 'examples', 'terraform', 'test', 'docs', '.ci'];
    const everything = sourceFiles(ROOT, folders, /\.(ts|md|json|graphql|sql|sh|html|css)$|^run$/);
    expect(everything.filter(({ text }) => REGISTRY_HOST.test(text)).map((file) => file.path)).toEqual([]);
    expect(REGISTRY_HOST.test(['https://registry', 'npmjs', 'org/x'].join('.'))).toBe(true);
  });
});
