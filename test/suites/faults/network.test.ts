import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultPatience } from '../../../engine/core/source.ts';
import type { NetworkProxy } from '../../proxy/network-proxy.ts';
import { type MysqlServer, startMysql } from '../../servers/mysql.ts';
import {
  createFilledTable,
  expectEqual,
  type FaultyTask,
  keepWriting,
  startBehindLines,
} from './faulty-task.ts';

let source: MysqlServer;
let target: MysqlServer;
beforeAll(async () => {
  [source, target] = await Promise.all([startMysql('mysql-9.7'), startMysql('mysql-9.7')]);
});
afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop()]);
});

type Line = 'sourceLine' | 'targetLine';
type Fault = (line: NetworkProxy, faulty: FaultyTask) => Promise<void>;

const linesAndNames: readonly [Line, string][] = [
  ['sourceLine', 'source'],
  ['targetLine', 'target'],
];

const retried = (faulty: FaultyTask, code: string) => {
  const before = faulty.task.retries.length;
  return faulty.until(() => faulty.task.retries.slice(before).some((error) => error.code === code));
};

/** What a line does, and how the task must see it. */
const faults: Readonly<Record<string, Fault>> = {
  'is cut': async (line, faulty) => {
    const noticed = retried(faulty, 'CONNECTION_FAILED');
    line.cut();
    await noticed;
  },
  'is reset': async (line, faulty) => {
    const noticed = retried(faulty, 'CONNECTION_FAILED');
    line.reset();
    await noticed;
  },
  'refuses for a while': async (line, faulty) => {
    const noticed = retried(faulty, 'CONNECTION_FAILED');
    line.refuse(true);
    line.reset();
    await noticed;
    await retried(faulty, 'CONNECTION_FAILED');
    line.refuse(false);
  },
  'stalls without a word': async (line, faulty) => {
    const noticed = retried(faulty, 'CONNECTION_STALLED');
    line.stall();
    await noticed;
    line.resume();
  },
};

const database = (line: Line, fault: string, phase: string) =>
  `${phase}_${line}_${fault}`.toLowerCase().replace(/\W+/g, '_');

async function finish(faulty: FaultyTask, writer: { stop(): Promise<void> }, name: string): Promise<void> {
  await writer.stop();
  await faulty.task.caughtUp();
  await faulty.until(() => faulty.task.recoveries > 0);
  await faulty.task.complete();
  await expectEqual({ source, target }, name);
}

describe.for(linesAndNames)('while the line to its %s-side end is slow', ([line]) => {
  it('copy and changes take their time, and nothing is taken for broken', async () => {
    const name = database(line, 'slow', 'both');
    await createFilledTable(source, name, 3000);
    await using faulty = await startBehindLines({
      source,
      target,
      patience: defaultPatience,
      selection: { databases: [{ name }] },
      options: { chunkBytes: 256 * 1024 },
    });
    faulty[line].throttle(256 * 1024);
    faulty[line].delay(50);
    const { task } = faulty;
    await faulty.until(() => (task.progress?.rowsCopied ?? 0) > 0);
    for (let n = 0; n < 30; n += 1) {
      await source.query(`UPDATE ${name}.filled SET n = n + 1 WHERE id % 30 = ${n}`);
      await source.query(`DELETE FROM ${name}.keyless WHERE n = ${n} LIMIT 3`);
    }
    await task.caughtUp();
    await task.complete();
    expect(task.retries).toEqual([]);
    await expectEqual({ source, target }, name);
  });
});

describe.for(linesAndNames)('while the line to its %s-side end fails', ([line]) => {
  it.for(Object.keys(faults))('a copy goes on by itself when it %s', async (fault) => {
    const name = database(line, fault, 'copy');
    await createFilledTable(source, name, 12_000);
    const writer = keepWriting(source, name);
    await using faulty = await startBehindLines({
      source,
      target,
      selection: { databases: [{ name }] },
      options: { chunkBytes: 256 * 1024, fullLoadParallelism: 2 },
    });
    // Slow enough that the copy is surely in its middle.
    faulty.sourceLine.throttle(512 * 1024);
    await faulty.until(
      () => faulty.task.progress?.phase === 'FULL_LOAD' && faulty.task.progress.rowsCopied > 1000,
    );
    await faults[fault]!(faulty[line], faulty);
    faulty.sourceLine.throttle(Number.POSITIVE_INFINITY);
    await finish(faulty, writer, name);
  });

  it.for(Object.keys(faults))('changes go on by themselves when it %s', async (fault) => {
    const name = database(line, fault, 'apply');
    await createFilledTable(source, name, 1000);
    await using faulty = await startBehindLines({ source, target, selection: { databases: [{ name }] } });
    await faulty.task.caughtUp();
    const writer = keepWriting(source, name);
    const applied = () => faulty.task.progress?.changesApplied ?? 0;
    await faulty.until(() => applied() > 100);
    await faults[fault]!(faulty[line], faulty);
    const then = applied();
    await faulty.until(() => applied() > then + 100);
    await finish(faulty, writer, name);
  });
});
