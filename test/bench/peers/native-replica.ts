import type { MysqlServer } from '../../servers/mysql.ts';

/** Options of a replica that applies with 4 workers, as the manual advises. */
export const replicaArgs = [
  '--replica-parallel-workers=4',
  '--replica-preserve-commit-order=ON',
  '--skip-replica-start',
  '--relay-log-recovery=ON',
];

/** Makes an empty server a replica of the source that has received nothing yet. */
export async function configureReplica(source: MysqlServer, replica: MysqlServer): Promise<void> {
  await source.query(
    `CREATE USER IF NOT EXISTS replica@'127.0.0.1' IDENTIFIED BY 'replica'; GRANT REPLICATION SLAVE ON *.* TO replica@'127.0.0.1'`,
  );
  await replica.query(
    `CHANGE REPLICATION SOURCE TO SOURCE_HOST='${source.host}', SOURCE_PORT=${source.port}, SOURCE_USER='replica',
     SOURCE_PASSWORD='replica', SOURCE_AUTO_POSITION=1, GET_SOURCE_PUBLIC_KEY=1`,
  );
}

/** Starts it and waits until it has applied what the source holds. Seconds. */
export async function catchUp(source: MysqlServer, replica: MysqlServer): Promise<number> {
  const [row] = await source.query<{ gtid: string }>('SELECT @@GLOBAL.gtid_executed AS gtid');
  const startedAt = performance.now();
  await replica.query('START REPLICA');
  await replica.query(`SELECT WAIT_FOR_EXECUTED_GTID_SET('${row?.gtid.replace(/\s/g, '')}')`);
  const seconds = (performance.now() - startedAt) / 1000;
  await replica.query('STOP REPLICA');
  return seconds;
}
