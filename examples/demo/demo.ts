import { parseArgs } from 'node:util';
import { compareEnds } from '../../test/compare/compare.ts';
import { Client } from '../../test/product/client.ts';
import { Service } from '../../test/product/service.ts';
import { createMysqlTask, type TaskHandle } from '../../test/product/task.ts';
import { until } from '../../test/product/wait.ts';
import { type MysqlServer, startMysql } from '../../test/servers/mysql.ts';
import { followProgress } from './follow.ts';
import { count, Narrator } from './narrator.ts';
import { createShop } from './shop.ts';
import { ShopWriter } from './writer.ts';

// Moves a shop that stays open to another server, with everything that can go wrong on the way.

const { keep, orders } = readArguments();
const narrator = new Narrator();
/** What has to be ended, last first, also when the demo is interrupted. */
const running: (() => Promise<unknown>)[] = [];

async function demo(): Promise<boolean> {
  narrator.chapter('Two MySQL servers and the service');
  const [source, target] = await Promise.all([startServer(), startServer()]);
  narrator.say(`source ${source.url}, target ${target.url}`);
  const service = await Service.start({ env: { OPENDTS_LOG_LEVEL: 'warn' } });
  running.push(() => service.stop());
  narrator.say(`OpenDTS at ${service.url}/graphql, token in ${service.tokenPath}`);
  await createShop(source, orders);
  narrator.say(`a shop with ${count(orders)} orders at the source`);
  const writer = new ShopWriter(source, { connections: 4, perSecond: 300, orders });
  writer.start();
  running.push(() => writer.stop());
  narrator.say('its customers begin to order, about 300 transactions per second');

  narrator.chapter('The task, through the GraphQL API');
  const client = new Client(() => service);
  const databases = [{ name: 'shop' }];
  const task = await createMysqlTask(client, { name: 'move the shop', source, target, databases });
  narrator.say('createEndpoint twice, createTask');
  await task.checkAndStart();
  narrator.say('runPrecheck passed, startTask');
  const following = followProgress(client, task.id, narrator);
  running.push(() => following.stop());

  narrator.chapter('Full load, with a kill -9 in the middle');
  await task.waitUntil(
    ({ progress }) => Number(progress?.rowsCopied ?? 0) > orders / 4,
    'a quarter copied',
    120,
  );
  await killAndRestart(service);
  await source.query(
    `USE shop; CREATE TABLE review (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, order_id BIGINT UNSIGNED, stars TINYINT, words TEXT)`,
  );
  writer.alsoWrite(
    `INSERT INTO review (order_id, stars, words) VALUES (LAST_INSERT_ID(), 5, 'as good as new 😀')`,
  );
  narrator.say('CREATE TABLE review at the source; every customer now writes one');

  narrator.chapter('Changes follow, with ALTER TABLE and another kill -9');
  await task.waitForApply(150);
  narrator.say('the full load is done, changes are applied as they come');
  await source.query(
    'USE shop; ALTER TABLE orders ADD COLUMN gift BOOLEAN NOT NULL DEFAULT FALSE AFTER state, ADD KEY (placed)',
  );
  writer.alsoWrite(`UPDATE orders SET gift = TRUE WHERE id = LAST_INSERT_ID()`);
  narrator.say('ALTER TABLE orders ADD COLUMN gift, ADD KEY at the source; customers use it at once');
  const { progress } = await task.view();
  const applied = Number(progress?.changesApplied ?? 0);
  await task.waitUntil(
    (each) => Number(each.progress?.changesApplied ?? 0) > applied + 1000,
    'changes flow',
    60,
  );
  await killAndRestart(service);

  narrator.chapter('The shop closes for a moment: cutover');
  await writer.stop();
  const closed = narrator.seconds;
  narrator.say(`the writer stopped after ${count(writer.transactions)} transactions`);
  await zeroLag(task, client, source);
  narrator.say(`everything is at the target, ${(narrator.seconds - closed).toFixed(1)} s later`);
  await task.waitFor(['READY_TO_COMPLETE'], 60);
  await task.operate('completeTask');
  await task.waitFor(['COMPLETED'], 60);
  await following.stop();
  narrator.say('completeTask: COMPLETED');

  narrator.chapter('Are both ends equal? Asked by SQL of its own');
  const result = await compareEnds({ source, target, databases, triggersAndEvents: true });
  for (const table of result.tables) {
    const verdict = table.differences.length === 0 ? 'equal' : 'DIFFERENT';
    narrator.say(`${table.source.padEnd(16)} ${count(table.sourceRows).padStart(9)} rows   ${verdict}`);
  }
  if (!result.equal) narrator.say(`\n${result.report}`);
  narrator.chapter(
    result.equal
      ? `Equal: ${count(result.rowsCompared)} rows, after ${narrator.seconds.toFixed(0)} s.`
      : 'The ends differ.',
  );
  if (keep) {
    narrator.say(`API     ${service.url}/graphql`);
    narrator.say(`token   ${service.tokenPath}`);
    narrator.say(`source  ${source.url}/shop`);
    narrator.say(`target  ${target.url}/shop`);
    narrator.say('All of it runs until Ctrl-C.');
    await new Promise(() => setInterval(() => undefined, 60_000));
  }
  return result.equal;
}

/** --keep leaves all of it running at the end; --orders makes it a smaller or larger shop. */
function readArguments(): { keep: boolean; orders: number } {
  try {
    const { values } = parseArgs({
      options: { keep: { type: 'boolean', default: false }, orders: { type: 'string', default: '1000000' } },
    });
    const orders = Number(values.orders);
    if (Number.isInteger(orders / 2) && orders >= 2 && orders <= 2_000_000)
      return { keep: values.keep, orders };
    throw new Error(`--orders ${values.orders}: an even number from 2 to 2000000 is needed`);
  } catch (error) {
    console.error(`${(error as Error).message}\nUsage: npm run demo -- [--keep] [--orders N]`);
    process.exit(2);
  }
}

async function startServer(): Promise<MysqlServer> {
  const server = await startMysql('mysql-9.7', {
    args: ['--innodb-buffer-pool-size=384M', '--innodb-redo-log-capacity=512M'],
  });
  running.push(() => server.stop());
  return server;
}

async function killAndRestart(service: Service): Promise<void> {
  await service.kill9();
  narrator.say('kill -9: the service is gone');
  await service.start();
  narrator.say(`started again, at ${service.url}/graphql: the task goes on by itself`);
}

/** Waits until the position that the task has applied covers all that the source has committed. */
async function zeroLag(task: TaskHandle, client: Client, source: MysqlServer): Promise<void> {
  await until(
    async () => {
      const { task: view } = await client.query<{ task: { position: { applied: string | null } } }>(
        'query($id: ID!) { task(id: $id) { position { applied } } }',
        { id: task.id },
      );
      const [row] = await source.query<{ done: number }>(
        'SELECT GTID_SUBSET(@@GLOBAL.gtid_executed, ?) AS done',
        [view.position.applied ?? ''],
      );
      return row?.done === 1;
    },
    { seconds: 60, what: 'zero lag', describe: async () => JSON.stringify(await task.view()) },
  );
}

async function endEverything(): Promise<void> {
  for (const end of running.splice(0).reverse()) await end().catch((error) => console.error(error));
}

let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (interrupted) return; // once is enough: it takes a moment
    interrupted = true;
    narrator.say('interrupted: servers and service are stopped');
    void endEverything().finally(() => process.exit(130));
  });
}

try {
  process.exitCode = (await demo()) ? 0 : 1;
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await endEverything();
}
