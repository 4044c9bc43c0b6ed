import { TaskHarness } from '../pipeline/task-harness.ts';
import { type Ends, expectEqual, runIn } from './ends.ts';
import type { Scenario } from './scenarios.ts';

/** Plays a scenario under a running task and compares the ends; `as` is the database's name at the target. */
export async function followScenario(
  ends: Ends,
  scenario: Scenario,
  names: { database: string; as?: string },
): Promise<void> {
  const { database, as } = names;
  await ends.source.query(`CREATE DATABASE ${database}`);
  await runIn(ends.source, database, scenario.setup);
  const selected = {
    name: database,
    ...(as ? { as } : {}),
    ...(scenario.tables ? { tables: scenario.tables } : {}),
  };
  await using task = await TaskHarness.create({ ...ends, selection: { databases: [selected] } });
  task.start();
  await task.caughtUp();
  await runIn(ends.source, database, scenario.changes);
  await task.complete();
  await expectEqual(ends, [selected]);
}
