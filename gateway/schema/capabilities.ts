import { type EngineName, type TaskKind, taskKinds } from '../../engine/index.ts';
import { limits } from '../limits.ts';
import { builder } from './builder.ts';
import { EngineEnum, TaskKindEnum } from './enums.ts';

interface EngineCapability {
  readonly engine: EngineName;
  readonly versions: readonly string[];
}

/** Versions that the tests run against or that share their protocol. */
const engines: readonly EngineCapability[] = [
  { engine: 'MYSQL', versions: ['5.6', '5.7', '8.0', '8.4', '9.x'] },
  { engine: 'MARIADB', versions: ['10.6', '10.11', '11.x'] },
];

const EngineCapabilityType = builder.objectRef<EngineCapability>('EngineCapability').implement({
  description: 'A database system that can be source and target.',
  fields: (t) => ({
    engine: t.expose('engine', { type: EngineEnum, description: 'The database system.' }),
    versions: t.stringList({
      description: 'Its versions that are supported.',
      resolve: ({ versions }) => [...versions],
    }),
  }),
});

const LimitsType = builder.objectRef<typeof limits>('RequestLimits').implement({
  description: 'What one request may ask for.',
  fields: (t) => ({
    complexity: t.exposeInt('complexity', {
      description: 'Fields of the answer, with lists counted at the size that was asked for.',
    }),
    depth: t.exposeInt('depth', { description: 'Nesting of the request, inline fragments counted.' }),
    aliases: t.exposeInt('aliases', { description: 'Aliases in the request.' }),
    pageSize: t.exposeInt('pageSize', { description: 'Largest page of a connection.' }),
    streamsPerToken: t.exposeInt('streamsPerToken', { description: 'Live streams that one token may hold.' }),
  }),
});

interface Capabilities {
  readonly version: string;
  readonly kinds: readonly TaskKind[];
}

const CapabilitiesType = builder.objectRef<Capabilities>('Capabilities').implement({
  description: 'What this service can do.',
  fields: (t) => ({
    version: t.exposeString('version', { description: 'Version of the service.' }),
    kinds: t.field({
      type: [TaskKindEnum],
      description: 'Kinds of tasks.',
      resolve: ({ kinds }) => kinds,
    }),
    engines: t.field({
      type: [EngineCapabilityType],
      description: 'Database systems; any two can be joined.',
      resolve: () => engines,
    }),
    limits: t.field({
      type: LimitsType,
      description: 'What one request may ask for.',
      resolve: () => limits,
    }),
  }),
});

builder.queryField('capabilities', (t) =>
  t.field({
    type: CapabilitiesType,
    nullable: true,
    description: 'What this service can do.',
    authScopes: { read: true },
    resolve: (_root, _args, { version }) => ({ version, kinds: taskKinds }),
  }),
);
