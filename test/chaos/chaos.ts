import { parseArgs } from 'node:util';
import { type ChaosReport, sectionOf, writeSection } from './chaos-report.ts';
import { runChaos } from './chaos-run.ts';

// npm run chaos -- --kills 200 [--seed 7] [--lanes 2] [--report docs/reliability.md]: kills the service so many times and tells what
// came of it; the page gets it as its last section, anew after each task.

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string' },
    'kills-per-round': { type: 'string' },
    lanes: { type: 'string', default: '1' },
    report: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
const started = Date.now();
const seconds = () => (Date.now() - started) / 1000;
const publish = (report: ChaosReport, over: boolean): string => {
  const section = sectionOf(report, seconds(), { over });
  if (values.report) writeSection(values.report, section);
  return section;
};

console.log(`chaos with seed ${seed}`);
const report = await runChaos({
  kills: Number(values.kills),
  seed,
  ...(values['kills-per-round'] ? { killsPerRound: Number(values['kills-per-round']) } : {}),
  lanes: Number(values.lanes),
  tell: (line) => console.log(`${seconds().toFixed(0).padStart(5)} s  ${line}`),
  onRound: (report) => publish(report, false),
});
console.log(`\n${publish(report, true)}`);
for (const failure of report.failures) console.error(`\n${failure}`);
process.exit(report.failures.length === 0 ? 0 : 1);
