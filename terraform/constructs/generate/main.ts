import fs from 'node:fs';
import path from 'node:path';
import { printSchema } from '../../provider/protocol/schema/print-schema.ts';
import { provider } from '../../provider/provider.ts';
import { providerSource } from '../metadata.ts';
import { differing, formattedBindings, readAll } from './generate.ts';
import type { ProviderSchema } from './provider-schema.ts';

/** Writes terraform/constructs/l1 from the provider's schema; with --check only says whether it is in step. */
const FOLDER = path.resolve(import.meta.dirname, '../l1');

const printed = printSchema(providerSource, provider) as {
  readonly provider_schemas: Readonly<Record<string, ProviderSchema>>;
};
const schema = printed.provider_schemas[providerSource];
if (schema === undefined) throw new Error(`the schema of ${providerSource} is not among those printed`);
const bindings = formattedBindings(schema);

if (process.argv.includes('--check')) {
  const names = differing(bindings, readAll(FOLDER));
  if (names.length > 0) {
    const files = names.map((name) => `terraform/constructs/l1/${name}`).join(', ');
    process.stderr.write(`out of step with the provider's schema: ${files}; run \`npm run constructs\`\n`);
    process.exitCode = 1;
  }
} else {
  fs.rmSync(FOLDER, { recursive: true, force: true });
  fs.mkdirSync(FOLDER);
  for (const [name, text] of bindings) fs.writeFileSync(path.join(FOLDER, name), text);
}
