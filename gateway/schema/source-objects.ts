import type { CatalogTable } from '../../engine/index.ts';
import { builder } from './builder.ts';
import { connectionOf, keyOf, pageArguments, pageComplexity } from './connection.ts';
import * as rules from './rules.ts';

const SourceTable = builder.objectRef<CatalogTable>('SourceTable').implement({
  description: 'A table that an endpoint has.',
  fields: (t) => ({
    database: t.exposeString('database', { description: 'Its database.' }),
    name: t.exposeString('name', { description: 'Its name.' }),
    estimatedRows: t.expose('estimatedRows', {
      type: 'BigInt',
      description: "Its rows by the server's statistics.",
    }),
    hasPrimaryKey: t.exposeBoolean('hasPrimaryKey', { description: 'True when it has a primary key.' }),
  }),
});

const SourceTableConnection = builder.connectionObject(
  { type: SourceTable, name: 'SourceTableConnection', description: "A page of an endpoint's tables." },
  { name: 'SourceTableEdge', description: 'A table on a page.' },
);

interface SourceObjects {
  readonly endpointId: string;
  readonly databases: readonly string[] | undefined;
}

const SourceObjectsType = builder.objectRef<SourceObjects>('SourceObjects').implement({
  description: 'What an endpoint has to be carried. Each field asks the server when it is asked for.',
  fields: (t) => ({
    databases: t.stringList({
      description: "Its databases, without those of the system's own.",
      complexity: { field: 20, multiplier: 1 },
      resolve: async ({ endpointId, databases }, _args, { engine }) => {
        const all = await engine.endpoints.databases(endpointId);
        return all.filter((name) => databases === undefined || databases.includes(name));
      },
    }),
    tables: t.field({
      type: SourceTableConnection,
      description: 'Its tables, in the order of their names. Views are none.',
      args: pageArguments(),
      complexity: pageComplexity,
      resolve: async ({ endpointId, databases }, { first, after }, { engine }) => {
        const key = keyOf(after);
        const [database, name] = key?.split('\0') ?? [];
        const page = await engine.endpoints.tables(endpointId, {
          databases,
          first,
          after: database === undefined || name === undefined ? undefined : { database, name },
        });
        return connectionOf(page, key, (table) => `${table.database}\0${table.name}`);
      },
    }),
  }),
});

builder.queryField('sourceObjects', (t) =>
  t.field({
    type: SourceObjectsType,
    nullable: true,
    description: 'What an endpoint has to be carried; null when no endpoint has that id.',
    authScopes: { read: true },
    args: {
      endpointId: t.arg.id({ required: true, description: 'The endpoint.', validate: rules.objectId }),
      databases: t.arg.stringList({
        required: false,
        description: 'Only of these databases; absent for all.',
        validate: rules.identifierList,
      }),
    },
    resolve: (_root, { endpointId, databases }, { engine }) =>
      engine.endpoints.get(endpointId) ? { endpointId, databases: databases ?? undefined } : null,
  }),
);
