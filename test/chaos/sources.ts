import { setTimeout as delay } from 'node:timers/promises';
import { syncedCommits } from '../servers/installation.ts';
import type { Flavour, MysqlServer } from '../servers/mysql.ts';
import type { Random } from '../workload/random.ts';
import { isConnectionLoss } from '../workload/workload.ts';

/** A kind of server that tasks read from. */
export interface ChaosSource {
  readonly name: string;
  readonly flavour: Flavour;
  readonly args: readonly string[];
  /** What goes on at the server besides the load, until disposed. */
  readonly trouble?: (server: MysqlServer, random: Random) => AsyncDisposable;
}

/** What a server has acknowledged is there after its death. */
export const durable = syncedCommits;

const common = [...durable, '--event-scheduler=ON'];

/** Each task has the next of them as its source, and the newest MySQL as its target. */
export const sources: readonly ChaosSource[] = [
  { name: 'MySQL 9.7', flavour: 'mysql-9.7', args: common },
  { name: 'MySQL 5.6', flavour: 'mysql-5.6', args: common },
  { name: 'MariaDB 10.11', flavour: 'mariadb-10.11', args: common },
  {
    name: 'MySQL 9.7 without GTIDs',
    flavour: 'mysql-9.7',
    args: [...common, '--gtid-mode=OFF', '--enforce-gtid-consistency=OFF'],
  },
  {
    name: 'MySQL 9.7 with minimal row images',
    flavour: 'mysql-9.7',
    args: [...common, '--binlog-row-image=MINIMAL'],
  },
  {
    name: 'MySQL 9.7 with semi-synchronous commits',
    flavour: 'mysql-9.7',
    args: [...common, '--plugin-load-add=semisync_source.so', '--rpl-semi-sync-source-timeout=400'],
    trouble: loseReplicas,
  },
];

/** Time and again no replica answers: what is committed then is in the log for a while before any read at the source can see it. */
function loseReplicas(server: MysqlServer, random: Random): AsyncDisposable {
  const over = new AbortController();
  /** The server waits until its timeout, and not again before it was switched on anew. */
  const lose = async () => {
    const connection = await server.connect();
    try {
      for (const state of ['OFF', 'ON'])
        await connection.query(`SET GLOBAL rpl_semi_sync_source_enabled = ${state}`);
    } finally {
      connection.destroy();
    }
  };
  const losing = (async () => {
    while (!over.signal.aborted) {
      await lose().catch((error) => {
        if (!isConnectionLoss(error)) throw error;
      });
      await delay(random.between(1000, 3000), undefined, { signal: over.signal }).catch(() => undefined);
    }
  })();
  losing.catch(() => undefined); // told when disposed
  return {
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await losing;
    },
  };
}
