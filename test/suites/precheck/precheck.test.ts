import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../engine/core/clock.ts';
import type { EndpointConfig } from '../../../engine/core/endpoint.ts';
import { silentLogger } from '../../../engine/core/logger.ts';
import type { ObjectSelection } from '../../../engine/core/selection.ts';
import { defaultTaskOptions, type PrecheckItem, type Task } from '../../../engine/core/task.ts';
import { runPrecheck } from '../../../engine/precheck/run.ts';
import { type MysqlServer, startMysql } from '../../servers/mysql.ts';

const whole: ObjectSelection = { databases: [{ name: 'shop' }] };

const taskOf = (objects: ObjectSelection, conflictMode: 'REPORT' | 'IGNORE' = 'REPORT'): Task => ({
  id: 'task',
  name: 'task',
  kind: 'MIGRATION',
  state: 'CHECKING',
  desiredState: 'IDLE',
  objects,
  options: { ...defaultTaskOptions, conflictMode },
  claimed: true,
  createdAt: 0,
  updatedAt: 0,
  version: 1,
});

const endpointOf = (
  server: MysqlServer,
  username = server.username,
  password = server.password,
): EndpointConfig => ({
  engine: 'MYSQL',
  host: server.host,
  port: server.port,
  username,
  password,
  tls: { mode: 'PREFERRED' },
});

/** Names of what did not pass, with grade and objects. */
const findings = (items: readonly PrecheckItem[]): Record<string, string> =>
  Object.fromEntries(
    items
      .filter((item) => item.grade !== 'PASS')
      .map((item) => [item.name, [item.grade, ...item.objects].join(' ')]),
  );

