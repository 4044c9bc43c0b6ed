import type { MysqlServer } from '../../servers/mysql.ts';
import { type BenchCase, type Goal, memoryGoal, type OpenCase, opened, requireEqual } from '../bench-case.ts';
import { applying, OurService, remove } from '../our-service.ts';
import { mydumperAndMyloader, mydumperVersion } from '../peers/mydumper.ts';
import { mysqldumpAndMysql, mysqldumpVersion } from '../peers/mysqldump.ts';
import { type LimitTable, ServerLimit } from '../peers/server-limit.ts';
import { createSysbenchTable, createWideTable } from '../rows.ts';
import { startBenchServer, versionOf } from '../servers.ts';

// From the start of the task to the first change that goes straight through: structure, rows, keys. The binary log of the target is on.

const database = 'bench';
const mydumper = (ratio: number): Goal => ({
  what: 'full load',
  unit: 's',
  peer: { name: 'mydumper + myloader', reading: 'mydumper', ratio },
});

/** Without a ratio it is told alone. */
const limit = (ratio?: number): Goal => ({
  what: 'full load',
  unit: 's',
  peer: {
    name: 'server-side LOAD DATA, 4 sessions',
    reading: 'limit',
    ...(ratio !== undefined && { ratio }),
  },
});

const sysbenchAtLimit = (name: string): LimitTable => ({
  name,
  create: `CREATE TABLE ${name} (id INT NOT NULL AUTO_INCREMENT, k INT NOT NULL DEFAULT 0, c CHAR(120) NOT NULL DEFAULT '',
    pad CHAR(60) NOT NULL DEFAULT '', PRIMARY KEY (id))`,
  keys: `ALTER TABLE ${name} ADD KEY k_1 (k)`,
});

export const fullLoad: BenchCase = {
  name: 'full-load',
  goals: [
    mydumper(1.7),
    limit(0.8),
    { what: 'full load', unit: 's', peer: { name: 'mysqldump into mysql', reading: 'mysqldump' } },
    memoryGoal,
  ],
  open: (rows = 2_000_000) =>
    openFullLoad(async (source) => {
      const tables = Array.from({ length: 10 }, (_, i) => `${database}.sbtest${i + 1}`);
      for (const table of tables) await createSysbenchTable(source, table, Math.ceil(rows / tables.length));
      return { limitTables: tables.map(sysbenchAtLimit), mysqldump: true };
    }),
};

export const fullLoadWide: BenchCase = {
  name: 'full-load-wide',
  goals: [mydumper(1.5), memoryGoal],
  open: (rows = 1_000_000) =>
    openFullLoad(async (source) => {
      await createWideTable(source, `${database}.wide`, rows);
      return {};
    }),
};

export const fullLoadOneTable: BenchCase = {
  name: 'full-load-one-table',
  goals: [mydumper(1.7), limit(), memoryGoal],
  open: (rows = 5_000_000) =>
    openFullLoad(async (source) => {
      await createSysbenchTable(source, `${database}.one`, rows);
      return { limitTables: [sysbenchAtLimit(`${database}.one`)] };
    }),
};

/** Peers beside mydumper and myloader. */
interface MorePeers {
  readonly limitTables?: readonly LimitTable[];
  readonly mysqldump?: boolean;
}

interface Peer {
  readonly reading: string;
  /** Fills the empty database at the target. Seconds. */
  load(): Promise<number>;
}

const openFullLoad = (create: (source: MysqlServer) => Promise<MorePeers>): Promise<OpenCase> =>
  opened(async (stack) => {
    const source = await startBenchServer(stack);
    const target = await startBenchServer(stack);
    await source.query(`CREATE DATABASE ${database}`);
    const { limitTables, mysqldump } = await create(source);
    const peers: Peer[] = [
      { reading: 'mydumper', load: () => mydumperAndMyloader(source, target, database) },
    ];
    if (limitTables !== undefined) {
      const limit = stack.use(await ServerLimit.create(source, limitTables));
      peers.push({ reading: 'limit', load: () => limit.load(target) });
    }
    if (mysqldump)
      peers.push({ reading: 'mysqldump', load: () => mysqldumpAndMysql(source, target, database) });
    const versions = {
      ...(await versionOf(source)),
      ...(await mydumperVersion()),
      ...(mysqldump && (await mysqldumpVersion())),
    };
    const ours = stack.use(await OurService.start());
    const empty = () => target.query(`DROP DATABASE IF EXISTS ${database}; RESET BINARY LOGS AND GTIDS`);
    const loadByPeers = async () => {
      const readings: Record<string, number> = {};
      for (const peer of peers) {
        await empty();
        await target.query(`CREATE DATABASE ${database}`);
        readings[peer.reading] = await peer.load();
        await requireEqual(source, target, database);
      }
      return readings;
    };
    const loadByUs = async () => {
      await empty();
      const task = await ours.prepare({ source, target, databases: [{ name: database }] });
      const measured = await ours.measure(async () => {
        await task.operate('startTask');
        await applying(task);
      });
      await requireEqual(source, target, database);
      await remove(task, target);
      return measured;
    };
    return {
      versions,
      // The servers are the same for all, and every peer is a process that starts anew.
      warmUp: loadByUs,
      async round() {
        const readings = await loadByPeers();
        return { ...(await loadByUs()), ...readings };
      },
    };
  });
