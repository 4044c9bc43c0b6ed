import { type Connection, define } from '../connection.ts';
import { type SourceTable, sourceDatabases, sourceTables } from '../gateway/catalog.ts';
import { GatewayError, isOfService } from '../gateway/gateway-error.ts';
import { checkId } from '../names.ts';
import type { DataSource } from '../protocol/contracts/data-source.ts';
import { type Diagnostics, ProviderError } from '../protocol/contracts/diagnostics.ts';
import { defineSchema } from '../protocol/schema/define.ts';
import type { KnownConfig } from '../protocol/schema/values-of.ts';
import { numericOf } from '../protocol/values/numeric.ts';

const schema = defineSchema({
  description:
    'The databases and tables that an endpoint has, asked of the server itself. Use it to choose what a task carries. ' +
    'With `depends_on` it waits for a change of the endpoint, which it needs where the connection that is there now does not work.',
  attributes: {
    endpoint_id: { type: 'string', required: true, check: checkId, description: 'The endpoint.' },
    databases: {
      type: ['set', 'string'],
      optional: true,
      description: 'Only of these databases. The default are all but the system databases.',
    },
    names: {
      type: ['list', 'string'],
      computed: true,
      description: 'The tables as `database.table`, in the order of their names.',
    },
    database_names: {
      type: ['list', 'string'],
      computed: true,
      description: 'The databases that exist, in the order of their names.',
    },
    tables: {
      nesting: 'list',
      computed: true,
      description: 'The tables, in the order of their names. Views are none.',
      attributes: {
        database: { type: 'string', computed: true, description: 'Its database.' },
        name: { type: 'string', computed: true, description: 'Its name.' },
        estimated_rows: {
          type: 'number',
          computed: true,
          description: "Its rows by the server's statistics.",
        },
        has_primary_key: {
          type: 'bool',
          computed: true,
          description: 'True when it has a primary key. Without one its changes are applied slowly.',
        },
      },
    },
  },
});

const source: DataSource<typeof schema.attributes, Connection> = {
  schema,
  async read(config, { client, signal, diagnostics }) {
    try {
      const found = await listed(config, client, signal);
      warnOfMissing(found, diagnostics);
      return found;
    } catch (error) {
      throw client.changingEndpoints.has(config.endpoint_id) ? readTooEarly(error) : atEndpoint(error);
    }
  },
};

async function listed(
  { endpoint_id: endpointId, databases }: KnownConfig<typeof schema.attributes>,
  { gateway }: Connection,
  signal: AbortSignal,
) {
  const only = databases?.filter((name) => name !== null) ?? null;
  const found = await sourceDatabases(gateway, endpointId, only, signal);
  if (found === null) {
    throw new ProviderError({
      code: 'NOT_FOUND',
      summary: 'There is no such endpoint',
      detail: `The service has no endpoint ${endpointId}. Refer to the attribute "id" of an opendts_endpoint.`,
      path: ['endpoint_id'],
    });
  }
  const tables = await sourceTables(gateway, endpointId, only, signal);
  return {
    endpoint_id: endpointId,
    databases,
    names: tables.map(({ database, name }) => `${database}.${name}`),
    database_names: [...found],
    tables: tables.map(tableState),
  };
}

/** What is told of a table. */
export const tableState = ({ database, name, estimatedRows, hasPrimaryKey }: SourceTable) => ({
  database,
  name,
  estimated_rows: numericOf(estimatedRows),
  has_primary_key: hasPrimaryKey,
});

/** One that is misspelt would have no tables, without a word. */
function warnOfMissing(
  { databases, database_names: found }: Awaited<ReturnType<typeof listed>>,
  diagnostics: Diagnostics,
): void {
  const missing = databases?.filter((name) => name !== null && !found.includes(name)) ?? [];
  if (missing.length === 0) return;
  diagnostics.warning({
    summary: 'Databases are not at the endpoint',
    detail: `${missing.toSorted().join(', ')}: no table of these is listed. Correct the names, or let the user of the endpoint see them. System databases are never listed.`,
    path: ['databases'],
  });
}

/** What the server did not answer is about the endpoint. */
function atEndpoint(error: unknown): unknown {
  if (!(error instanceof GatewayError) || isOfService(error)) return error;
  return new ProviderError({ ...error.finding, code: error.code, path: ['endpoint_id'], cause: error });
}

/** A CLI reads it while it plans, before the endpoint is changed, unless it is told of more than the id. */
function readTooEarly(error: unknown): unknown {
  if (!(error instanceof ProviderError)) return error;
  const { summary, detail } = error.finding;
  const remedy =
    'This plan changes the endpoint, and its tables are read before that. Add depends_on = [opendts_endpoint.…] with that endpoint to the data source, so that they are read when it is changed; or apply the change of the endpoint alone, with -target.';
  return new ProviderError({
    ...{ code: error.code, summary, path: ['endpoint_id'], cause: error },
    detail: `${detail}\n\n${remedy}`,
  });
}

export const tables = define.dataSource(source);
