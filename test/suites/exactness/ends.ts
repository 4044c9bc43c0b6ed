import { expect } from 'vitest';
import { type ComparedDatabase, compareEnds } from '../../compare/compare.ts';
import { type Flavour, type MysqlServer, type StartOptions, startMysql } from '../../servers/mysql.ts';
import { type HarnessOptions, TaskHarness } from '../pipeline/task-harness.ts';

/** A source and a target for the tasks of one file. */
export interface Ends extends AsyncDisposable {
  readonly source: MysqlServer;
  readonly target: MysqlServer;
  /** Makes a task between them; it is not started yet. */
  task(options: Omit<HarnessOptions, 'source' | 'target'>): Promise<TaskHarness>;
  /** Fails with what differs. */
  expectEqual(
    databases: readonly ComparedDatabase[],
    options?: { triggersAndEvents?: boolean },
  ): Promise<void>;
}

export async function startEnds(
  options: { source?: Flavour; sourceServer?: StartOptions; targetServer?: StartOptions } = {},
): Promise<Ends> {
  const [source, target] = await Promise.all([
    startMysql(options.source ?? 'mysql-9.7', options.sourceServer),
    startMysql('mysql-9.7', options.targetServer),
  ]);
  return {
    source,
    target,
    task: (harness) => TaskHarness.create({ ...harness, source, target }),
    async expectEqual(databases, { triggersAndEvents = false } = {}) {
      const { report, rowsCompared } = await compareEnds({ source, target, databases, triggersAndEvents });
      expect(report).toBe('');
      expect(rowsCompared).toBeGreaterThan(0);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([source.stop(), target.stop()]);
    },
  };
}

/** Runs statements in order in one session of their own; many go in one packet. */
export async function run(
  server: MysqlServer,
  database: string,
  statements: readonly string[],
): Promise<void> {
  const connection = await server.connect({ ...(database ? { database } : {}), multipleStatements: true });
  try {
    for (let i = 0; i < statements.length; i += 100) {
      await connection.query(statements.slice(i, i + 100).join(';\n'));
    }
  } finally {
    await connection.end();
  }
}

/** Makes a database anew and runs statements in it. */
export async function makeDatabase(
  server: MysqlServer,
  database: string,
  statements: readonly string[],
): Promise<void> {
  await run(server, '', [
    `DROP DATABASE IF EXISTS ${database}`,
    `CREATE DATABASE ${database} CHARACTER SET utf8mb4`,
  ]);
  await run(server, database, statements);
}
