import { expect } from 'vitest';
import type { ObjectSelection } from '../../../engine/core/selection.ts';
import { type ComparedDatabase, compareEnds } from '../../compare/compare.ts';
import type { MysqlServer } from '../../servers/mysql.ts';

export interface Ends {
  readonly source: MysqlServer;
  readonly target: MysqlServer;
}

/** Runs statements in order in one session, in the database. */
export async function runIn(
  server: MysqlServer,
  database: string,
  statements: readonly string[],
): Promise<void> {
  await server.query(`USE ${database}`);
  for (const statement of statements) await server.query(statement);
}

export async function expectEqual(ends: Ends, databases: readonly ComparedDatabase[]): Promise<void> {
  const comparison = await compareEnds({ ...ends, databases });
  expect(comparison.report).toBe('');
  expect(comparison.equal).toBe(true);
}

export const wholeDatabase = (name: string, as?: string): ObjectSelection => ({
  databases: [as === undefined ? { name } : { name, as }],
});
