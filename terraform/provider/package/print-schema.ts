import { printSchema } from '../protocol/schema/print-schema.ts';
import { provider } from '../provider.ts';
import { HOSTS, NAMESPACE, TYPE } from './addresses.ts';

// What `terraform providers schema -json` would print, without a CLI: npm run --silent terraform:schema
const address = `${HOSTS.terraform}/${NAMESPACE}/${TYPE}`;
process.stdout.write(`${JSON.stringify(printSchema(address, provider), null, 2)}\n`);
