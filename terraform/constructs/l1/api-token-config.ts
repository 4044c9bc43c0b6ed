// Generated from the schema of the provider by `npm run constructs`; do not edit.
import type { TerraformMetaArguments } from 'cdktf';
import type { Shape } from '../shape.ts';

/** What `ApiToken` takes. */
export interface ApiTokenConfig extends TerraformMetaArguments {
  /** Name for people, 1 to 64 characters. */
  readonly name: string;
  /**
   * What the token allows: `read` for queries, `write` for creating and configuring, `operate` for
   * starting, pausing, stopping, completing and destroying, `admin` for tokens and all of it.
   */
  readonly scopes: readonly string[];
  /**
   * From when on the token is refused, by RFC 3339, such as `2027-01-31T12:00:00Z`. The default is
   * never.
   */
  readonly expiresAt?: string | undefined;
}

export const apiTokenShape: Shape = {
  name: { terraform: 'name', type: 'string' },
  scopes: { terraform: 'scopes', type: { set: 'string' } },
  expiresAt: { terraform: 'expires_at', type: 'string' },
};
