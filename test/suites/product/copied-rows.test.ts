import { expect, test } from 'vitest';
import { openStage } from '../../product/stage.ts';
import type { TaskView } from '../../product/task.ts';

const ROWS = 200_000;

test('rows copied are exact after kills in the full load', async () => {
  await using stage = await openStage();
  const { source, service, client } = stage;
  await stage.createDatabase('counted');
  await stage.run('counted', [
    'SET SESSION cte_max_recursion_depth = 1000000',
    'CREATE TABLE many (id INT PRIMARY KEY AUTO_INCREMENT, filler VARCHAR(200))',
    `INSERT INTO many (filler) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS}) SELECT REPEAT(i, 20) FROM n`,
    'CREATE TABLE waiting (id INT PRIMARY KEY)',
    'INSERT INTO waiting VALUES (1), (2), (3)',
    'ANALYZE TABLE many, waiting',
  ]);
  // The smaller table comes last: as long as nobody can read it, the full load goes on.
  const holder = await source.connect({ database: 'counted' });
  const task = await stage.startTask([{ name: 'counted' }], { options: { chunkBytes: 1024 * 1024 } });
  await holder.query('LOCK TABLES waiting WRITE');
  for (let kill = 0; kill < 3; kill += 1) {
    const copying = ({ phase, progress }: TaskView) =>
      phase === 'FULL_LOAD' && Number(progress?.rowsCopied ?? 0) > 0;
    await task.waitUntil(copying, 'rows', 60);
    await service.kill9();
    await service.start();
  }
  await holder.query('UNLOCK TABLES');
  await holder.end();

  await task.waitForApply();
  const { task: shown } = await client.query<{
    task: { tables: { edges: { node: { name: string; fullLoadRows: string } }[] } };
  }>('query($id: ID!) { task(id: $id) { tables(first: 9) { edges { node { name fullLoadRows } } } } }', {
    id: task.id,
  });
  const counts = shown.tables.edges.map(({ node }) => [node.name, node.fullLoadRows]);
  expect(Object.fromEntries(counts)).toMatchObject({ many: `${ROWS}`, waiting: '3' });
  const all = `${ROWS + 3}`;
  // Progress is told twice a second.
  const told = ({ progress }: TaskView) => progress?.rowsCopied === all && progress.rowsTotal === all;
  await task.waitUntil(told, 'progress with every row counted once', 30);
  expect((await stage.compare({ name: 'counted' })).report).toBe('');
  await task.operate('stopTask');
  await task.waitFor(['STOPPED']);
});
