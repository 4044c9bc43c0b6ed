import { expect, test } from 'vitest';
import type { BenchCase, Readings } from '../../bench/bench-case.ts';
import { opened } from '../../bench/bench-case.ts';
import { type BenchReport, runCases } from '../../bench/bench-run.ts';

const caseOf = (name: string, round: () => Promise<Readings>, closed: string[] = []): BenchCase => ({
  name,
  goals: [{ what: 'all of it', unit: 's', atMost: 10 }],
  open: () =>
    opened(async (stack) => {
      stack.defer(() => void closed.push(name));
      return { versions: { [name]: '1.0' }, round };
    }),
});

async function run(cases: readonly BenchCase[], rounds?: number) {
  const saved: BenchReport[] = [];
  const save = async (report: BenchReport) => void saved.push(report);
  const report = await runCases(cases, { rounds, tell: () => {}, save });
  return { report, saved };
}

test('one round warms up and three count, unless one alone is asked for', async () => {
  let asked = 0;
  const each = caseOf('counted', async () => ({ ours: ++asked }));
  expect((await run([each])).report.measured).toEqual([
    { case: 'counted', rounds: [{ ours: 2 }, { ours: 3 }, { ours: 4 }] },
  ]);
  expect((await run([each], 1)).report.measured).toEqual([{ case: 'counted', rounds: [{ ours: 5 }] }]);
});

test('what a case has to warm up with stands in for the first round', async () => {
  const done: string[] = [];
  const round = async () => ({ ours: done.push('round') });
  const warmUp = async () => ({ ours: done.push('warm-up') });
  const each: BenchCase = { ...caseOf('short', round), open: () => opened(async () => ({ round, warmUp })) };
  expect((await run([each])).report.measured).toEqual([
    { case: 'short', rounds: [{ ours: 2 }, { ours: 3 }, { ours: 4 }] },
  ]);
  await run([each], 1);
  expect(done).toEqual(['warm-up', 'round', 'round', 'round', 'round']);
});

test('a case that fails comes to no figure and loses none of the others', async () => {
  const closed: string[] = [];
  let rounds = 0;
  const { report, saved } = await run([
    caseOf('before', async () => ({ ours: 1 }), closed),
    caseOf(
      'fails',
      async () => {
        rounds += 1;
        if (rounds === 3) throw new Error('both ends differ');
        return { ours: 1 };
      },
      closed,
    ),
    caseOf('after', async () => ({ ours: 2 }), closed),
  ]);
  expect(report.results.map(({ case: name, ours, met }) => [name, ours, met])).toEqual([
    ['before', 1, true],
    ['fails', undefined, false],
    ['after', 2, true],
  ]);
  expect(report.failures).toEqual([{ case: 'fails', message: 'both ends differ' }]);
  expect(report.measured[1]).toEqual({ case: 'fails', rounds: [{ ours: 1 }] });
  expect(report.versions).toEqual({ before: '1.0', fails: '1.0', after: '1.0' });
  expect(saved.map(({ results }) => results.length)).toEqual([1, 2, 3]);
  expect(closed).toEqual(['before', 'fails', 'after']);
});

test('what a case has started ends with it also when it does not come to its first round', async () => {
  const closed: string[] = [];
  const broken: BenchCase = {
    name: 'broken',
    goals: [],
    open: () =>
      opened(async (stack) => {
        stack.defer(() => void closed.push('server'));
        throw new Error('no rows');
      }),
  };
  expect((await run([broken])).report.failures).toEqual([{ case: 'broken', message: 'no rows' }]);
  expect(closed).toEqual(['server']);
});
