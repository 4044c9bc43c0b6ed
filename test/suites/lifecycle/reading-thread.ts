/** Entry of a thread that asks a server for text in a character set that Node does not know, as old clients do. */
import { parentPort, workerData } from 'node:worker_threads';
import mysql from 'mysql2';

const connection = mysql.createConnection({ ...workerData, charset: 'GBK_CHINESE_CI' });
connection.query("SELECT '数据' AS text, @@character_set_results AS charset", (error, rows) => {
  parentPort?.postMessage(error?.message ?? rows);
  connection.end();
});
