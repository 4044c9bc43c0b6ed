import { readFile, writeFile } from 'node:fs/promises';
import { printed } from './schema/schema.ts';

/** Writes schema.graphql; with --check only compares it. */
const path = new URL('../schema.graphql', import.meta.url);
const text = printed();
if (process.argv.includes('--check')) {
  const stored = await readFile(path, 'utf8').catch(() => '');
  if (stored !== text) {
    console.error('schema.graphql is not in step with the code: run `npm run schema` and commit the result.');
    process.exitCode = 1;
  }
} else {
  await writeFile(path, text);
}
