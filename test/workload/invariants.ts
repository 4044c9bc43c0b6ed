import type { RowDataPacket } from 'mysql2/promise';
import type { MysqlServer } from '../servers/mysql.ts';
import { accounts, firstBalance } from './tables.ts';

/** Rules that hold after every transaction of the workload, each as a query that gives the rows which break it. */
const rules: readonly { readonly rule: string; readonly broken: string }[] = [
  {
    rule: 'no money is made or lost',
    broken: `SELECT total FROM (SELECT (SELECT SUM(balance) FROM account_a) + (SELECT SUM(balance) FROM account_b) AS total) AS sums
              WHERE total <> ${2 * accounts * firstBalance}`,
  },
  ...['a', 'b'].map((side) => ({
    rule: `the log of transfers explains every balance of account_${side}`,
    broken: `SELECT id, balance, moved FROM (SELECT id, balance, IFNULL((SELECT SUM(delta) FROM transfer_log WHERE side = '${side}' AND account = id), 0) AS moved
               FROM account_${side}) AS accounts WHERE balance <> ${firstBalance} + moved`,
  })),
  {
    rule: 'the journal has every transaction of every writer once, up to its clock',
    broken: `SELECT clock.writer, clock.seq, COUNT(journal.seq) AS journaled, MAX(journal.seq) AS last FROM clock LEFT JOIN journal ON journal.writer = clock.writer
              GROUP BY clock.writer, clock.seq HAVING journaled <> clock.seq OR IFNULL(last, 0) <> clock.seq`,
  },
  {
    rule: 'no child without its parent',
    broken: 'SELECT id, parent FROM child WHERE parent IS NOT NULL AND parent NOT IN (SELECT id FROM parent)',
  },
  {
    rule: 'no grandchild without its child',
    broken:
      'SELECT id, child FROM grandchild WHERE child IS NOT NULL AND child NOT IN (SELECT id FROM child)',
  },
  {
    rule: 'no branch without its tree',
    broken:
      'SELECT id, up FROM tree WHERE up IS NOT NULL AND up NOT IN (SELECT id FROM (SELECT id FROM tree) AS ids)',
  },
  {
    rule: 'the log of the triggers explains how many lines there are',
    broken: `SELECT logged, present FROM (SELECT (SELECT IFNULL(SUM(delta), 0) FROM line_log) AS logged, (SELECT COUNT(*) FROM line) AS present) AS counts
              WHERE logged <> present`,
  },
  {
    rule: 'every beat of the event is counted',
    broken: 'SELECT beats FROM beat_count WHERE beats <> (SELECT COUNT(*) FROM beat)',
  },
];

/**
 * Reads one consistent state of an end and tells which rules it breaks. A state that the source never had breaks one of them: half a
 * transaction, a transaction that is missing between others, a row that was written twice.
 */
export async function brokenRules(server: MysqlServer, database: string): Promise<string[]> {
  const connection = await server.connect({ multipleStatements: false, database });
  try {
    await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    const found: string[] = [];
    for (const { rule, broken } of rules) {
      const [rows] = await connection.query<RowDataPacket[]>(broken);
      if (rows.length > 0)
        found.push(`${rule}: ${rows.length} times, for example ${JSON.stringify(rows[0])}`);
    }
    return found;
  } finally {
    await connection.end();
  }
}

/** How often the event of the workload wrote. Rules about what it writes prove nothing where it never did. */
export async function beatsOf(server: MysqlServer, database: string): Promise<number> {
  const [row] = await server.query<{ beats: number }>(`SELECT beats FROM \`${database}\`.beat_count`);
  return Number(row?.beats ?? 0);
}
