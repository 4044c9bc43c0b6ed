import { Construct } from 'constructs';
import { ApiToken } from './l1/api-token.ts';
import type { ApiTokenConfig } from './l1/api-token-config.ts';
import { configurationFaults } from './offline-rules.ts';

export type Scope = 'read' | 'write' | 'operate' | 'admin';

export interface AccessTokenProps {
  /** Name for people. By default the id of the construct. */
  readonly name?: string;
  /** Anything else that the resource takes; goes before what is said above. */
  readonly overrides?: Partial<ApiTokenConfig>;
}

/** A token that opens the API: at first for reading alone, then for what it is granted. `resource` is the escape hatch. */
export class AccessToken extends Construct {
  readonly resource: ApiToken;
  readonly #scopes = new Set<Scope>(['read']);

  constructor(scope: Construct, id: string, { name = id, overrides }: AccessTokenProps = {}) {
    super(scope, id);
    this.resource = new ApiToken(this, 'token', { name, scopes: [...this.#scopes], ...overrides });
    this.node.addValidation({ validate: () => configurationFaults(this.resource) });
  }

  /** Lets it create and configure endpoints and tasks. */
  grantWrite(): this {
    return this.#grant('write');
  }

  /** Lets it check, start, pause, stop, complete and destroy tasks. */
  grantOperate(): this {
    return this.#grant('operate');
  }

  /** Lets it make and revoke tokens and read the audit log; contains all others. */
  grantAdmin(): this {
    return this.#grant('admin');
  }

  #grant(scope: Scope): this {
    this.#scopes.add(scope);
    this.resource.scopes = [...this.#scopes];
    return this;
  }
}
