import { TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { MySqlEndpoint, SecretVariable } from '../../terraform/constructs/index.ts';

/** The two servers, told by variables: `TF_VAR_source_host`, `TF_VAR_source_password` and so on. */
export class Servers extends Construct {
  readonly source: MySqlEndpoint;
  readonly target: MySqlEndpoint;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.source = this.#server('source');
    this.target = this.#server('target');
  }

  #server(role: 'source' | 'target'): MySqlEndpoint {
    return new MySqlEndpoint(this, role, {
      host: this.#variable(role, 'host', 'string').stringValue,
      port: this.#variable(role, 'port', 'number', 3306).numberValue,
      username: this.#variable(role, 'username', 'string').stringValue,
      password: this.#named(new SecretVariable(this, `${role}_password`), `${role}_password`).value,
      tls: { mode: this.#variable(role, 'tls', 'string', 'required').stringValue },
    });
  }

  #variable(role: string, what: string, type: string, fallback?: unknown): TerraformVariable {
    const name = `${role}_${what}`;
    return this.#named(new TerraformVariable(this, name, { type, default: fallback }), name);
  }

  /** By default the name holds the path of the construct, which nobody wants to type. */
  #named<T extends TerraformVariable>(variable: T, name: string): T {
    variable.overrideLogicalId(name);
    return variable;
  }
}
