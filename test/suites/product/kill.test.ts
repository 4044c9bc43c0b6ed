import { expect, test } from 'vitest';
import { runChaos } from '../../chaos/chaos-run.ts';

// Law 3: the process may die at any instruction.

test('killed again and again in every phase, from each kind of source, under load with schema changes, both ends end equal', {
  timeout: 900_000,
}, async () => {
  const report = await runChaos({ kills: 30, seed: 20261121, killsPerRound: 8 });
  expect(report.failures).toEqual([]);
  expect(report.kills).toBeGreaterThanOrEqual(30);
  expect(report.rounds.map(({ source }) => source)).toEqual(
    expect.arrayContaining(['MySQL 9.7', 'MySQL 5.6', 'MariaDB 10.11']),
  );
  expect(Object.keys(report.killsByPhase)).toEqual(
    expect.arrayContaining(['FULL_LOAD', 'SCHEMA_2', 'APPLY']),
  );
  expect(report.rowsCompared).toBeGreaterThan(75_000);
  // Two kills of a full round aim at APPLY. Each gives a read while the service is dead, and one when it applies again.
  expect(report.consistentReads).toBeGreaterThanOrEqual(8);
});
