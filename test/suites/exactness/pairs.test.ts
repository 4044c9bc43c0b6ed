import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareEnds } from '../../compare/compare.ts';
import type { FixtureTable } from '../../fixtures/fixture-table.ts';
import { setupOf, statementsOf, type TypeMatrix, typeMatrix } from '../../fixtures/type-matrix.ts';
import { type Flavour, type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { createWorkloadDatabase, startWorkload, type Workload } from '../../workload/workload.ts';
import { TaskHarness } from '../pipeline/task-harness.ts';
import { makeDatabase, run } from './ends.ts';

// Every pair of servers as whole tasks. The types of tasks to the newest MySQL are in type-matrix.test.ts.

interface Pair {
  readonly from: Flavour;
  readonly to: Flavour;
  readonly types?: Types;
}

/** What is left out of the types of the source, as the precheck refuses it or says that it means something else. */
interface Types {
  /** Tables that the target cannot have. */
  readonly lacking?: RegExp;
  /** Columns computed by functions that mean something else at the target. */
  readonly functions?: RegExp;
  /** Ways of writing the log. */
  readonly refusedRounds?: readonly string[];
}

const never = /^$/;
const all: Types = {};
const pairs: readonly Pair[] = [
  { from: 'mysql-5.6', to: 'mysql-5.6', types: all },
  { from: 'mysql-5.6', to: 'mysql-9.7' },
  { from: 'mysql-5.6', to: 'mariadb-10.11', types: all },
  { from: 'mariadb-10.11', to: 'mariadb-10.11', types: all },
  { from: 'mariadb-10.11', to: 'mysql-9.7' },
  {
    from: 'mysql-9.7',
    to: 'mariadb-10.11',
    types: {
      lacking: /_gb18030$|^t_vector|^c_functional_keys$/,
      functions: /, inside [\s\S]*(?=\) ENGINE)/,
      refusedRounds: ['partial JSON'],
    },
  },
];

const without =
  (columns: RegExp) =>
  (table: FixtureTable): FixtureTable => ({
    ...table,
    create: table.create.map((sql) => sql.replace(columns, '')),
  });

/** Writers that end with their test, however it ends. */
const running = (workload: Workload) =>
  Object.assign(workload, { [Symbol.asyncDispose]: async () => void (await workload.stop()) });

describe.each(pairs)('from $from to $to', ({ from, to, types }) => {
  let source: MysqlServer;
  let target: MysqlServer;
  beforeAll(async () => {
    [source, target] = await Promise.all([
      startMysql(from, { serverId: 1 }),
      startMysql(to, { serverId: 2 }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([source?.stop(), target?.stop()]);
  });
  const report = async (name: string) =>
    (await compareEnds({ source, target, databases: [{ name }] })).report;

  const typesOf =
    ({ lacking = never, functions = never, refusedRounds = [] }: Types) =>
    async () => {
      const whole = typeMatrix(from);
      const matrix: TypeMatrix = {
        ...whole,
        tables: whole.tables.filter(({ name }) => !lacking.test(name)).map(without(functions)),
        rounds: whole.rounds.filter(({ name }) => !refusedRounds.includes(name)),
      };
      await makeDatabase(source, 'types', setupOf(matrix));
      await using task = await TaskHarness.create({
        source,
        target,
        selection: { databases: [{ name: 'types' }] },
      });
      task.start();
      await task.caughtUp();
      expect(await report('types')).toBe('');
      for (const round of matrix.rounds) await run(source, 'types', statementsOf(matrix, round));
      await task.complete();
      expect(await report('types')).toBe('');
    };
  if (types !== undefined) it('every type and edge value that both know arrives', typesOf(types));

  it('rows and schema changes of a busy database arrive', async () => {
    const options = { server: source, database: 'busy', seed: 11 };
    await createWorkloadDatabase(options);
    await using workload = running(startWorkload(options));
    await using task = await TaskHarness.create({
      source,
      target,
      selection: { databases: [{ name: 'busy' }] },
    });
    await workload.written(50);
    task.start();
    await task.caughtUp();
    await workload.written(500);
    await workload.stop();
    await task.complete();
    expect(await report('busy')).toBe('');
  });
});