describe('the precheck of two MySQL servers', () => {
  let source: MysqlServer;
  let target: MysqlServer;

  const check = async (options: {
    objects?: ObjectSelection;
    source?: EndpointConfig;
    target?: EndpointConfig;
    conflictMode?: 'REPORT' | 'IGNORE';
  }) => {
    const items = await runPrecheck({
      task: taskOf(options.objects ?? whole, options.conflictMode),
      source: options.source ?? endpointOf(source),
      target: options.target ?? endpointOf(target),
      logger: silentLogger,
      clock: systemClock,
    });
    return findings(items);
  };

  beforeAll(async () => {
    source = await startMysql('mysql-9.7');
    target = await startMysql('mysql-9.7', { args: ['--local-infile=ON'] });
    await source.query('CREATE DATABASE shop');
    await source.query('CREATE TABLE shop.customers (id INT PRIMARY KEY)');
  });
  afterAll(async () => {
    await source?.stop();
    await target?.stop();
  });

  it('passes when nothing is wrong', async () => {
    expect(await check({})).toEqual({});
  });

  it('finds settings of the source that make capture impossible or costly', async () => {
    await source.query("SET GLOBAL binlog_format = 'STATEMENT'");
    await source.query("SET GLOBAL binlog_row_image = 'MINIMAL'");
    await source.query('SET GLOBAL binlog_expire_logs_seconds = 3600');
    expect(await check({})).toEqual({
      'source.binlog_format': 'FAIL',
      'source.binlog_row_image': 'WARNING',
      'source.binlog_retention': 'WARNING',
    });
    await source.query("SET GLOBAL binlog_format = 'ROW'");
    await source.query("SET GLOBAL binlog_row_image = 'FULL'");
    await source.query('SET GLOBAL binlog_expire_logs_seconds = 2592000');
    await source.query("SET GLOBAL binlog_row_image = 'NOBLOB', binlog_row_value_options = 'PARTIAL_JSON'");
    expect(await check({})).toEqual({
      'source.binlog_row_image': 'WARNING',
      'source.binlog_row_value_options': 'FAIL',
    });
    await source.query("SET GLOBAL binlog_row_image = 'FULL'");
    expect(await check({})).toEqual({});
    await source.query("SET GLOBAL binlog_row_value_options = ''");
  });

  it('finds settings of the target', async () => {
    await target.query('SET GLOBAL read_only = ON, local_infile = OFF, max_allowed_packet = 1048576');
    await target.query(
      "CREATE USER plain@'127.0.0.1' IDENTIFIED BY 'p'; GRANT CREATE, SELECT, INSERT, UPDATE, DELETE, DROP, ALTER, INDEX, REFERENCES, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, TRIGGER, EVENT ON *.* TO plain@'127.0.0.1'",
    );
    expect(await check({ target: endpointOf(target, 'plain', 'p') })).toEqual({
      'target.read_only': 'FAIL',
      'target.local_infile': 'WARNING',
      'target.max_allowed_packet': 'WARNING',
    });
    await target.query('SET GLOBAL read_only = OFF, local_infile = ON, max_allowed_packet = DEFAULT');
  });

  it('tells what becomes of tables without a primary key at the target', async () => {
    await source.query('CREATE DATABASE heap; CREATE TABLE heap.loose (v INT NOT NULL UNIQUE)');
    await target.query(
      "CREATE USER maker@'127.0.0.1' IDENTIFIED BY 'm'; GRANT ALL ON *.* TO maker@'127.0.0.1'",
    );
    await target.query(
      "REVOKE SUPER, SYSTEM_VARIABLES_ADMIN, SESSION_VARIABLES_ADMIN ON *.* FROM maker@'127.0.0.1'",
    );
    const found = async (username: string, password: string) =>
      await check({
        objects: { databases: [{ name: 'heap' }] },
        target: endpointOf(target, username, password),
      });
    await target.query('SET GLOBAL sql_generate_invisible_primary_key = ON');
    expect(await found('maker', 'm')).toEqual({ 'target.tables_without_primary_key': 'WARNING heap.loose' });
    await target.query('SET GLOBAL sql_require_primary_key = ON');
    expect(await found('maker', 'm')).toEqual({ 'target.tables_without_primary_key': 'FAIL heap.loose' });
    expect(await found(target.username, target.password)).toEqual({});
    await target.query('SET GLOBAL sql_generate_invisible_primary_key = OFF, sql_require_primary_key = OFF');
  });

  it('names each missing privilege', async () => {
    await source.query(
      "CREATE USER reader@'127.0.0.1' IDENTIFIED BY 'r'; GRANT SELECT, TRIGGER ON `sh\\_p`.* TO reader@'127.0.0.1'",
    );
    await source.query(
      "GRANT REPLICATION CLIENT ON *.* TO reader@'127.0.0.1'; GRANT SELECT, EVENT ON `sho_`.* TO reader@'127.0.0.1'",
    );
    await target.query(
      "CREATE USER writer@'127.0.0.1' IDENTIFIED BY 'w'; GRANT ALL ON shop.* TO writer@'127.0.0.1'",
    );
    const found = await check({
      source: endpointOf(source, 'reader', 'r'),
      target: endpointOf(target, 'writer', 'w'),
    });
    expect(found).toEqual({
      'source.privileges':
        'FAIL REPLICATION SLAVE ON *.* SHOW VIEW ON shop.* TRIGGER ON shop.* SHOW_ROUTINE ON *.*',
      'target.privileges':
        'FAIL CREATE ON opendts.* SELECT ON opendts.* INSERT ON opendts.* UPDATE ON opendts.* DELETE ON opendts.*',
    });
  });

  it('finds privileges that come by a role', async () => {
    await source.query(
      'CREATE ROLE replicator; GRANT REPLICATION SLAVE, REPLICATION CLIENT, SELECT, SHOW VIEW, TRIGGER, EVENT ON *.* TO replicator',
    );
    await source.query(
      "CREATE USER by_role@'127.0.0.1' IDENTIFIED BY 'r'; GRANT replicator TO by_role@'127.0.0.1'; SET DEFAULT ROLE replicator TO by_role@'127.0.0.1'",
    );
    expect(await check({ source: endpointOf(source, 'by_role', 'r') })).toEqual({});
  });

  it('finds what is odd about the objects', async () => {
    await source.query(`CREATE DATABASE odd; CREATE TABLE odd.keyless (v INT);
      CREATE TABLE odd.child (id INT PRIMARY KEY, c INT, FOREIGN KEY (c) REFERENCES shop.customers (id) ON DELETE CASCADE);
      CREATE TABLE odd.scratch (id INT PRIMARY KEY) ENGINE = MEMORY; CREATE TABLE odd.old (id INT PRIMARY KEY) ENGINE = MyISAM;
      CREATE TABLE odd.counted (a INT, n INT AUTO_INCREMENT, PRIMARY KEY (a, n)) ENGINE = MyISAM;
      CREATE TRIGGER odd.t BEFORE INSERT ON odd.child FOR EACH ROW SET NEW.c = 1`);
    const objects = {
      databases: [{ name: 'odd' }, { name: 'shop', tables: [{ name: 'gone' }] }, { name: 'none' }],
    };
    expect(await check({ objects })).toEqual({
      'source.objects': 'FAIL shop.gone none',
      'source.tables_without_key': 'WARNING odd.keyless',
      'source.engines': 'FAIL odd.scratch',
      'source.transactional_tables': 'WARNING odd.counted odd.old',
      'source.auto_increment': 'FAIL odd.counted',
      'source.foreign_key_parents': 'FAIL odd.child',
      'source.triggers': 'WARNING odd.child',
    });
  });

  it('finds tables at the target that would lose values or rows', async () => {
    await source.query(`CREATE DATABASE made; CREATE TABLE made.times (id INT PRIMARY KEY, at DATETIME(6));
      CREATE TABLE made.names (name VARCHAR(20) COLLATE utf8mb4_bin PRIMARY KEY); CREATE TABLE made.wide (id INT PRIMARY KEY, at DATETIME);
      CREATE TABLE made.looks (id INT PRIMARY KEY)`);
    await target.query(`CREATE DATABASE made; CREATE TABLE made.times (id INT PRIMARY KEY, at DATETIME);
      CREATE TABLE made.names (name VARCHAR(20) COLLATE utf8mb4_0900_ai_ci PRIMARY KEY);
      CREATE TABLE made.wide (id BIGINT PRIMARY KEY, at DATETIME(6)); CREATE VIEW made.looks AS SELECT 1 AS id FROM DUAL WHERE FALSE`);
    const found = await check({ objects: { databases: [{ name: 'made' }] } });
    expect(found).toEqual({ 'target.existing_tables': expect.stringMatching(/^FAIL /) });
    const told = found['target.existing_tables'];
    expect(told).toContain('made.times: its column at is datetime, which does not hold all of datetime(6)');
    expect(told).toContain('made.names: its column name, of a unique key, has the collation');
    expect(told).toContain('made.looks: it is no table');
    expect(told).not.toContain('made.wide');
  });

  it('finds defaults of tables at the target that differ, where the log leaves them out', async () => {
    await source.query(`CREATE DATABASE unsaid; CREATE TABLE unsaid.five (id INT PRIMARY KEY, v INT DEFAULT 5);
      CREATE TABLE unsaid.same (id INT PRIMARY KEY, v INT DEFAULT 5, at DATETIME DEFAULT CURRENT_TIMESTAMP)`);
    await target.query(`CREATE DATABASE unsaid; CREATE TABLE unsaid.five (id INT PRIMARY KEY, v INT DEFAULT 7);
      CREATE TABLE unsaid.same (id INT PRIMARY KEY, v BIGINT DEFAULT 5, at DATETIME)`);
    const objects = { databases: [{ name: 'unsaid' }] };
    expect(await check({ objects })).toEqual({});
    await source.query("SET GLOBAL binlog_row_image = 'MINIMAL'");
    const told = (await check({ objects }))['target.existing_tables'];
    await source.query("SET GLOBAL binlog_row_image = 'FULL'");
    expect(told).toMatch(
      /^FAIL unsaid\.five: its column v has the default '7', at the source the default '5'[^:]*$/,
    );
  });

  it('doubts columns that are computed otherwise at the target', async () => {
    await source.query(`CREATE DATABASE sums; CREATE TABLE sums.more (id INT PRIMARY KEY, v INT AS (id + 1) STORED);
      CREATE TABLE sums.wide (id INT PRIMARY KEY, v VARCHAR(9) AS (CONCAT(id, 'x')))`);
    await target.query(`CREATE DATABASE sums; CREATE TABLE sums.more (id INT PRIMARY KEY, v INT AS (id + 2) STORED);
      CREATE TABLE sums.wide (id BIGINT PRIMARY KEY, v VARCHAR(9) AS (CONCAT(id, 'x')))`);
    const found = await check({ objects: { databases: [{ name: 'sums' }] } });
    expect(found).toEqual({
      'target.computed_columns':
        'WARNING sums.more: its column v is computed by ((`id` + 2)), at the source by ((`id` + 1))',
    });
  });

  it('finds triggers of the target by what they do to the rows', async () => {
    await source.query('CREATE DATABASE acts; CREATE TABLE acts.seen (id INT PRIMARY KEY, v INT)');
    await target.query(`CREATE DATABASE acts; CREATE TABLE acts.seen (id INT PRIMARY KEY, v INT); CREATE TABLE acts.other (id INT);
      CREATE TRIGGER acts.noted AFTER INSERT ON acts.seen FOR EACH ROW INSERT INTO acts.other VALUES (NEW.id);
      CREATE TRIGGER acts.elsewhere BEFORE INSERT ON acts.other FOR EACH ROW SET NEW.id = 1`);
    const found = () => check({ objects: { databases: [{ name: 'acts' }] } });
    expect(await found()).toEqual({ 'target.triggers': 'WARNING acts.seen: noted' });
    await source.query('CREATE TRIGGER acts.own AFTER INSERT ON acts.seen FOR EACH ROW SET @seen = 1');
    expect(await found()).toMatchObject({ 'target.triggers': 'FAIL acts.seen: noted' });
    await source.query('DROP TRIGGER acts.own');
    await target.query('CREATE TRIGGER acts.changed BEFORE UPDATE ON acts.seen FOR EACH ROW SET NEW.v = 1');
    expect(await found()).toEqual({ 'target.triggers': 'FAIL acts.seen: changed' });
  });

  it('finds members of ENUM and SET that definitions show as question marks', async () => {
    await source.query(`SET NAMES utf8mb4; CREATE DATABASE moods;
      CREATE TABLE moods.real (id INT PRIMARY KEY, v ENUM('yes', '?', 'why?'), w SET('a', 'b?'));
      CREATE TABLE moods.faces (id INT PRIMARY KEY, v ENUM('well', '😀'), w SET('a', 'b?', 'c😀'), x ENUM('?'))`);
    expect(await check({ objects: { databases: [{ name: 'moods' }] } })).toEqual({
      'source.members': 'FAIL moods.faces.v moods.faces.w',
    });
  });

  it('doubts members that the user may not ask for, and names the privilege', async () => {
    await source.query(`CREATE DATABASE hidden_moods; CREATE TABLE hidden_moods.t (id INT PRIMARY KEY, v ENUM('?'));
      CREATE USER unreading@'127.0.0.1' IDENTIFIED BY 'u';
      GRANT REPLICATION SLAVE, REPLICATION CLIENT, INSERT, SHOW VIEW, TRIGGER, EVENT, SHOW_ROUTINE ON *.* TO unreading@'127.0.0.1'`);
    const objects = { databases: [{ name: 'hidden_moods' }] };
    expect(await check({ objects, source: endpointOf(source, 'unreading', 'u') })).toEqual({
      'source.privileges': 'FAIL SELECT ON hidden_moods.*',
      'source.members': 'WARNING hidden_moods.t.v',
    });
  });

  it('finds defaults of bytes that differ, and doubts what a statement without strict mode may leave out', async () => {
    await source.query(`CREATE DATABASE bytes; CREATE TABLE bytes.other (id INT PRIMARY KEY, v BINARY(3) NOT NULL DEFAULT 0xFF0001);
      CREATE TABLE bytes.same (id INT PRIMARY KEY, v VARBINARY(3) DEFAULT 0xFF); CREATE TABLE bytes.looser (id INT PRIMARY KEY, v INT NOT NULL)`);
    await target.query(`CREATE DATABASE bytes; CREATE TABLE bytes.other (id INT PRIMARY KEY, v BINARY(3) NOT NULL DEFAULT 0xFE0001);
      CREATE TABLE bytes.same (id BIGINT PRIMARY KEY, v VARBINARY(3) DEFAULT 0xFF); CREATE TABLE bytes.looser (id INT PRIMARY KEY, v INT)`);
    await source.query("SET GLOBAL binlog_row_image = 'MINIMAL'");
    const found = await check({ objects: { databases: [{ name: 'bytes' }] } });
    await source.query("SET GLOBAL binlog_row_image = 'FULL'");
    expect(found['target.existing_tables']).toMatch(
      /^FAIL bytes\.other: its column v has the default 0xFE0001, at the source the default 0xFF0001, [^:]*$/,
    );
    expect(found['target.computed_columns']).toMatch(
      /^WARNING bytes\.looser: its column v takes NULL, at the source it is NOT NULL without a default: [^:]*$/,
    );
  });

  it('takes a table to which the target added a key', async () => {
    await source.query(`CREATE DATABASE plain; CREATE TABLE plain.loose (v INT)`);
    await target.query(`CREATE DATABASE plain; SET SESSION sql_generate_invisible_primary_key = ON;
      CREATE TABLE plain.loose (v BIGINT)`);
    const found = await check({ objects: { databases: [{ name: 'plain' }] } });
    expect(found['target.existing_tables']).toBeUndefined();
  });

  it('finds rows in the way, by the conflict mode', async () => {
    await target.query('CREATE DATABASE store; CREATE TABLE store.customers (id INT PRIMARY KEY)');
    const objects = { databases: [{ name: 'shop', as: 'store' }] };
    expect(await check({ objects })).toEqual({});
    await target.query('INSERT INTO store.customers VALUES (1)');
    expect(await check({ objects })).toEqual({ 'target.conflicts': 'FAIL store.customers' });
    expect(await check({ objects, conflictMode: 'IGNORE' })).toEqual({
      'target.conflicts': 'WARNING store.customers',
    });
  });

  it('names the tables whose rows at the target will go', async () => {
    await source.query('CREATE DATABASE held; CREATE TABLE held.loose (v INT)');
    await target.query(
      'CREATE DATABASE held; CREATE TABLE held.loose (v INT); INSERT INTO held.loose VALUES (1)',
    );
    const objects = { databases: [{ name: 'held' }] };
    expect(await check({ objects })).toMatchObject({ 'target.conflicts': 'FAIL held.loose' });
    expect(await check({ objects, conflictMode: 'IGNORE' })).toMatchObject({
      'target.conflicts': 'WARNING held.loose',
      'target.emptied_tables': 'WARNING held.loose',
    });
  });

  it('finds foreign keys that the target would refuse, unless the user may switch that off', async () => {
    await source.query(`SET SESSION restrict_fk_on_non_standard_key = OFF; CREATE DATABASE loose_keys;
      CREATE TABLE loose_keys.parent (id INT PRIMARY KEY, a INT, b INT, KEY (a), UNIQUE KEY (b, a));
      CREATE TABLE loose_keys.child (id INT PRIMARY KEY, a INT, FOREIGN KEY (a) REFERENCES loose_keys.parent (a));
      CREATE TABLE loose_keys.sound (id INT PRIMARY KEY, a INT, b INT,
        FOREIGN KEY (id) REFERENCES loose_keys.parent (id), FOREIGN KEY (b, a) REFERENCES loose_keys.parent (b, a))`);
    await target.query(
      "CREATE USER poor@'127.0.0.1' IDENTIFIED BY 'p'; GRANT ALL ON *.* TO poor@'127.0.0.1'; REVOKE SESSION_VARIABLES_ADMIN, SYSTEM_VARIABLES_ADMIN, SUPER ON *.* FROM poor@'127.0.0.1'",
    );
    const objects = { databases: [{ name: 'loose_keys' }] };
    const name = 'target.foreign_key_parents';
    expect(await check({ objects })).toEqual({});
    const found = await check({ objects, target: endpointOf(target, 'poor', 'p') });
    expect(found[name]).toBe('FAIL loose_keys.child');
    await target.query('SET GLOBAL restrict_fk_on_non_standard_key = OFF');
    expect((await check({ objects, target: endpointOf(target, 'poor', 'p') }))[name]).toBeUndefined();
  });

  it('names tables that are left out and are not there', async () => {
    await source.query('CREATE DATABASE logs; CREATE TABLE logs.log (id INT PRIMARY KEY)');
    await source.query(
      'CREATE TABLE logs.kept (id INT PRIMARY KEY); CREATE VIEW logs.shown AS SELECT 1 AS one',
    );
    const without = (...excludeTables: string[]) =>
      check({ objects: { databases: [{ name: 'shop' }, { name: 'logs', excludeTables }] } });
    expect(await without('nolog', 'log', 'LOG')).toEqual({
      'source.excluded_tables': 'WARNING logs.nolog logs.LOG',
    });
    expect(await without('log', 'shown')).toEqual({});
  });

  it('refuses to overwrite the source with itself', async () => {
    const found = await check({ target: endpointOf(source) });
    expect(found['servers.apart']).toBe('FAIL shop.customers');
    const renamed = { databases: [{ name: 'shop', as: 'copy' }] };
    expect((await check({ target: endpointOf(source), objects: renamed }))['servers.apart']).toBeUndefined();
  });

  it('tells which end cannot be reached', async () => {
    expect(await check({ target: endpointOf(target, 'nobody', 'x') })).toEqual({
      'target.connectivity': 'FAIL',
    });
    expect(await check({ source: { ...endpointOf(source), port: 1 } })).toEqual({
      'source.connectivity': 'FAIL',
    });
  });

  it('finds a source without a log, GTIDs, or with filters', async () => {
    await source.restart(['--binlog-ignore-db=shop', '--gtid-mode=OFF', '--enforce-gtid-consistency=OFF']);
    expect(await check({})).toEqual({
      'source.gtid_mode': 'WARNING',
      'source.binlog_filters': 'FAIL shop',
    });
    const session = await source.connect();
    for (const text of ["START 'x'", "END 'x'", "PREPARE 'x'"]) await session.query(`XA ${text}`);
    await session.end();
    expect(await check({})).toMatchObject({ 'source.prepared_transactions': 'WARNING' });
    await source.query("XA ROLLBACK 'x'");
    await source.restart(['--skip-log-bin', '--gtid-mode=OFF', '--enforce-gtid-consistency=OFF']);
    expect(await check({})).toMatchObject({ 'source.log_bin': 'FAIL' });
  });
});

