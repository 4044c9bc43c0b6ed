import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMysqlSource } from '../../../engine/connectors/mysql/source.ts';
import { openMysqlTarget } from '../../../engine/connectors/mysql/target.ts';
import { systemClock } from '../../../engine/core/clock.ts';
import { silentLogger } from '../../../engine/core/logger.ts';
import type { Source } from '../../../engine/core/source.ts';
import type { StructureSnapshot } from '../../../engine/core/structure.ts';
import type { Target } from '../../../engine/core/target.ts';
import { createMapper } from '../../../engine/transform/mapping.ts';
import { type Flavour, type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { endpointOf } from './copy.ts';

const schema = `
  CREATE DATABASE shop CHARACTER SET utf8mb4;
  USE shop;
  CREATE TABLE customers (id INT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(100) NOT NULL, name VARCHAR(50) CHARACTER SET latin1,
    UNIQUE KEY email (email), KEY name (name(10))) COMMENT 'it''s';
  CREATE TABLE orders (id BIGINT UNSIGNED PRIMARY KEY, customer INT NOT NULL, state ENUM('new','done') DEFAULT 'new',
    placed DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, note TEXT, KEY by_state (state, placed), FULLTEXT KEY words (note),
    CONSTRAINT orders_customer FOREIGN KEY (customer) REFERENCES customers (id) ON DELETE CASCADE);
  CREATE TABLE log (line VARCHAR(200), KEY line (line));
  CREATE VIEW busy AS SELECT c.id, COUNT(*) AS orders FROM customers c JOIN orders o ON o.customer = c.id GROUP BY c.id;
  CREATE VIEW busiest AS SELECT * FROM busy WHERE orders > 10;
  CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN n * 2;
  CREATE PROCEDURE fill(IN n INT) INSERT INTO log VALUES (CONCAT('é', n));
  CREATE TRIGGER logged BEFORE INSERT ON orders FOR EACH ROW SET NEW.note = 'x';
  CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DO DELETE FROM log;
`;

describe.each<Flavour>(['mysql-9.7', 'mysql-5.6', 'mariadb-10.11'])(
  'structure of %s made at 9.7',
  (flavour) => {
    let from: MysqlServer;
    let to: MysqlServer;
    let source: Source;
    let target: Target;
    let structure: StructureSnapshot;
    const selection = { databases: [{ name: 'shop', as: 'store' }] };
    const mapper = createMapper(selection);
    const indexes = async (server: MysqlServer, database: string) => {
      const rows = await server.query<Record<string, unknown>>(
        `SELECT TABLE_NAME AS t, INDEX_NAME AS i, SEQ_IN_INDEX AS n, COLUMN_NAME AS c, NON_UNIQUE AS u, SUB_PART AS s, INDEX_TYPE AS k
       FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = '${database}' ORDER BY 1, 2, 3`,
      );
      return rows.map((row) => Object.values(row).map(String).join(' '));
    };

    beforeAll(async () => {
      from = await startMysql(flavour);
      to = await startMysql('mysql-9.7');
      await from.query("SET NAMES utf8mb4; SET SESSION sql_mode = 'ANSI_QUOTES'");
      await from.query('SET GLOBAL log_bin_trust_function_creators = 1');
      await from.query(schema);
      const context = { logger: silentLogger, clock: systemClock };
      source = await openMysqlSource({ ...context, endpoint: endpointOf(from) });
      target = await openMysqlTarget({ ...context, endpoint: endpointOf(to) });
      structure = await source.readStructure(selection);
    });
    afterAll(async () => {
      await source?.close();
      await target?.close();
      await from?.stop();
      await to?.stop();
    });

    it('is read whole', () => {
      const names = (kind: 'tables' | 'views' | 'routines' | 'triggers' | 'events') =>
        structure[kind].map((definition) => definition.id.name).sort();
      expect(names('tables')).toEqual(['customers', 'log', 'orders']);
      expect(names('views')).toEqual(['busiest', 'busy']);
      expect(names('routines')).toEqual(['fill', 'twice']);
      expect(names('triggers')).toEqual(['logged']);
      expect(names('events')).toEqual(['nightly']);
      expect(structure.triggers[0]?.session.sql_mode).toContain('ANSI_QUOTES');
      expect(structure.history.tables()).toHaveLength(3);
    });

    it('begins as tables without secondary indexes', async () => {
      for (const definition of [...structure.databases, ...structure.tables, ...structure.tables]) {
        await target.structure.createContainer(definition, mapper);
      }
      const made = await indexes(to, 'store');
      expect(made.map((index) => index.split(' ').slice(0, 2).join('.'))).toEqual([
        'customers.PRIMARY',
        'orders.PRIMARY',
      ]);
    });

    it('compares text as the source does', async () => {
      const collations = async (server: MysqlServer, database: string) =>
        (
          await server.query<Record<string, string>>(
            `SELECT CONCAT(TABLE_NAME, '.', COLUMN_NAME, ' ', REPLACE(COLLATION_NAME, 'utf8mb3', 'utf8')) AS c FROM information_schema.COLUMNS
           WHERE TABLE_SCHEMA = '${database}' AND COLLATION_NAME IS NOT NULL AND TABLE_NAME <> 'busy' AND TABLE_NAME <> 'busiest' ORDER BY 1`,
          )
        ).map((row) => row.c);
      expect(await collations(to, 'store')).toEqual(await collations(from, 'shop'));
    });

    it('is completed by all indexes and foreign keys, once, whenever it stopped', async () => {
      const tables = structure.history
        .tables()
        .map((table) => ({ source: table, id: mapper.table(table.id) }));
      await to.query('ALTER TABLE store.orders ADD KEY by_state (state, placed)');
      for (const table of tables) await target.structure.addActingForeignKeys(table, mapper, tables);
      for (const table of [...tables, ...tables]) await target.structure.completeTable(table, mapper, tables);
      expect(await indexes(to, 'store')).toEqual(await indexes(from, 'shop'));
      const keys = await to.query(
        `SELECT CONSTRAINT_NAME AS name, REFERENCED_TABLE_NAME AS parent, DELETE_RULE AS rule FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = 'store'`,
      );
      expect(keys).toMatchObject([{ name: 'orders_customer', parent: 'customers', rule: 'CASCADE' }]);
    });

    it('ends with the objects that act, under other names', async () => {
      const { routines, views, triggers, events } = structure;
      const inOrder = [...views].sort((a, b) => b.id.name.localeCompare(a.id.name));
      for (const definition of [...routines, ...inOrder, ...triggers, ...events, ...inOrder]) {
        await target.structure.createObject(definition, mapper);
      }
      await to.query("INSERT INTO store.customers VALUES (1, 'a@b', 'é')");
      await to.query('INSERT INTO store.orders (id, customer) VALUES (1, 1)');
      await to.query('CALL store.fill(2)');
      expect(await to.query('SELECT id, orders FROM store.busy')).toMatchObject([{ id: 1, orders: 1 }]);
      expect(await to.query('SELECT note, store.twice(4) AS n FROM store.orders')).toMatchObject([
        { note: 'x', n: 8 },
      ]);
      expect(await to.query('SELECT line FROM store.log')).toMatchObject([{ line: 'é2' }]);
      const modes = await to.query(
        `SELECT SQL_MODE AS mode FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = 'store'`,
      );
      expect(modes).toMatchObject([{ mode: 'ANSI_QUOTES' }]);
    });

    it('tells whether an object changed', async () => {
      const objects = [
        { database: 'store', name: 'orders' },
        { database: 'store', name: 'none' },
      ];
      const before = await target.structure.fingerprint(objects);
      await to.query('INSERT INTO store.orders (id, customer) VALUES (2, 1)');
      expect(await target.structure.fingerprint(objects)).toBe(before);
      const session = {
        sql_mode: "'NO_AUTO_CREATE_USER,STRICT_TRANS_TABLES'",
        unheard_of: '1',
        foreign_key_checks: '1',
      };
      await target.structure.execute({
        text: 'ALTER TABLE orders ADD COLUMN x INT',
        database: 'store',
        session,
      });
      expect(await target.structure.fingerprint(objects)).not.toBe(before);
    });

    it('refuses a table of the same name with other columns', async () => {
      const table = structure.tables.find((definition) => definition.id.name === 'log')!;
      await to.query('ALTER TABLE store.log ADD COLUMN more INT');
      await expect(target.structure.createContainer(table, mapper)).rejects.toMatchObject({
        code: 'TARGET_OBJECT_EXISTS',
      });
    });
  },
);
