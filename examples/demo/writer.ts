import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import type { MysqlServer } from '../../test/servers/mysql.ts';

/** Customers who never stop: they order, pay, return, and change their minds, a few hundred times per second. */
export class ShopWriter {
  readonly #server: MysqlServer;
  readonly #connections: number;
  readonly #perSecond: number;
  readonly #orders: number;
  #loops: Promise<void>[] = [];
  #stopping = false;
  #transactions = 0;
  #extra: string | undefined;

  constructor(server: MysqlServer, options: { connections: number; perSecond: number; orders: number }) {
    this.#server = server;
    this.#connections = options.connections;
    this.#perSecond = options.perSecond;
    this.#orders = options.orders;
  }

  get transactions(): number {
    return this.#transactions;
  }

  start(): void {
    this.#loops = Array.from({ length: this.#connections }, () => this.#loop());
  }

  /** From now on every transaction also executes this. */
  alsoWrite(sql: string): void {
    this.#extra = sql;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#loops);
  }

  async #loop(): Promise<void> {
    const connection = await this.#server.connect({ database: 'shop', multipleStatements: false });
    await connection.query('SET SESSION innodb_lock_wait_timeout = 50');
    let next = Date.now();
    while (!this.#stopping) {
      await this.#transaction(connection);
      next = Math.max(next + (1000 * this.#connections) / this.#perSecond, Date.now() - 500);
      const wait = next - Date.now();
      if (wait > 0) await delay(wait);
    }
    await connection.end();
  }

  async #transaction(connection: Connection): Promise<void> {
    const random = (limit: number) => 1 + Math.floor(Math.random() * limit);
    const quantity = random(9);
    const product = random(2000);
    try {
      await connection.query('START TRANSACTION');
      await connection.query(
        `INSERT INTO orders (customer_id, product_id, quantity, total, note, placed)
           SELECT ${random(50_000)}, id, ${quantity}, price * ${quantity}, NULL, NOW(3) FROM product WHERE id = ${product}`,
      );
      await connection.query(`UPDATE product SET stock = stock - ${quantity} WHERE id = ${product}`);
      if (Math.random() < 0.5)
        await connection.query(
          'INSERT INTO payment SELECT id, total, NOW(6) FROM orders WHERE id = LAST_INSERT_ID()',
        );
      if (Math.random() < 0.3)
        await connection.query(
          `UPDATE orders SET state = 'returned', note = 'back' WHERE id = ${random(this.#orders)}`,
        );
      if (Math.random() < 0.1)
        await connection.query(`DELETE FROM orders WHERE id = ${random(this.#orders)}`);
      if (this.#extra !== undefined) await connection.query(this.#extra);
      await connection.query('COMMIT');
      this.#transactions++;
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== 'ER_LOCK_DEADLOCK' && code !== 'ER_LOCK_WAIT_TIMEOUT' && code !== 'ER_TABLE_DEF_CHANGED')
        throw error;
      await connection.query('ROLLBACK');
    }
  }
}
