import { DtsError } from '../../../core/errors.ts';
import type { ObjectDefinition } from '../../../core/structure.ts';
import { type TableId, tableLabel } from '../../../core/table.ts';
import type { NameMapping, StructureTarget } from '../../../core/target.ts';
import type { ServerCapabilities } from '../capabilities.ts';
import type { MysqlConnection } from '../connection.ts';
import type { ConnectionPool } from '../connection-pool.ts';
import { serverOf } from '../ddl/dialect.ts';
import { planReplay } from '../ddl/rewrite.ts';
import { quoteName, quoteTable, quoteText } from '../identifier.ts';
import { foldedId, foldingMapping, foldsNames } from '../source-settings.ts';
import { addActingForeignKeys, completeTable } from './complete-table.ts';
import { createDatabase, createTable } from './create-container.ts';
import { createObject, executeChange } from './create-object.ts';
import { withCollationOfSession } from './explicit-collation.ts';
import { fingerprint } from './fingerprint.ts';
import { existingTables, occupiedTables } from './occupied.ts';
import { placeholderFor } from './placeholder.ts';
import { restoreSession } from './session-state.ts';
import { versionOf } from './table-at-target.ts';

/** Making objects at a MySQL or MariaDB target. Statements that change a session's state get a session of their own. */
export function structureTarget(options: {
  pool: ConnectionPool;
  /** A session that nobody uses before or after. */
  fresh: () => Promise<MysqlConnection>;
  capabilities: () => Promise<ServerCapabilities>;
  /** As last asked. */
  known: () => ServerCapabilities | undefined;
}): StructureTarget {
  const { pool, fresh } = options;
  const alone = async <T>(work: (connection: MysqlConnection) => Promise<T>): Promise<T> => {
    const connection = await fresh();
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  };
  return {
    async createContainer(definition, mapping) {
      const target = await options.capabilities();
      await pool.with((connection) => create(connection, definition, mapping, target));
    },

    completeTable: async (table, mapping, parents) => {
      const target = await options.capabilities();
      await pool.with((connection) => completeTable({ connection, table, mapping, parents, target }));
    },

    addActingForeignKeys: async (table, mapping, parents) => {
      const target = await options.capabilities();
      await pool.with((connection) => addActingForeignKeys({ connection, table, mapping, parents, target }));
    },

    createObject: (definition, mapping) =>
      alone((connection) => createObject(connection, definition, mapping)),

    truncate: (table) =>
      pool.with(async (connection) => {
        // Foreign key checks are off in our sessions: a table with children can be emptied too.
        await connection.execute(`TRUNCATE TABLE ${quoteTable(table)}`, {
          object: tableLabel(table),
        });
      }),

    hold: (table) =>
      pool.with(async (connection) => {
        const object = tableLabel(table);
        await connection.execute(await placeholderFor(connection, table), { object });
        await connection.execute(`TRUNCATE TABLE ${quoteTable(table)}`, { object });
      }),

    drop: (table) =>
      pool.with(async (connection) => {
        await connection.execute(`DROP TABLE IF EXISTS ${quoteTable(table)}`, {
          object: tableLabel(table),
        });
      }),

    occupied: (tables) =>
      pool.with(async (connection) => occupiedTables(connection, await existingTables(connection, tables))),

    fingerprint: async (objects, { owner, identity } = {}) => {
      if (owner !== undefined) await alone((connection) => holdStatementLock(connection, owner));
      return await pool.with((connection) => fingerprint(connection, objects, identity ?? false));
    },

    plan(event, mapping, selects) {
      const known = options.known();
      const folds = foldsNames(event.statement.session);
      const names = folds ? foldingMapping(mapping) : mapping;
      const chosen = folds ? (id: TableId) => selects(foldedId(id)) : selects;
      if (known === undefined) return planReplay(event, names, chosen);
      const target = versionOf(known);
      const statement = withCollationOfSession(event.statement, target);
      return planReplay({ ...event, statement }, names, chosen, {
        source: serverOf(statement.session),
        target,
      });
    },

    execute: (statement, owner) =>
      alone(async (connection) => {
        if (owner !== undefined) await holdStatementLock(connection, owner);
        if (statement.database !== '') await connection.execute(`USE ${quoteName(statement.database)}`);
        await restoreSession(connection, statement.session);
        return await executeChange(connection, statement);
      }),
  };
}

/**
 * The server goes on with a statement whose client is gone. The session that runs one holds this lock until its end, so that whoever
 * gets the lock knows that none is running. It goes with the session.
 */
async function holdStatementLock(connection: MysqlConnection, owner: string): Promise<void> {
  const name = quoteText(`opendts ${owner}`.slice(0, 64));
  // Asked again and again: a wait as long as the statement would look like a dead connection.
  for (;;) {
    const [row] = await connection.query(`SELECT GET_LOCK(${name}, ${LOCK_SECONDS}) AS got`);
    if (row?.got === '1') return;
  }
}

const LOCK_SECONDS = 5;

async function create(
  connection: MysqlConnection,
  definition: ObjectDefinition,
  mapping: NameMapping,
  target: ServerCapabilities,
): Promise<void> {
  if (definition.kind === 'database') return createDatabase(connection, definition, mapping, target);
  if (definition.kind === 'table') return createTable(connection, definition, mapping, target);
  throw new DtsError('INTERNAL', `a ${definition.kind} is no container`);
}
