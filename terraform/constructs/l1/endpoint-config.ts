// Generated from the schema of the provider by `npm run constructs`; do not edit.
import type { IResolvable, TerraformMetaArguments } from 'cdktf';
import type { Shape } from '../shape.ts';

export interface EndpointTls {
  /**
   * Certificate of the authority in PEM form, for the mode `verify` with a private authority. The
   * default are the authorities of the system.
   */
  readonly ca?: string | undefined;
  /**
   * `disabled`: not at all. `preferred`: if the server can. `required`: always, with any certificate.
   * `verify`: always, with a certificate that is checked. The default is `preferred`.
   */
  readonly mode?: string | undefined;
}

/** What `Endpoint` takes. */
export interface EndpointConfig extends TerraformMetaArguments {
  /**
   * The database system: `mysql` or `mariadb`. It is changed in place, to put a wrong one right: another
   * server is another endpoint.
   */
  readonly engine: string;
  /** Host name or IP address. */
  readonly host: string;
  /** Name for people, 1 to 64 characters. It can be imported by this name. */
  readonly name: string;
  /** Database user. */
  readonly username: string;
  /**
   * Password of the user for CLIs without write-only arguments. It is kept in the state in clear: prefer
   * `password_wo`.
   */
  readonly password?: string | undefined;
  /**
   * Password of the user, kept in no plan and no state. Needs Terraform 1.11 or OpenTofu 1.11. Without
   * `password_wo_version` each plan asks the service whether this is the password that it keeps, which
   * needs a token with the scope `write`, and plans a change when it is not.
   */
  readonly passwordWo?: string | undefined;
  /**
   * Raise it whenever `password_wo` changes. Use it when `password_wo` differs from run to run, as
   * ephemeral values do.
   */
  readonly passwordWoVersion?: number | undefined;
  /** TCP port. The default is 3306. */
  readonly port?: number | undefined;
  /** How connections are encrypted. */
  readonly tls?: EndpointTls | IResolvable | undefined;
}

export const endpointTlsShape: Shape = {
  ca: { terraform: 'ca', type: 'string' },
  mode: { terraform: 'mode', type: 'string' },
};

export const endpointShape: Shape = {
  engine: { terraform: 'engine', type: 'string' },
  host: { terraform: 'host', type: 'string' },
  name: { terraform: 'name', type: 'string' },
  username: { terraform: 'username', type: 'string' },
  password: { terraform: 'password', type: 'string' },
  passwordWo: { terraform: 'password_wo', type: 'string' },
  passwordWoVersion: { terraform: 'password_wo_version', type: 'number' },
  port: { terraform: 'port', type: 'number' },
  tls: { terraform: 'tls', type: { struct: endpointTlsShape } },
};
