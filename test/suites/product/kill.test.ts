import { expect, test } from 'vitest';
import { runChaos } from '../../chaos/chaos-run.ts';

// Law 3: the process may die at any instruction.

test('killed 24 times in every phase, under load with schema changes, both ends end equal', {
  timeout: 900_000,
}, async () => {
  const report = await runChaos({ kills: 24, seed: 20261121, killsPerRound: 12 });
  expect(report.failures).toEqual([]);
  expect(report.kills).toBeGreaterThanOrEqual(24);
  expect(Object.keys(report.killsByPhase)).toEqual(
    expect.arrayContaining(['FULL_LOAD', 'SCHEMA_2', 'APPLY']),
  );
  expect(report.rowsCompared).toBeGreaterThan(50_000);
  // Four kills of a full round aim at APPLY. Each gives a read while the service is dead, and one when it applies again.
  expect(report.consistentReads).toBeGreaterThanOrEqual(8);
});
