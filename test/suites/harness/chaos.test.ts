import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type ChaosReport, sectionOf, writeSection } from '../../chaos/chaos-report.ts';
import { runChaos } from '../../chaos/chaos-run.ts';
import { durable } from '../../chaos/sources.ts';

// A long run is worth what its report says: it must say all, also of what broke beside the product.

test('a stage that cannot be opened is a failure in the report, and the report so far is given after each round', async () => {
  const reports: ChaosReport[] = [];
  const report = await runChaos({
    kills: 1,
    seed: 1,
    sources: [{ name: 'no server', flavour: 'mysql-9.7', args: ['--no-such-option'] }],
    onRound: (soFar) => reports.push(soFar),
  });
  expect(report.failures).toEqual([expect.stringContaining('mixed_1: the stage failed: Error')]);
  expect(report.rounds.map(({ source }) => source)).toEqual(['no server']);
  expect(reports).toEqual([report]);

  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'opendts-chaos-'));
  const page = path.join(folder, 'page.md');
  writeSection(page, sectionOf(report, 60, { over: false }));
  expect(fs.readFileSync(page, 'utf8')).toContain('was not over');
  writeSection(page, sectionOf(report, 60, { over: true }));
  expect(fs.readFileSync(page, 'utf8')).toMatch(
    /^## The last whole run\n\n0 kills in 1 tasks(?!.*was not over)/s,
  );
  fs.rmSync(folder, { recursive: true });
});

test('what fails when the round is over does not lose what it did; an event that never wrote is a failure', {
  timeout: 300_000,
}, async () => {
  const report = await runChaos({
    kills: 2,
    killsPerRound: 1,
    lanes: 2,
    seed: 2,
    sources: [
      {
        name: 'without events',
        flavour: 'mysql-9.7',
        args: [...durable, '--event-scheduler=OFF'],
      },
      {
        name: 'lasting trouble',
        flavour: 'mysql-9.7',
        args: [...durable, '--event-scheduler=ON'],
        trouble: () => ({
          [Symbol.asyncDispose]: () => Promise.reject(new Error('the trouble does not end')),
        }),
      },
    ],
  });
  expect(report.failures.toSorted()).toEqual([
    expect.stringContaining('mixed_1: the event of the source never wrote'),
    expect.stringContaining('mixed_2: the trouble does not end'),
  ]);
  const counted = report.rounds.map(({ source, phases, counts }) => [
    source,
    phases.length >= 2,
    counts.transactions > 100,
  ]);
  expect(counted.toSorted()).toEqual([
    ['lasting trouble', true, true],
    ['without events', true, true],
  ]);
});

test.each([
  ['--lanes', '0'],
  ['--lanes', 'two'],
  ['--kills', '0'],
  ['--kills', 'many'],
  ['--kills-per-round', '0'],
  ['--kills-per-round', '1.5'],
])('a run with %s %s is refused: it writes no report without a kill', (...option) => {
  const page = path.join(os.tmpdir(), `opendts-chaos-${process.pid}.md`);
  const run = spawnSync(process.execPath, ['test/chaos/chaos.ts', ...option, '--report', page], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(run.status).toBe(1);
  expect(run.stderr).toMatch(/(lanes|kills|killsPerRound) must be 1 or more/);
  expect(fs.existsSync(page)).toBe(false);
});
