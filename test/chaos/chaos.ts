import { parseArgs } from 'node:util';
import { runChaos } from './chaos-run.ts';

// npm run chaos -- --kills 200 [--seed 7]: kills the service so many times and tells what came of it.

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string' },
    'kills-per-round': { type: 'string' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
const started = Date.now();
const seconds = () => ((Date.now() - started) / 1000).toFixed(0);

console.log(`chaos with seed ${seed}`);
const report = await runChaos({
  kills: Number(values.kills),
  seed,
  ...(values['kills-per-round'] ? { killsPerRound: Number(values['kills-per-round']) } : {}),
  tell: (line) => console.log(`${seconds().padStart(5)} s  ${line}`),
});
const listed = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none';
console.log(`
kills              ${report.kills} in ${report.rounds} tasks
by phase           ${listed(report.killsByPhase)}
tasks by source    ${listed(report.roundsBySource)}
faults by kind     ${listed(report.faultsByKind)}
transactions       ${report.transactions}, rows written ${report.rowsWritten}, schema changes ${report.schemaChanges}
consistent reads   ${report.consistentReads} in the middle of it
rows compared      ${report.rowsCompared}
failures           ${report.failures.length}
time               ${seconds()} s`);
for (const failure of report.failures) console.error(`\n${failure}`);
process.exit(report.failures.length === 0 ? 0 : 1);
