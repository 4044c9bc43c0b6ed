import type { AuditEntry } from '../../engine/index.ts';
import { builder } from './builder.ts';
import * as rules from './rules.ts';

const OutcomeEnum = builder.enumType('AuditOutcome', {
  description: 'What became of a mutation.',
  values: {
    OK: { description: 'It was done.' },
    REFUSED: { description: 'It was refused.' },
    FAILED: { description: 'The service met a fault of its own.' },
  } satisfies Record<AuditEntry['outcome'], { description: string }>,
});

const AuditEntryType = builder.objectRef<AuditEntry & { seq: number }>('AuditEntry').implement({
  description: 'Who asked for which mutation, and what became of it. Holds no values of the request.',
  fields: (t) => ({
    seq: t.expose('seq', { type: 'BigInt', description: 'Its number, growing.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    actor: t.exposeString('actor', { description: 'Id of the token that asked.' }),
    operation: t.exposeString('operation', { description: 'Name of the mutation.' }),
    objectId: t.string({
      nullable: true,
      description: 'Id of the object.',
      resolve: ({ objectId }) => objectId ?? null,
    }),
    outcome: t.expose('outcome', { type: OutcomeEnum, description: 'What became of it.' }),
    code: t.string({
      nullable: true,
      description: 'Why it was not done: one of ErrorCode.',
      resolve: ({ code }) => code ?? null,
    }),
    versionBefore: t.int({
      nullable: true,
      description: 'Version of the object before.',
      resolve: ({ versionBefore }) => versionBefore ?? null,
    }),
    versionAfter: t.int({
      nullable: true,
      description: 'Version of the object after.',
      resolve: ({ versionAfter }) => versionAfter ?? null,
    }),
  }),
});

builder.queryField('auditLog', (t) =>
  t.field({
    type: [AuditEntryType],
    nullable: true,
    description: 'Mutations, newest first. Needs the scope `admin`.',
    authScopes: { admin: true },
    args: {
      first: t.arg.int({
        required: true,
        defaultValue: 20,
        description: 'Most entries to return: 1 to 100.',
        validate: rules.pageSize,
      }),
      before: t.arg({
        type: 'BigInt',
        required: false,
        description: '`seq` of the last entry that is known; absent for the newest.',
        validate: rules.sequence,
      }),
    },
    complexity: ({ first }) => ({ field: 1, multiplier: first }),
    resolve: (_root, { first, before }, { engine }) =>
      engine.audit.list({ first, beforeSeq: before ?? undefined }),
  }),
);
