import { parseArgs } from 'node:util';
import { sectionOf, writeSection } from './chaos-report.ts';
import { runChaos } from './chaos-run.ts';

// npm run chaos -- --kills 200 [--seed 7] [--report docs/reliability.md]: kills the service so many times and tells what came of it;
// the page gets it as its last section.

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string' },
    'kills-per-round': { type: 'string' },
    report: { type: 'string' },
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
const section = sectionOf(report, (Date.now() - started) / 1000);
if (values.report) writeSection(values.report, section);
console.log(`\n${section}`);
for (const failure of report.failures) console.error(`\n${failure}`);
process.exit(report.failures.length === 0 ? 0 : 1);
