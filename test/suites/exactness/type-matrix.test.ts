import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareEnds } from '../../compare/compare.ts';
import { setupOf, statementsOf, typeMatrix } from '../../fixtures/type-matrix.ts';
import { type Flavour, type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { TaskHarness } from '../pipeline/task-harness.ts';
import { CopyGate } from './copy-gate.ts';
import { makeDatabase, run } from './ends.ts';

// Law 7: every value arrives exactly, whatever wrote it into the log, and by whichever way it was copied.

interface Case {
  readonly name: string;
  readonly flavour: Flavour;
  readonly args?: readonly string[];
  /** At the source, before anything is made. */
  readonly before?: string;
  /** At the target. */
  readonly targetBefore?: string;
  readonly targetAfter?: string;
}

const noGtid = ['--gtid-mode=OFF', '--enforce-gtid-consistency=OFF'];
const cases: readonly Case[] = [
  { name: 'MySQL 9.7', flavour: 'mysql-9.7' },
  {
    name: 'MySQL 9.7 by file and offset, names and types in the log, to a target without LOAD DATA LOCAL',
    flavour: 'mysql-9.7',
    args: noGtid,
    before: 'SET GLOBAL binlog_row_metadata = FULL',
    targetBefore: 'SET GLOBAL local_infile = OFF',
    targetAfter: 'SET GLOBAL local_infile = ON',
  },
  { name: 'MySQL 5.6', flavour: 'mysql-5.6' },
  { name: 'MySQL 5.6 by file and offset', flavour: 'mysql-5.6', args: noGtid },
  { name: 'MariaDB 10.11', flavour: 'mariadb-10.11' },
];

let target: MysqlServer;
beforeAll(async () => {
  target = await startMysql('mysql-9.7');
});
afterAll(() => target?.stop());

describe.each(cases)('every type and edge value of $name', ({ flavour, args, before, ...ofTarget }) => {
  const matrix = typeMatrix(flavour);
  let source: MysqlServer;

  beforeAll(async () => {
    source = await startMysql(flavour, args === undefined ? {} : { args });
    if (before !== undefined) await source.query(before);
  });
  afterAll(() => source?.stop());

  const report = async (name: string) =>
    (await compareEnds({ source, target, databases: [{ name, as: 'copy' }] })).report;

  it('arrives by full load, then by each way of writing the log', async () => {
    await target.query(`DROP DATABASE IF EXISTS copy; ${ofTarget.targetBefore ?? 'DO 0'}`);
    await makeDatabase(source, 'types', setupOf(matrix));
    await using task = await TaskHarness.create({
      source,
      target,
      selection: { databases: [{ name: 'types', as: 'copy' }] },
    });
    task.start();
    await task.caughtUp();
    expect(await report('types')).toBe('');
    for (const round of matrix.rounds) await run(source, 'types', statementsOf(matrix, round));
    await task.complete();
    expect(await report('types')).toBe('');
    await target.query(ofTarget.targetAfter ?? 'DO 0');
  }, 300_000);

  // Long: rows that are copied meanwhile are applied one by one.
  it('arrives by changes that meet the copy', async () => {
    await target.query('DROP DATABASE IF EXISTS copy');
    await makeDatabase(source, 'met', setupOf(matrix));
    const gate = new CopyGate('read');
    await using task = await TaskHarness.create({
      source,
      target,
      selection: { databases: [{ name: 'met', as: 'copy' }] },
      options: { fullLoadParallelism: 64 },
      wrapTarget: gate.wrap,
    });
    task.start();
    await task.until(() => gate.held >= 60);
    for (const round of matrix.rounds) await run(source, 'met', statementsOf(matrix, round));
    gate.open();
    await task.complete();
    expect(await report('met')).toBe('');
  }, 300_000);
});
