import { type Connection, define } from '../connection.ts';
import { hasCode } from '../gateway/gateway-error.ts';
import {
  type ApiToken,
  allTokens,
  createToken,
  findToken,
  type NewToken,
  revokeToken,
} from '../gateway/tokens.ts';
import { checkInstant } from '../instant.ts';
import { checkName } from '../names.ts';
import type { ResourceContext } from '../protocol/contracts/context.ts';
import type { Finding } from '../protocol/contracts/diagnostics.ts';
import type { Resource } from '../protocol/contracts/resource.ts';
import { defineSchema } from '../protocol/schema/define.ts';
import { checkScopes } from '../scopes.ts';
import { hold } from './hold.ts';
import { located } from './task/field-path.ts';

const schema = defineSchema({
  description:
    'A token that opens the API of the service. Its secret is kept in the state in clear: for a run of the CLI itself prefer the ephemeral resource opendts_access_token. ' +
    'A token cannot be changed, so that every change makes another one and revokes the former. ' +
    'One that an interrupted apply has left, to whose request no answer came, is revoked when the same apply is run again in the same directory; of others that nobody is known to hold a warning tells. Needs a token with the scope `admin`.',
  attributes: {
    id: { type: 'string', computed: true, description: 'Made by the service. It never changes.' },
    name: {
      type: 'string',
      required: true,
      requiresReplace: true,
      check: checkName,
      description: 'Name for people, 1 to 64 characters.',
    },
    scopes: {
      type: ['set', 'string'],
      required: true,
      requiresReplace: true,
      check: checkScopes,
      description:
        'What the token allows: `read` for queries, `write` for creating and configuring, `operate` for starting, pausing, stopping, completing and destroying, `admin` for tokens and all of it.',
    },
    expires_at: {
      type: 'string',
      optional: true,
      requiresReplace: true,
      check: checkInstant,
      equivalent: (left, right) => Date.parse(String(left)) === Date.parse(String(right)),
      description:
        'From when on the token is refused, by RFC 3339, such as `2027-01-31T12:00:00Z`. The default is never.',
    },
    prefix: { type: 'string', computed: true, description: 'Its first characters, to tell tokens apart.' },
    secret: {
      type: 'string',
      computed: true,
      nullable: true,
      sensitive: true,
      description:
        'What to send as `Authorization: Bearer …`. The service shows it once: it is null after an import.',
    },
  },
});

const resource: Resource<typeof schema.attributes, Connection> = {
  schema,

  plan({ planned, prior }, { diagnostics }) {
    const { expires_at: end } = planned;
    // One that there is stays, also when its time is over.
    if (prior === null && typeof end === 'string' && Date.parse(end) <= Date.now()) {
      diagnostics.error({
        summary: 'The token would have expired already',
        detail: `${end} is over. Set expires_at to a later time, or leave it out for a token that does not expire.`,
        path: ['expires_at'],
      });
    }
    return { planned };
  },

  async create({ planned }, context) {
    const { client } = context;
    const name = planned.name as string;
    const scopes = planned.scopes as readonly string[];
    const expiresAt = planned.expires_at as string | null;
    const input = { name, scopes: [...scopes].sort(), ...(expiresAt === null ? {} : { expiresAt }) };
    const { token, secret } = await client.ownership.inTurn(`token ${name}`, async () => {
      const others = await unusedTokens(input, context);
      const made = await located(() => makeToken({ ...input, claimed: false }, context));
      client.ownership.hold(made.token.id);
      warnOf(
        others.filter(({ id }) => id !== made.lost?.id),
        context,
      );
      return made;
    });
    return { id: token.id, name, scopes, expires_at: expiresAt, prefix: token.prefix, secret };
  },

  async read(state, context) {
    const token = await findToken(context.client.gateway, state.id, context.signal);
    if (token === undefined || token.revokedAt !== null) return null;
    await hold('ApiToken', token, context);
    const { id, name, scopes, expiresAt, prefix } = token;
    return { id, name, scopes: [...scopes], expires_at: expiresAt, prefix, secret: state.secret };
  },

  // Every attribute that can be set replaces the token.
  async update({ prior }) {
    return prior;
  },

  async delete({ id }, { client, signal }) {
    try {
      await revokeToken(client.gateway, id, signal);
    } catch (error) {
      if (!hasCode(error, 'NOT_FOUND')) throw error;
    }
  },

  async import(id, { client, signal }) {
    const token = await findToken(client.gateway, id, signal);
    return token === undefined || token.revokedAt !== null ? null : { id, secret: null };
  },
};

/**
 * A token and its secret. A request that this directory has sent before, and to which no answer came, is sent again: what it has made
 * is known by that, surely, and is revoked, because its secret came to nobody.
 */
async function makeToken(input: NewToken, { client, signal, diagnostics }: ResourceContext<Connection>) {
  const { gateway, journal } = client;
  const before = journal.unanswered('token', input.name);
  const unanswered = before !== undefined;
  const { key } = journal.begin('token', input.name, before);
  const made = await createToken(gateway, input, { key, signal }).catch((error) => {
    // Another token was asked for then: that one is warned of.
    if (unanswered && hasCode(error, 'IDEMPOTENCY_CONFLICT')) return createToken(gateway, input, { signal });
    throw error;
  });
  journal.made('token', input.name, made.token.id);
  if (unanswered && made.lost !== undefined) diagnostics.warning(revoked(made.lost));
  return made;
}

const revoked = ({ name, prefix, id }: ApiToken): Finding => ({
  summary: `A token "${name}" that nobody knows was revoked`,
  detail: `An apply that was cut off has made ${prefix}… and its secret came to nobody. Another one takes its place. Token: ${id}.`,
});

/** Open tokens of that name and those scopes which nobody has claimed or ever used. */
async function unusedTokens(
  { name, scopes }: NewToken,
  { client: { gateway, ownership }, signal }: ResourceContext<Connection>,
): Promise<readonly ApiToken[]> {
  return (await allTokens(gateway, signal)).filter(
    (token) =>
      !token.claimed &&
      token.revokedAt === null &&
      token.lastUsedAt === null &&
      token.name === name &&
      token.scopes.toSorted().join() === scopes.join() &&
      ownership.standing(token.id) === undefined,
  );
}

/** They may be what an apply has left that was cut off, and they may be what another state holds since a moment: so they stay. */
function warnOf(others: readonly ApiToken[], { diagnostics }: ResourceContext<Connection>): void {
  const [first] = others;
  if (first === undefined) return;
  const which = others.map(({ id, prefix }) => `${id} (${prefix}…)`).join(', ');
  diagnostics.warning({
    summary: `There are other tokens "${first.name}" that nobody has used yet`,
    detail: `An apply that was cut off may have left them, or another state holds them since a moment. Revoke by revokeApiToken what nobody holds: ${which}.`,
  });
}

export const apiToken = define.resource(resource);
