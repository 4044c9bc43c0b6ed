import fs from 'node:fs';
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

const rootFile = (name: string): SourceFile => {
  const file = path.join(ROOT, name);
  return { path: name, text: fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '' };
};

describe('house style', () => {
  test(`no product file is longer than ${MOST_LINES} lines`, () => {
    const product = sourceFiles(ROOT, ['engine', 'gateway', 'terraform', 'examples'], /\.ts$/);
    expect(product.length).toBeGreaterThan(10);
    expect(product.filter(tooLong).map((file) => file.path)).toEqual([]);
    expect(tooLong({ path: 'engine/long.ts', text: 'x\n'.repeat(MOST_LINES + 1) })).toBe(true);
  });

  test('no file names the host of a package registry', () => {
    const folders = ['engine', 'gateway', 'examples', 'terraform', 'test', 'docs', '.ci'];
    const kinds = /\.(ts|md|json|graphql|sql|sh|html|css)$|^run$/;
    const root = ['README.md', 'package.json', 'package-lock.json', 'schema.graphql', 'vitest.config.ts'];
    const everything = [...sourceFiles(ROOT, folders, kinds), ...root.map(rootFile)];
    expect(everything.filter(({ text }) => REGISTRY_HOST.test(text)).map((file) => file.path)).toEqual([]);
    expect(REGISTRY_HOST.test(['https://registry', 'npmjs', 'org/x'].join('.'))).toBe(true);
  });
});
