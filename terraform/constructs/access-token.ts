import { Fn, Token } from 'cdktf';
import { Construct } from 'constructs';
import { ApiToken } from './l1/api-token.ts';
import type { ApiTokenConfig } from './l1/api-token-config.ts';
import { nameByPath } from './names.ts';
import { configurationFaults } from './offline-rules.ts';

export type Scope = 'read' | 'write' | 'operate' | 'admin';

export interface AccessTokenProps {
  /** Name for people. By default the path of the construct, which is its own in the app. */
  readonly name?: string;
  /** Anything else that the resource takes; goes before what is said above. What is granted is added to its scopes. */
  readonly overrides?: Partial<ApiTokenConfig>;
}

/** A token that opens the API: at first for reading alone, then for what it is granted. `resource` is the escape hatch. */
export class AccessToken extends Construct {
  readonly resource: ApiToken;

  constructor(scope: Construct, id: string, { name, overrides }: AccessTokenProps = {}) {
    super(scope, id);
    this.resource = new ApiToken(this, 'token', {
      name: name ?? nameByPath(this),
      scopes: ['read'],
      ...overrides,
    });
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
    const scopes = this.resource.scopesInput;
    if (Token.isUnresolved(scopes)) this.resource.scopes = Fn.setunion([...scopes], [[scope]]);
    else this.resource.scopes = [...new Set([...scopes, scope])];
    return this;
  }
}
