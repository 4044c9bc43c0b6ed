// Generated from the schema of the provider by `npm run constructs`; do not edit.
import { TerraformProvider } from 'cdktf';
import type { Construct } from 'constructs';
import { generatorMetadata, providerSource } from '../metadata.ts';
import { type Changeable, toHcl, toTerraform } from '../shape.ts';
import { type OpendtsProviderConfig, opendtsProviderShape } from './provider-config.ts';

/**
 * OpenDTS migrates and synchronizes databases while they stay in use. The provider talks to the
 * GraphQL API of a running service.
 */
export class OpendtsProvider extends TerraformProvider {
  static readonly tfResourceType = 'opendts';

  #config: Changeable<OpendtsProviderConfig>;

  constructor(scope: Construct, id: string, config: OpendtsProviderConfig = {}) {
    super(scope, id, {
      terraformProviderSource: providerSource,
      terraformResourceType: OpendtsProvider.tfResourceType,
      terraformGeneratorMetadata: generatorMetadata,
    });
    this.#config = { ...config };
    this.alias = config.alias;
  }

  /**
   * Certificates in PEM form of the authorities by which the service proves itself at an `https` URL, in
   * place of those that Node knows: the text of a file, such as `file("ca.pem")`. The default is the
   * environment variable OPENDTS_CA, which holds that text.
   */
  get ca(): string | undefined {
    return this.#config.ca;
  }

  set ca(value: string | undefined) {
    this.#config.ca = value;
  }

  /**
   * URL of the service, such as `http://dts.example.com:4000`; with a path only where a proxy has the
   * service under it. The default is the environment variable OPENDTS_ENDPOINT.
   */
  get endpoint(): string | undefined {
    return this.#config.endpoint;
  }

  set endpoint(value: string | undefined) {
    this.#config.endpoint = value;
  }

  /**
   * What becomes of what a precheck finds while a new task is planned. `error`: the plan fails. `warn`:
   * it is told as warnings. `off`: plans ask no database. The default is `error`.
   */
  get planPrecheck(): string | undefined {
    return this.#config.planPrecheck;
  }

  set planPrecheck(value: string | undefined) {
    this.#config.planPrecheck = value;
  }

  /** Longest that one request to the service may take. The default is `60s`. */
  get requestTimeout(): string | undefined {
    return this.#config.requestTimeout;
  }

  set requestTimeout(value: string | undefined) {
    this.#config.requestTimeout = value;
  }

  /**
   * For how long a service that is out of reach, or restarts, is asked again. One that was not heard of
   * yet is given up sooner: after three seconds where it refuses connections, after ten where it does
   * not answer. The default is `1m`.
   */
  get retryTimeout(): string | undefined {
    return this.#config.retryTimeout;
  }

  set retryTimeout(value: string | undefined) {
    this.#config.retryTimeout = value;
  }

  /**
   * Token of the API with the scopes `read`, `write` and `operate`; with `admin` where tokens are
   * managed. The default is the environment variable OPENDTS_TOKEN.
   */
  get token(): string | undefined {
    return this.#config.token;
  }

  set token(value: string | undefined) {
    this.#config.token = value;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return toTerraform(this.#config, opendtsProviderShape);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return toHcl(this.#config, opendtsProviderShape);
  }
}
