import type { Endpoint, EndpointTest, TlsConfig } from '../../engine/index.ts';
import { builder } from './builder.ts';
import { connectionOf, keyOf, pageArguments, pageComplexity } from './connection.ts';
import { EngineEnum, TlsModeEnum } from './enums.ts';
import { Failure } from './errors.ts';
import * as rules from './rules.ts';

const Tls = builder.objectRef<TlsConfig>('Tls').implement({
  description: 'How the connections of an endpoint are encrypted.',
  fields: (t) => ({
    mode: t.expose('mode', { type: TlsModeEnum, description: 'Whether and how.' }),
    ca: t.string({
      nullable: true,
      description: 'Certificate of the authority in PEM form; absent for the authorities of the system.',
      resolve: ({ ca }) => ca ?? null,
    }),
  }),
});

export const EndpointType = builder.objectRef<Endpoint>('Endpoint').implement({
  description: 'A saved connection to a database server. Its password is never shown.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Made by the service; never changes.' }),
    name: t.exposeString('name', { description: 'Name for people.' }),
    engine: t.expose('engine', { type: EngineEnum, description: 'The database system.' }),
    host: t.exposeString('host', { description: 'Host name or IP address.' }),
    port: t.exposeInt('port', { description: 'TCP port.' }),
    username: t.exposeString('username', { description: 'Database user.' }),
    tls: t.field({ type: Tls, description: 'How its connections are encrypted.', resolve: ({ tls }) => tls }),
    secretFingerprint: t.exposeString('secretFingerprint', {
      description: 'Changes when the password changes, and tells nothing else about it.',
    }),
    claimed: t.exposeBoolean('claimed', {
      description: 'False while its maker may die before it has written the id down: see claimEndpoint.',
    }),
    version: t.exposeInt('version', {
      description: 'Grows with every change: give it back as `expectedVersion`.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
  }),
});

export const EndpointTestType = builder.objectRef<EndpointTest>('EndpointTest').implement({
  description: 'What came of connecting to an endpoint.',
  fields: (t) => ({
    ok: t.exposeBoolean('ok', { description: 'True when the service could log in and ask.' }),
    latencyMillis: t.exposeFloat('latencyMillis', {
      description: 'Time until the server answered, milliseconds.',
    }),
    serverVersion: t.string({
      nullable: true,
      description: 'Version that the server tells.',
      resolve: ({ serverVersion }) => serverVersion ?? null,
    }),
    flavour: t.string({
      nullable: true,
      description: 'Which server it turned out to be, for example MYSQL or MARIADB.',
      resolve: ({ flavour }) => flavour ?? null,
    }),
    error: t.field({
      type: Failure,
      nullable: true,
      description: 'Why it did not work.',
      resolve: ({ error }) => error ?? null,
    }),
  }),
});

const EndpointConnection = builder.connectionObject(
  { type: EndpointType, name: 'EndpointConnection', description: 'A page of endpoints.' },
  { name: 'EndpointEdge', description: 'An endpoint on a page.' },
);

const EndpointFilterInput = builder.inputType('EndpointFilter', {
  description: 'Which endpoints to list.',
  fields: (t) => ({
    name: t.string({
      required: false,
      description: 'Of exactly this name. Names may repeat.',
      validate: rules.searchText,
    }),
  }),
});

builder.queryFields((t) => ({
  endpoint: t.field({
    type: EndpointType,
    nullable: true,
    description: 'One endpoint; null when no endpoint has that id.',
    authScopes: { read: true },
    args: { id: t.arg.id({ required: true, description: 'Its id.', validate: rules.objectId }) },
    resolve: (_root, { id }, { engine }) => engine.endpoints.get(id) ?? null,
  }),
  endpoints: t.field({
    type: EndpointConnection,
    nullable: true,
    description: 'Endpoints in the order of their creation.',
    authScopes: { read: true },
    args: {
      filter: t.arg({
        type: EndpointFilterInput,
        required: false,
        description: 'Which ones; absent for all.',
      }),
      ...pageArguments(),
    },
    complexity: pageComplexity,
    resolve: (_root, { filter, first, after }, { engine }) => {
      const afterId = keyOf(after);
      const page = engine.endpoints.list({ first, afterId }, { name: filter?.name ?? undefined });
      return connectionOf(page, afterId, ({ id }) => id);
    },
  }),
  secretMatches: t.boolean({
    nullable: true,
    description:
      'Whether a password is the one that an endpoint keeps; null when no endpoint has that id. Needs the scope `write`.',
    authScopes: { write: true },
    args: {
      endpointId: t.arg.id({ required: true, description: 'The endpoint.', validate: rules.objectId }),
      password: t.arg.string({
        required: true,
        description: 'The password to compare. Give it as a variable.',
        validate: rules.password,
      }),
    },
    resolve: (_root, { endpointId, password }, { engine }) =>
      engine.endpoints.get(endpointId) ? engine.endpoints.secretMatches(endpointId, password) : null,
  }),
}));
