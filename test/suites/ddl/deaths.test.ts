import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { TaskHarness } from '../pipeline/task-harness.ts';
import { expectEqual, runIn } from './ends.ts';
import { deaths, Killed, Mortality } from './mortal-target.ts';
import { commonScenarios, modernScenarios, mysqlScenarios } from './scenarios.ts';

let source: MysqlServer;
let target: MysqlServer;
beforeAll(async () => {
  [source, target] = await Promise.all([
    startMysql('mysql-9.7', { serverId: 1 }),
    startMysql('mysql-9.7', { serverId: 2 }),
  ]);
});
afterAll(() => Promise.all([source?.stop(), target?.stop()]));

const scenarios = [...commonScenarios, ...modernScenarios, ...mysqlScenarios].map((scenario, at) => ({
  ...scenario,
  at,
}));

describe.each(deaths)('a process that dies %s of each schema change', (death) => {
  const prefix = `dies_${death.replaceAll(' ', '_')}`;

  it.for(scenarios)('carries each once: $name', async (scenario) => {
    const name = `${prefix}_${scenario.at}`;
    await source.query(`CREATE DATABASE ${name}`);
    await runIn(source, name, scenario.setup);
    const selected = { name, ...(scenario.tables ? { tables: scenario.tables } : {}) };
    const mortality = new Mortality(death);
    await using task = await TaskHarness.create({
      source,
      target,
      selection: { databases: [selected] },
      wrapTarget: mortality.wrap,
    });
    task.start();
    await task.caughtUp();
    await runIn(source, name, scenario.changes);
    let lives = 0;
    for (;;) {
      const end = await task.complete().then(
        () => undefined,
        (error) => error,
      );
      if (end === undefined) break;
      if (!(end instanceof Killed)) throw end;
      lives += 1;
      task.start();
    }
    expect(mortality.kills).toBeGreaterThan(0);
    expect(lives).toBe(mortality.kills);
    await expectEqual({ source, target }, [selected]);
  });
});
