import { expect, test } from 'vitest';
import type { BenchCase } from '../../bench/bench-case.ts';
import { noFigures, percentile, resultsOf, tableOf } from '../../bench/result.ts';

const bench: BenchCase = {
  name: 'copy',
  goals: [
    { what: 'copy', unit: 's', peer: { name: 'another', reading: 'another', ratio: 2 } },
    { what: 'copy', unit: 's', peer: { name: 'a third', reading: 'third' } },
    { what: 'peak memory', unit: 'MB', ours: 'rss', atMost: 300 },
  ],
  open: () => Promise.reject(new Error('not opened here')),
};
const rounds = [
  { ours: 4, another: 10, third: 40, rss: 200, cpu: 7 },
  { ours: 5, another: 9, third: 50, rss: 210, cpu: 8 },
  { ours: 6, another: 6, third: 60, rss: 310, cpu: 9 },
];

test('medians of the rounds are held against the goals, with memory and processor time of our process beside each', () => {
  const cost = { rss: 210, cpu: 8 };
  expect(resultsOf(bench, rounds)).toEqual([
    {
      case: 'copy',
      what: 'copy',
      unit: 's',
      ours: 5,
      peer: { name: 'another', value: 9 },
      ratio: 1.8,
      goal: '≥ 2 ×',
      met: false,
      ...cost,
    },
    {
      case: 'copy',
      what: 'copy',
      unit: 's',
      ours: 5,
      peer: { name: 'a third', value: 50 },
      ratio: 10,
      ...cost,
    },
    { case: 'copy', what: 'peak memory', unit: 'MB', ours: 210, goal: '≤ 300 MB', met: true, ...cost },
  ]);
});

test('the table has a column for memory and one for processor time', () => {
  const [head, , first, second] = tableOf(resultsOf(bench, rounds))
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  expect(head).toEqual([
    '',
    'case',
    'what',
    'ours',
    'peer',
    'ratio',
    'goal',
    'met',
    'our peak RSS',
    'our CPU',
    '',
  ]);
  expect(first!.slice(3, -1)).toEqual([
    '5.00 s',
    'another: 9.00 s',
    '1.80 ×',
    '≥ 2 ×',
    'NO',
    '210 MB',
    '8.00 s',
  ]);
  // Beside a peer that is there to know of it alone stands no goal.
  expect(second!.slice(5, 8)).toEqual(['10.00 ×', '', '']);
});

test('a case that runs no process of ours has neither', () => {
  const [result] = resultsOf({ ...bench, goals: [{ what: 'start', unit: 'ms', atMost: 9 }] }, [{ ours: 8 }]);
  expect(result).toEqual({ case: 'copy', what: 'start', unit: 'ms', ours: 8, goal: '≤ 9 ms', met: true });
});

test('a reading without a goal is told alone', () => {
  const goals = [{ what: 'busy', unit: '%', ours: 'busy' }] as const;
  const [result] = resultsOf({ ...bench, goals }, [{ busy: 50 }]);
  expect(result).toEqual({ case: 'copy', what: 'busy', unit: '%', ours: 50 });
  expect(tableOf([result!])).toMatch(/\| 50.00 % +\|/);
});

test('a case without figures has met no goal', () => {
  expect(noFigures(bench).map(({ ours, met }) => ({ ours, met }))).toEqual([
    { ours: undefined, met: false },
    { ours: undefined, met: undefined },
    { ours: undefined, met: false },
  ]);
  expect(tableOf(noFigures(bench)).split('\n')[2]).toMatch(/\| no figure \| another: no figure \|.*\| NO /);
});

test('a percentile is the value below which that share lies', () => {
  const values = Array.from({ length: 1000 }, (_, i) => 1000 - i);
  expect([0, 0.5, 0.99, 1].map((share) => percentile(values, share))).toEqual([1, 501, 991, 1000]);
});
