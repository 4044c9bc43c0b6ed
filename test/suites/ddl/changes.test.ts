import { afterAll, beforeAll, describe, it } from 'vitest';
import { type Flavour, type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { followScenario } from './follow.ts';
import {
  commonScenarios,
  mariadbScenarios,
  modernScenarios,
  mysqlScenarios,
  type Scenario,
} from './scenarios.ts';

const pairs: readonly { from: Flavour; scenarios: readonly Scenario[] }[] = [
  { from: 'mysql-9.7', scenarios: [...commonScenarios, ...modernScenarios, ...mysqlScenarios] },
  { from: 'mysql-5.6', scenarios: commonScenarios },
  { from: 'mariadb-10.11', scenarios: [...commonScenarios, ...modernScenarios, ...mariadbScenarios] },
];

let target: MysqlServer;
beforeAll(async () => {
  target = await startMysql('mysql-9.7', { serverId: 2 });
});
afterAll(() => target?.stop());

describe.each(pairs)('schema changes from $from to mysql-9.7', ({ from, scenarios }) => {
  let source: MysqlServer;
  beforeAll(async () => {
    source = await startMysql(from, { serverId: 1 });
  });
  afterAll(() => source?.stop());
  const prefix = `of_${from.replaceAll(/\W/g, '_')}`;

  it.for(scenarios.map((scenario, at) => ({ ...scenario, at })))('$name', async (scenario) => {
    await followScenario({ source, target }, scenario, { database: `${prefix}_${scenario.at}` });
  });

  it.for(scenarios.map((scenario, at) => ({ ...scenario, at })))(
    '$name, under another name',
    async (scenario) => {
      await followScenario({ source, target }, scenario, {
        database: `${prefix}_n${scenario.at}`,
        as: `${prefix}_as${scenario.at}`,
      });
    },
  );
});
