import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { Endpoint } from './l1/endpoint.ts';
import type { EndpointConfig, EndpointTls } from './l1/endpoint-config.ts';
import { nameByPath, requireOwnNames } from './names.ts';
import { configurationFaults } from './offline-rules.ts';
import { warn } from './warnings.ts';

/** What tasks need to know of an endpoint. */
export interface EndpointReference {
  readonly endpointId: string;
}

export interface DatabaseEndpointProps {
  /** Name for people. By default the path of the construct, which is its own in the app. */
  readonly name?: string;
  /** Host name or IP address. */
  readonly host: string;
  /** TCP port. By default 3306. */
  readonly port?: number;
  /** Database user. */
  readonly username: string;
  /** Give the value of a SecretVariable: what is written in code stands in the synthesized files. */
  readonly password: string;
  /** Raise it with each new password, when the variable's value differs from run to run. */
  readonly passwordVersion?: number;
  /** By default encryption is required, with any certificate. */
  readonly tls?: EndpointTls;
  /** Anything else that the resource takes; goes before what is said above. */
  readonly overrides?: Partial<EndpointConfig>;
}

const SAFE_TLS: EndpointTls = { mode: 'required' };

/** A saved connection to a server of one engine. `resource` is the escape hatch. */
export abstract class DatabaseEndpoint extends Construct implements EndpointReference {
  readonly resource: Endpoint;

  constructor(scope: Construct, id: string, engine: string, props: DatabaseEndpointProps) {
    super(scope, id);
    const { host, port, username, password, passwordVersion, tls = SAFE_TLS, overrides } = props;
    this.resource = new Endpoint(this, 'endpoint', {
      name: props.name ?? nameByPath(this),
      engine,
      host,
      port,
      username,
      passwordWo: password,
      passwordWoVersion: passwordVersion,
      tls,
      ...overrides,
    });
    requireOwnNames(this);
    this.node.addValidation({ validate: () => configurationFaults(this.resource) });
    if (!Token.isUnresolved(password)) {
      const advice = 'Give the value of a SecretVariable instead, and the password by TF_VAR_….';
      warn(this, `The password is written in the code, thus in the synthesized files. ${advice}`);
    }
  }

  get endpointId(): string {
    return this.resource.id;
  }
}

export class MySqlEndpoint extends DatabaseEndpoint {
  constructor(scope: Construct, id: string, props: DatabaseEndpointProps) {
    super(scope, id, 'mysql', props);
  }
}

export class MariaDbEndpoint extends DatabaseEndpoint {
  constructor(scope: Construct, id: string, props: DatabaseEndpointProps) {
    super(scope, id, 'mariadb', props);
  }
}

/** An endpoint that is managed elsewhere. */
export function existingEndpoint(endpointId: string): EndpointReference {
  return { endpointId };
}
