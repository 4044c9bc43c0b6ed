import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type BenchCase, median, type Round } from './case.ts';
import { catchUp } from './cases/catch-up.ts';
import { fullLoad } from './cases/full-load.ts';

// Runs us and a peer in turn on the same servers and prints ratios: above 1 we are faster. A case whose ends differ fails.

const cases: readonly BenchCase[] = [fullLoad, catchUp];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rows: { type: 'string' }, rounds: { type: 'string', default: '3' }, json: { type: 'string' } },
});
const unknown = positionals.filter((name) => !cases.some((each) => each.name === name));
if (unknown.length > 0) {
  console.error(
    `no such case: ${unknown.join(', ')}; there are ${cases.map((each) => each.name).join(', ')}`,
  );
  process.exit(2);
}

const results: {
  name: string;
  peer: string;
  ours: number;
  theirs: number;
  ratio: number;
  rounds: Round[];
}[] = [];
for (const each of cases.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  await using open = await each.open(values.rows === undefined ? undefined : Number(values.rows));
  await open.round(); // warm-up
  const rounds: Round[] = [];
  for (let i = 0; i < Number(values.rounds); i += 1) {
    const round = await open.round();
    rounds.push(round);
    console.error(`${each.name}: ours ${round.ours.toFixed(2)} s, ${each.peer} ${round.peer.toFixed(2)} s`);
  }
  results.push({
    name: each.name,
    peer: each.peer,
    ours: median(rounds.map(({ ours }) => ours)),
    theirs: median(rounds.map(({ peer }) => peer)),
    ratio: median(rounds.map(({ ours, peer }) => peer / ours)),
    rounds,
  });
}
console.table(
  results.map(({ name, peer, ours, theirs, ratio }) => ({
    case: name,
    'ours, s': ours.toFixed(2),
    peer,
    'peer, s': theirs.toFixed(2),
    ratio: `${ratio.toFixed(2)} ×`,
  })),
);
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