describe('the precheck of other servers', () => {
  it.each(['mysql-5.6', 'mariadb-10.11'] as const)('passes %s as a source', async (flavour) => {
    await using source = await startMysql(flavour);
    await using target = await startMysql('mysql-9.7', {
      args: ['--local-infile=ON', '--max-allowed-packet=1G'],
    });
    await source.query('CREATE DATABASE shop; CREATE TABLE shop.customers (id INT PRIMARY KEY)');
    const items = await runPrecheck({
      task: taskOf(whole),
      source: endpointOf(source),
      target: endpointOf(target),
      logger: silentLogger,
      clock: systemClock,
    });
    expect(items.filter((item) => item.grade === 'FAIL')).toEqual([]);
  });

  it('finds what MySQL has not of MariaDB', async () => {
    await using source = await startMysql('mariadb-10.11');
    await using target = await startMysql('mysql-9.7', { args: ['--max-allowed-packet=1G'] });
    await source.query(`CREATE DATABASE shop; USE shop; CREATE TABLE hosts (id UUID PRIMARY KEY, at INET6);
      CREATE TABLE plain (id INT PRIMARY KEY, doc JSON)`);
    const items = async () =>
      await runPrecheck({
        task: taskOf(whole),
        source: { ...endpointOf(source), engine: 'MARIADB' },
        target: endpointOf(target),
        logger: silentLogger,
        clock: systemClock,
      });
    expect(findings(await items())).toMatchObject({
      'target.types': 'WARNING shop.hosts.id: uuid shop.hosts.at: inet6',
    });
    expect((await items()).filter(({ grade }) => grade === 'FAIL')).toEqual([]);
    await source.query(
      'CREATE SEQUENCE shop.numbers; CREATE TABLE shop.versions (id INT PRIMARY KEY) WITH SYSTEM VERSIONING',
    );
    expect(findings(await items())).toMatchObject({
      'source.kinds': 'FAIL shop.numbers: a sequence shop.versions: a system-versioned table',
    });
  });

  it('finds tables of MariaDB that are no ordinary ones, and doubts members that an old server cannot tell', async () => {
    await using source = await startMysql('mysql-5.6');
    await using target = await startMysql('mariadb-10.11');
    await source.query(`CREATE DATABASE shop; CREATE TABLE shop.kept (id INT PRIMARY KEY);
      CREATE TABLE shop.plain (id INT PRIMARY KEY, v ENUM('a', '?') CHARACTER SET utf8mb4, w ENUM('?') CHARACTER SET latin1)`);
    await target.query(
      'CREATE DATABASE shop; CREATE TABLE shop.kept (id INT PRIMARY KEY) WITH SYSTEM VERSIONING',
    );
    const items = await runPrecheck({
      task: taskOf(whole),
      source: endpointOf(source),
      target: { ...endpointOf(target), engine: 'MARIADB' },
      logger: silentLogger,
      clock: systemClock,
    });
    expect(findings(items)).toMatchObject({
      'source.members': 'WARNING shop.plain.v',
      'target.existing_tables': expect.stringMatching(/^FAIL shop\.kept: its definition is not understood: /),
    });
  });

  it('finds texts that definitions of MariaDB show as question marks', async () => {
    await using source = await startMysql('mariadb-10.11');
    await using target = await startMysql('mysql-9.7', { args: ['--max-allowed-packet=1G'] });
    const members = Array.from({ length: 64 }, (_, at) => `'m${at}?'`).join(', ');
    await source.query(`SET NAMES utf8mb4; CREATE DATABASE shop CHARACTER SET utf8mb4; USE shop;
      CREATE TABLE said (id INT PRIMARY KEY, lost VARCHAR(9) DEFAULT '😀', kept VARCHAR(9) DEFAULT 'why?',
        doubtful VARCHAR(9) NOT NULL DEFAULT '?', e ENUM('?', 'b'), latin VARCHAR(9) CHARACTER SET latin1 DEFAULT '?',
        computed VARCHAR(20) AS (CONCAT(lost, '😀')), said VARCHAR(20) DEFAULT (CONCAT('😀', '?')));
      CREATE TABLE many (id INT PRIMARY KEY, v SET(${members}))`);
    const items = async () =>
      findings(
        await runPrecheck({
          task: taskOf(whole),
          source: { ...endpointOf(source), engine: 'MARIADB' },
          target: endpointOf(target),
          logger: silentLogger,
          clock: systemClock,
        }),
      );
    expect(await items()).toMatchObject({
      'source.members': 'WARNING shop.many.v',
      'source.defaults': 'FAIL shop.said.lost',
    });
    await source.query('ALTER TABLE shop.said DROP COLUMN computed, DROP COLUMN lost');
    expect(await items()).toMatchObject({ 'source.defaults': 'WARNING shop.said.doubtful' });
    await source.query('INSERT INTO shop.said (id) VALUES (1)');
    expect(await items()).not.toHaveProperty(['source.defaults']);
  });

  it('finds what MariaDB has not of MySQL', async () => {
    await using source = await startMysql('mysql-9.7');
    await using target = await startMysql('mariadb-10.11');
    await source.query(`CREATE DATABASE shop; USE shop; SET GLOBAL binlog_row_value_options = 'PARTIAL_JSON';
      CREATE TABLE docs (id INT PRIMARY KEY, doc JSON);
      CREATE TABLE vectors (id INT PRIMARY KEY, v VECTOR(3));
      CREATE TABLE words (id INT PRIMARY KEY, word VARCHAR(20), KEY lowered ((LOWER(word))));
      CREATE TABLE chinese (id INT PRIMARY KEY, word VARCHAR(20) CHARACTER SET gb18030)`);
    const items = async () =>
      findings(
        await runPrecheck({
          task: taskOf(whole),
          source: endpointOf(source),
          target: { ...endpointOf(target), engine: 'MARIADB' },
          logger: silentLogger,
          clock: systemClock,
        }),
      );
    expect(await items()).toMatchObject({
      'source.binlog_row_value_options': 'FAIL',
      'target.types': 'FAIL shop.vectors.v: vector',
      'target.expression_indexes': 'FAIL shop.words: lowered',
      'target.collations': 'FAIL shop.chinese',
    });
    await source.query('DROP TABLE shop.vectors');
    expect(await items()).toMatchObject({ 'target.types': 'WARNING shop.docs.doc: json' });
  });

  it('finds what MySQL 5.6 cannot be asked for as a target', async () => {
    await using source = await startMysql('mysql-5.6');
    await using target = await startMysql('mysql-5.6', { args: ['--explicit-defaults-for-timestamp=ON'] });
    await source.query('CREATE DATABASE shop; CREATE TABLE shop.customers (id INT PRIMARY KEY)');
    const items = async () =>
      findings(
        await runPrecheck({
          task: taskOf(whole),
          source: endpointOf(source),
          target: endpointOf(target),
          logger: silentLogger,
          clock: systemClock,
        }),
      );
    expect(await items()).toMatchObject({ 'target.explicit_defaults_for_timestamp': 'FAIL' });
    await target.restart(['--explicit-defaults-for-timestamp=OFF']);
    expect(Object.values(await items()).filter((grade) => grade.startsWith('FAIL'))).toEqual([]);
  });

  it('finds engines and collations that only MariaDB has, and XA transactions that it may yet commit', async () => {
    await using source = await startMysql('mariadb-10.11');
    await using target = await startMysql('mysql-9.7');
    await source.query(`CREATE DATABASE shop; CREATE TABLE shop.notes (id INT PRIMARY KEY) ENGINE = Aria;
      CREATE TABLE shop.named (v VARCHAR(9) COLLATE utf8mb4_uca1400_ai_ci PRIMARY KEY);
      CREATE TABLE shop.told (id INT PRIMARY KEY, v VARCHAR(9) COLLATE utf8mb4_uca1400_ai_ci)`);
    await source.query("XA START 'x'; XA END 'x'; XA PREPARE 'x'");
    const items = await runPrecheck({
      task: taskOf(whole),
      source: { ...endpointOf(source), engine: 'MARIADB' },
      target: endpointOf(target),
      logger: silentLogger,
      clock: systemClock,
    });
    expect(findings(items)).toMatchObject({
      'source.transactional_tables': 'WARNING shop.notes',
      'target.collations': 'FAIL shop.named',
      'source.prepared_transactions': 'WARNING',
    });
  });
});
