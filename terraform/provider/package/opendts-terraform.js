#!/usr/bin/env -S node --no-warnings
import { readFileSync } from 'node:fs';
import * as modules from 'node:module';

// The command `opendts-terraform`, in JavaScript because node strips types from no file below a node_modules folder,
// where this package is when another project has installed it: its files are stripped here.

const NEEDED_NODE = 24;
const PACKAGE = new URL('../../../', import.meta.url).href;

if (Number(process.versions.node.split('.')[0]) < NEEDED_NODE) {
  console.error(
    `opendts-terraform needs Node ${NEEDED_NODE} or later, and this is ${process.versions.node}.`,
  );
  process.exit(1);
}

modules.registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith(PACKAGE) || !url.endsWith('.ts')) return nextLoad(url, context);
    const source = modules.stripTypeScriptTypes(readFileSync(new URL(url), 'utf8'));
    return { format: 'module', source, shortCircuit: true };
  },
});

await import('./cli.ts');
