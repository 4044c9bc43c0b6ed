import { type Connection, define } from '../connection.ts';
import { checkDuration, millisOf } from '../duration.ts';
import { hasCode } from '../gateway/gateway-error.ts';
import { createToken, revokeToken } from '../gateway/tokens.ts';
import { checkName } from '../names.ts';
import type { EphemeralResource } from '../protocol/contracts/ephemeral-resource.ts';
import { defineSchema } from '../protocol/schema/define.ts';
import { checkScopes } from '../scopes.ts';

const schema = defineSchema({
  description:
    'A token of the API that lives for one run of the CLI: it is in no plan and no state, and is revoked at the end. Where that cannot be done, as when the provider is killed, it ends with its `ttl`. Needs a token with the scope `admin`.',
  attributes: {
    name: {
      type: 'string',
      optional: true,
      computed: true,
      check: checkName,
      description: 'Name for people. The default is `terraform`.',
    },
    scopes: {
      type: ['set', 'string'],
      required: true,
      check: checkScopes,
      description: 'What the token allows: `read`, `write`, `operate`, `admin`.',
    },
    ttl: {
      type: 'string',
      optional: true,
      computed: true,
      check: checkDuration,
      description:
        'How long it lives if the run does not end before, as a duration such as `30m`. The default is `1h`.',
    },
    id: { type: 'string', computed: true, description: 'Made by the service.' },
    token: {
      type: 'string',
      computed: true,
      sensitive: true,
      description: 'What to send as `Authorization: Bearer …`.',
    },
    expires_at: { type: 'string', computed: true, description: 'From when on it is refused, by RFC 3339.' },
  },
});

const resource: EphemeralResource<typeof schema.attributes, Connection> = {
  schema,

  async open(config, { client, signal }) {
    const name = config.name ?? 'terraform';
    const ttl = config.ttl ?? '1h';
    const expiresAt = new Date(Date.now() + (millisOf(ttl) ?? 0)).toISOString();
    const scopes = config.scopes.filter((scope) => scope !== null).sort();
    const { token, secret } = await createToken(client.gateway, { name, scopes, expiresAt }, { signal });
    return {
      result: { name, scopes: config.scopes, ttl, id: token.id, token: secret, expires_at: expiresAt },
      handle: { id: token.id },
    };
  },

  async close({ id }, { client, signal }) {
    try {
      await revokeToken(client.gateway, String(id), signal);
    } catch (error) {
      if (!hasCode(error, 'NOT_FOUND')) throw error;
    }
  },
};

export const accessToken = define.ephemeralResource(resource);
