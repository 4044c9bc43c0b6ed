import type { MysqlServer } from '../../test/servers/mysql.ts';

const customers = 50_000;
const products = 2_000;

const schema = `
  CREATE DATABASE shop CHARACTER SET utf8mb4;
  USE shop;
  CREATE TABLE customer (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, email VARCHAR(120) NOT NULL, name VARCHAR(80) NOT NULL, address JSON,
    since TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, UNIQUE KEY (email));
  CREATE TABLE product (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(80) NOT NULL, price DECIMAL(10,2) NOT NULL, stock INT NOT NULL,
    kind ENUM('book', 'tool', 'toy', 'food') NOT NULL, picture VARBINARY(200), KEY (kind, price));
  CREATE TABLE orders (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, customer_id INT UNSIGNED NOT NULL, product_id INT UNSIGNED NOT NULL,
    quantity SMALLINT UNSIGNED NOT NULL, total DECIMAL(12,2) NOT NULL, state ENUM('new', 'paid', 'sent', 'returned') NOT NULL DEFAULT 'new',
    note VARCHAR(200), placed DATETIME(3) NOT NULL);
  CREATE TABLE payment (order_id BIGINT UNSIGNED NOT NULL, amount DECIMAL(12,2) NOT NULL, paid DATETIME(6) NOT NULL);
  CREATE VIEW turnover AS SELECT product_id, COUNT(*) AS orders, SUM(total) AS total FROM orders GROUP BY product_id;
  CREATE FUNCTION net(total DECIMAL(12,2)) RETURNS DECIMAL(12,2) DETERMINISTIC RETURN ROUND(total / 1.19, 2);
  CREATE TRIGGER stock_after_return AFTER UPDATE ON orders FOR EACH ROW
    UPDATE product SET stock = stock + NEW.quantity WHERE id = NEW.product_id AND NEW.state = 'returned' AND OLD.state <> 'returned';`;

/** Made after the rows, which is quicker. */
const keys = `ALTER TABLE orders ADD KEY (customer_id, placed), ADD KEY (state),
    ADD CONSTRAINT ordered_by FOREIGN KEY (customer_id) REFERENCES customer (id), ADD CONSTRAINT ordered FOREIGN KEY (product_id) REFERENCES product (id)`;

const digit =
  '(SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)';
/** A table of the numbers 0 to `10 ** digits - 1`, named n. */
const numbers = (digits: number): string => {
  const names = Array.from({ length: digits }, (_, index) => `d${index}`);
  const sum = names.map((name, index) => `${10 ** index} * ${name}.d`).join(' + ');
  return `(SELECT ${sum} AS n FROM ${names.map((name) => `${digit} ${name}`).join(' CROSS JOIN ')}) AS numbers`;
};

/** Makes the shop and fills it; an even number of orders, up to two million. The rows do not go through the binlog: only a full load can bring them over. */
export async function createShop(server: MysqlServer, orders: number): Promise<void> {
  await server.query(schema);
  const quick = 'USE shop; SET SESSION sql_log_bin = 0, foreign_key_checks = 0, unique_checks = 0;';
  await server.query(`${quick}
    INSERT INTO customer SELECT n + 1, CONCAT('customer', n, '@example.com'), CONCAT('Ünsal Nr. ', n), JSON_OBJECT('city', CONCAT('Ort ', n % 100), 'zip', n), '2020-01-01 12:00:00'
      FROM ${numbers(5)} WHERE n < ${customers};
    INSERT INTO product SELECT n + 1, CONCAT('Product ', n), 0.99 + n % 500, 1000000, 1 + n % 4, UNHEX(SHA2(n, 256)) FROM ${numbers(4)} WHERE n < ${products};`);
  const parts = 2;
  const share = orders / parts;
  const fill = async (part: number) => {
    const connection = await server.connect();
    await connection.query(`${quick}
      INSERT INTO orders SELECT n + 1 + ${part * share}, 1 + n * 7 % ${customers}, 1 + n * 13 % ${products}, 1 + n % 9, (1 + n % 9) * (0.99 + n % 500), 1 + n % 3,
          IF(n % 10 = 0, CONCAT('It''s number ', n, ' \\\\ 😀'), NULL), '2025-01-01' + INTERVAL n SECOND
        FROM ${numbers(6)} WHERE n < ${share}`);
    await connection.end();
  };
  await server.query('ALTER INSTANCE DISABLE INNODB REDO_LOG');
  await Promise.all(Array.from({ length: parts }, (_, part) => fill(part)));
  await server.query(
    `${quick} ${keys}; SET SESSION sql_log_bin = 1, foreign_key_checks = 1, unique_checks = 1`,
  );
  await server.query('ALTER INSTANCE ENABLE INNODB REDO_LOG');
}
