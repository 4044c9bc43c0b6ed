import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { createFilledTable, expectEqual, startBehindLines } from './faulty-task.ts';

let source: MysqlServer;
let target: MysqlServer;
beforeAll(async () => {
  [source, target] = await Promise.all([startMysql('mysql-9.7'), startMysql('mysql-9.7')]);
});
afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop()]);
});

it.for(['sourceLine', 'targetLine'] as const)(
  'the lag grows while nothing comes over the %s',
  async (line) => {
    const name = line.toLowerCase();
    await createFilledTable(source, name, 100);
    await using faulty = await startBehindLines({ source, target, selection: { databases: [{ name }] } });
    const { task } = faulty;
    const lag = () => task.progress?.lagMillis ?? 0;
    await task.caughtUp();
    // Before the source may be silent: it was heard, and what it wrote is applied.
    await faulty.until(() => task.progress?.lagMillis !== undefined);
    faulty[line].refuse(true);
    faulty[line].reset();
    await source.query(`UPDATE ${name}.filled SET n = n + 1`);
    await faulty.until(() => lag() > 1000);
    const then = lag();
    await faulty.until(() => lag() > then + 2000);
    faulty[line].refuse(false);
    await faulty.until(() => lag() < 1000);
    expect(task.progress?.changesApplied).toBe(100);
    await task.complete();
    await expectEqual({ source, target }, name);
  },
);
