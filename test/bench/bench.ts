import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import { parseArgs } from 'node:util';
import type { BenchCase } from './bench-case.ts';
import { runCases } from './bench-run.ts';
import { catchUp, catchUpBig, catchUpBigOnce, catchUpHot, catchUpWide } from './cases/catch-up.ts';
import { decode } from './cases/decode.ts';
import { fullLoad, fullLoadOneTable, fullLoadWide } from './cases/full-load.ts';
import { fullLoadLive } from './cases/full-load-live.ts';
import { gateway } from './cases/gateway.ts';
import { idle } from './cases/idle.ts';
import { lag } from './cases/lag.ts';
import { memory } from './cases/memory.ts';
import { providerStart } from './cases/provider-start.ts';
import { tableOf } from './result.ts';

// Runs us and the peers in turn on the same servers, and holds the medians against the goals. Ratios: above 1 we are better. Ends with 1
// when a case came to no figure.
//
//     npm run bench [-- name …] [--rows N] [--rounds N] [--json FILE]

const cases: readonly BenchCase[] = [
  fullLoad,
  fullLoadWide,
  fullLoadOneTable,
  fullLoadLive,
  catchUp,
  catchUpHot,
  catchUpBig,
  catchUpBigOnce,
  catchUpWide,
  lag,
  decode,
  memory,
  idle,
  gateway,
  providerStart,
];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rows: { type: 'string' }, rounds: { type: 'string' }, json: { type: 'string' } },
});
const unknown = positionals.filter((name) => !cases.some((each) => each.name === name));
if (unknown.length > 0) {
  console.error(
    `no such case: ${unknown.join(', ')}; there are ${cases.map((each) => each.name).join(', ')}`,
  );
  process.exit(2);
}
for (const option of ['rows', 'rounds'] as const) {
  const value = values[option];
  if (value !== undefined && !(Number.isInteger(Number(value)) && Number(value) > 0)) {
    console.error(`--${option} ${value}: a whole number above 0 is needed`);
    process.exit(2);
  }
}

const machine = `${os.cpus().length} × ${os.cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
const report = await runCases(
  cases.filter(({ name }) => positionals.length === 0 || positionals.includes(name)),
  {
    rows: values.rows === undefined ? undefined : Number(values.rows),
    rounds: values.rounds === undefined ? undefined : Number(values.rounds),
    tell: (line) => console.error(line),
    async save(soFar) {
      if (values.json === undefined) return;
      await writeFile(values.json, `${JSON.stringify({ machine, ...soFar }, undefined, 2)}\n`);
    },
  },
);
const versions = Object.entries(report.versions).map(([name, version]) => `${name} ${version}`);
console.log(`${[machine, ...versions].join(', ')}\n\n${tableOf(report.results)}`);
for (const failure of report.failures) console.error(`\n${failure.case}: no figure: ${failure.message}`);
if (report.failures.length > 0) process.exitCode = 1;
