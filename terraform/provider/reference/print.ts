/** Writes docs/terraform-reference.md from the provider's schema; with --check only says whether it is in step. */
import fs from 'node:fs';
import { provider } from '../provider.ts';
import { referencePage } from './page.ts';

const FILE = new URL('../../../docs/terraform-reference.md', import.meta.url);

const page = referencePage(provider);
if (!process.argv.includes('--check')) {
  fs.writeFileSync(FILE, page);
} else if (!fs.existsSync(FILE) || fs.readFileSync(FILE, 'utf8') !== page) {
  process.stderr.write(
    "docs/terraform-reference.md is out of step with the provider's schema; run `npm run docs`\n",
  );
  process.exitCode = 1;
}
