import type { ApiToken } from '../../engine/index.ts';
import { builder } from './builder.ts';
import { connectionOf, keyOf, pageArguments, pageComplexity } from './connection.ts';
import { ScopeEnum } from './enums.ts';
import { InvalidInputRefusal, NotFoundRefusal } from './errors.ts';
import { claimed, id, idempotencyKey } from './inputs.ts';
import { perform } from './perform.ts';
import * as rules from './rules.ts';

const ApiTokenType = builder.objectRef<ApiToken>('ApiToken').implement({
  description: 'A token that opens the API. Only a hash of it is kept.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Made by the service; never changes.' }),
    name: t.exposeString('name', { description: 'Name for people.' }),
    prefix: t.exposeString('prefix', { description: 'Its first characters, to tell tokens apart.' }),
    scopes: t.field({
      type: [ScopeEnum],
      description: 'What it allows.',
      resolve: ({ scopes }) => scopes,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'From when on it is refused; null for never.',
      resolve: ({ expiresAt }) => expiresAt ?? null,
    }),
    lastUsedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was last used, to the minute.',
      resolve: ({ lastUsedAt }) => lastUsedAt ?? null,
    }),
    revokedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was revoked.',
      resolve: ({ revokedAt }) => revokedAt ?? null,
    }),
    claimed: t.exposeBoolean('claimed', {
      description: 'False while its maker may die before it has written the secret down: see claimApiToken.',
    }),
  }),
});

const ApiTokenConnection = builder.connectionObject(
  { type: ApiTokenType, name: 'ApiTokenConnection', description: 'A page of tokens.' },
  { name: 'ApiTokenEdge', description: 'A token on a page.' },
);

builder.queryField('apiToken', (t) =>
  t.field({
    type: ApiTokenType,
    nullable: true,
    description: 'One token; null when no token has that id. Needs the scope `admin`.',
    authScopes: { admin: true },
    args: { id: t.arg.id({ required: true, description: 'Its id.', validate: rules.objectId }) },
    resolve: (_root, { id }, { engine }) => engine.tokens.get(id) ?? null,
  }),
);

builder.queryField('apiTokens', (t) =>
  t.field({
    type: ApiTokenConnection,
    nullable: true,
    description:
      'Tokens in the order of their creation; revoked ones too, for the days of history. Needs the scope `admin`.',
    authScopes: { admin: true },
    args: pageArguments(),
    complexity: pageComplexity,
    resolve: (_root, { first, after }, { engine }) => {
      const afterId = keyOf(after);
      return connectionOf(engine.tokens.list({ first, afterId }), afterId, ({ id }) => id);
    },
  }),
);

const CreateApiTokenInput = builder.inputType('CreateApiTokenInput', {
  description: 'A new token.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name for people.', validate: rules.displayName }),
    scopes: t.field({
      type: [ScopeEnum],
      required: true,
      description: 'What it allows.',
      validate: rules.scopeList,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      required: false,
      description: 'From when on it is refused; absent for never.',
    }),
    claimed: claimed(t, 'secret'),
    idempotencyKey: idempotencyKey(t),
  }),
});

const ClaimApiTokenInput = builder.inputType('ClaimApiTokenInput', {
  description: 'Which token to claim.',
  fields: (t) => ({ id: id(t, 'token'), idempotencyKey: idempotencyKey(t) }),
});

const RevokeApiTokenInput = builder.inputType('RevokeApiTokenInput', {
  description: 'Which token to revoke.',
  fields: (t) => ({ id: id(t, 'token'), idempotencyKey: idempotencyKey(t) }),
});

const CreatedApiToken = builder
  .objectRef<{ token: ApiToken; secret: string | undefined }>('CreatedApiToken')
  .implement({
    description: 'A new token and its secret.',
    fields: (t) => ({
      token: t.field({ type: ApiTokenType, description: 'The token.', resolve: ({ token }) => token }),
      secret: t.string({
        nullable: true,
        description:
          'What to send as `Authorization: Bearer …`. Shown only in the first answer: null in the answer to a repeat of the request.',
        resolve: ({ secret }) => secret ?? null,
      }),
    }),
  });

builder.mutationFields((t) => ({
  createApiToken: t.field({
    type: CreatedApiToken,
    description: 'Creates a token. Needs the scope `admin`.',
    authScopes: { admin: true },
    errors: {
      types: [InvalidInputRefusal],
      union: { name: 'CreateApiTokenResult', description: 'The token, or why it was refused.' },
    },
    args: { input: t.arg({ type: CreateApiTokenInput, required: true, description: 'The token.' }) },
    resolve: async (_root, { input }, ctx) => {
      // Kept out of the result of the work: that is stored for repeats.
      let secret: string | undefined;
      const token = await perform(ctx, {
        operation: 'createApiToken',
        input,
        work: () => {
          const { name, scopes, expiresAt, claimed } = input;
          const created = ctx.engine.tokens.create({
            name,
            scopes,
            expiresAt: expiresAt ?? undefined,
            claimed: claimed ?? true,
          });
          secret = created.secret;
          return created.token;
        },
        after: ({ id }) => ({ id }),
      });
      return { token, secret };
    },
  }),
  claimApiToken: t.field({
    type: ApiTokenType,
    description:
      'Tells that the maker of a token has written its secret down. Changes nothing else; one that is claimed stays so. Needs the scope `admin`.',
    authScopes: { admin: true },
    errors: {
      types: [NotFoundRefusal],
      union: { name: 'ClaimApiTokenResult', description: 'The token, or why it was refused.' },
    },
    args: { input: t.arg({ type: ClaimApiTokenInput, required: true, description: 'Which token.' }) },
    resolve: (_root, { input }, ctx) =>
      perform(ctx, {
        operation: 'claimApiToken',
        input,
        before: { id: input.id },
        work: () => ctx.engine.tokens.claim(input.id),
        after: ({ id }) => ({ id }),
      }),
  }),
  revokeApiToken: t.field({
    type: ApiTokenType,
    description: 'Refuses a token from now on and ends its live streams. Needs the scope `admin`.',
    authScopes: { admin: true },
    errors: {
      types: [NotFoundRefusal, InvalidInputRefusal],
      union: { name: 'RevokeApiTokenResult', description: 'The token as it is now, or why it was refused.' },
    },
    args: { input: t.arg({ type: RevokeApiTokenInput, required: true, description: 'Which token.' }) },
    resolve: async (_root, { input }, ctx) => {
      const token = await perform(ctx, {
        operation: 'revokeApiToken',
        input,
        before: { id: input.id },
        work: () => ctx.engine.tokens.revoke(input.id),
        after: ({ id }) => ({ id }),
      });
      ctx.streams.end(token.id);
      return token;
    },
  }),
}));
