import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import { parseArgs } from 'node:util';
import type { BenchCase, Readings } from './bench-case.ts';
import { catchUp, catchUpBig, catchUpHot, catchUpWide } from './cases/catch-up.ts';
import { decode } from './cases/decode.ts';
import { fullLoad, fullLoadOneTable, fullLoadWide } from './cases/full-load.ts';
import { fullLoadLive } from './cases/full-load-live.ts';
import { gateway } from './cases/gateway.ts';
import { idle } from './cases/idle.ts';
import { lag } from './cases/lag.ts';
import { memory } from './cases/memory.ts';
import { providerStart } from './cases/provider-start.ts';
import { type Result, resultsOf, tableOf } from './result.ts';

// Runs us and the peers in turn on the same servers, and holds the medians against the goals. Ratios: above 1 we are better.
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

const results: Result[] = [];
const measured: { case: string; rounds: Readings[] }[] = [];
for (const each of cases.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  const rounds: Readings[] = [];
  const count = Number(values.rounds ?? each.rounds ?? 3);
  console.error(`${each.name}: servers and rows`);
  await using open = await each.open(values.rows === undefined ? undefined : Number(values.rows));
  for (let i = 0; i <= count; i += 1) {
    const round = await open.round();
    if (i > 0 || count === 1) rounds.push(round);
    const told = Object.entries(round).map(([name, value]) => `${name} ${value.toFixed(2)}`);
    console.error(`${each.name}: ${i === 0 ? 'warm-up' : `round ${i}`}: ${told.join(', ')}`);
    if (count === 1) break;
  }
  measured.push({ case: each.name, rounds });
  results.push(...resultsOf(each, rounds));
}

const machine = `${os.cpus().length} × ${os.cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
console.log(`${machine}\n\n${tableOf(results)}`);
if (values.json !== undefined) {
  await writeFile(values.json, `${JSON.stringify({ machine, results, measured }, undefined, 2)}\n`);
}
