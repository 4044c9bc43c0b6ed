import { setupOf, statementsOf, typeMatrix } from './test/fixtures/type-matrix.ts';
import { type Flavour, startMysql } from './test/servers/mysql.ts';
import { makeDatabase, run } from './test/suites/exactness/ends.ts';
import { TaskHarness } from './test/suites/pipeline/task-harness.ts';
import { compareEnds } from './test/compare/compare.ts';
const [from, to] = process.argv.slice(2) as Flavour[];
const skip = new Set((process.argv[4] ?? '').split(','));
const [source,target]=await Promise.all([startMysql(from!),startMysql(to!)]);
const t0=Date.now(); const log=(s:string)=>console.log(((Date.now()-t0)/1000).toFixed(1),s);
const leftOut: string[] = [];
try {
  for (;;) {
  const whole=typeMatrix(from!);
  const matrix={...whole,tables:whole.tables.filter(t=>!skip.has(t.name))};
  await target.query('DROP DATABASE IF EXISTS types; DROP DATABASE IF EXISTS opendts');
  await makeDatabase(source,'types',setupOf(matrix));
  const task = await TaskHarness.create({ source, target, selection: { databases: [{ name: 'types' }] }});
  try {
    task.start(); await task.caughtUp(); log('copied');
    console.log((await compareEnds({source,target,databases:[{name:'types'}]})).report);
    for (const round of matrix.rounds) await run(source, 'types', statementsOf(matrix, round));
    await task.complete(); log('complete');
    console.log('AFTER', (await compareEnds({source,target,databases:[{name:'types'}]})).report);
    break;
  } catch (e: any) {
    const name = /types\.`?([^ :]*)/.exec(e.message)?.[1];
    console.log(String(e.message).slice(0,300));
    if (!name || skip.has(name)) { console.log(e); break; }
    skip.add(name); leftOut.push(name);
  } finally { await task[Symbol.asyncDispose](); }
  }
} finally { await source.stop(); await target.stop(); console.log('left out', leftOut); }
