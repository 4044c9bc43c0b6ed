// Generated from the schema of the provider by `npm run constructs`; do not edit.
import {
  ComplexObject,
  ImportableResource,
  type IResolvable,
  type TerraformProvider,
  TerraformResource,
} from 'cdktf';
import type { Construct } from 'constructs';
import { generatorMetadata, metaArguments } from '../metadata.ts';
import { type Changeable, toHcl, toTerraform } from '../shape.ts';
import { type EndpointConfig, type EndpointTls, endpointShape } from './endpoint-config.ts';

/** A reference to a `EndpointTls`. */
export class EndpointTlsOutput extends ComplexObject {
  /**
   * Certificate of the authority in PEM form, for the mode `verify` with a private authority. The
   * default are the authorities of the system.
   */
  get ca(): string {
    return this.getStringAttribute('ca');
  }

  /**
   * `disabled`: not at all. `preferred`: if the server can. `required`: always, with any certificate.
   * `verify`: always, with a certificate that is checked. The default is `preferred`.
   */
  get mode(): string {
    return this.getStringAttribute('mode');
  }
}

/**
 * A saved connection to a database server, which tasks read from or write to. Running tasks take a
 * change over at once: they end their connections and go on from their checkpoints. The service never
 * shows the password: another one that was set there by somebody else is noticed by a fingerprint and
 * repaired by the next apply.
 */
export class Endpoint extends TerraformResource {
  static readonly tfResourceType = 'opendts_endpoint';

  /** Lets the deployment import the object `importFromId`, as the construct `importToId`, instead of creating it. */
  static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: TerraformProvider,
  ): ImportableResource {
    const terraformResourceType = Endpoint.tfResourceType;
    return new ImportableResource(scope, importToId, {
      terraformResourceType,
      importId: importFromId,
      provider,
    });
  }

  #config: Changeable<EndpointConfig>;

  constructor(scope: Construct, id: string, config: EndpointConfig) {
    super(scope, id, {
      ...metaArguments(config),
      terraformResourceType: Endpoint.tfResourceType,
      terraformGeneratorMetadata: generatorMetadata,
    });
    this.#config = { ...config };
  }

  /**
   * The database system: `mysql` or `mariadb`. It is changed in place, to put a wrong one right: another
   * server is another endpoint.
   */
  get engine(): string {
    return this.getStringAttribute('engine');
  }

  set engine(value: string) {
    this.#config.engine = value;
  }

  get engineInput(): string {
    return this.#config.engine;
  }

  /** Host name or IP address. */
  get host(): string {
    return this.getStringAttribute('host');
  }

  set host(value: string) {
    this.#config.host = value;
  }

  get hostInput(): string {
    return this.#config.host;
  }

  /** Name for people, 1 to 64 characters. It can be imported by this name. */
  get name(): string {
    return this.getStringAttribute('name');
  }

  set name(value: string) {
    this.#config.name = value;
  }

  get nameInput(): string {
    return this.#config.name;
  }

  /** Database user. */
  get username(): string {
    return this.getStringAttribute('username');
  }

  set username(value: string) {
    this.#config.username = value;
  }

  get usernameInput(): string {
    return this.#config.username;
  }

  /** Made by the service. It never changes. */
  get id(): string {
    return this.getStringAttribute('id');
  }

  /**
   * Password of the user for CLIs without write-only arguments. It is kept in the state in clear: prefer
   * `password_wo`.
   */
  get password(): string {
    return this.getStringAttribute('password');
  }

  set password(value: string | undefined) {
    this.#config.password = value;
  }

  get passwordInput(): string | undefined {
    return this.#config.password;
  }

  /**
   * Password of the user, kept in no plan and no state. Needs Terraform 1.11 or OpenTofu 1.11. Without
   * `password_wo_version` each plan asks the service whether this is the password that it keeps, which
   * needs a token with the scope `write`, and plans a change when it is not.
   */
  get passwordWo(): string {
    return this.getStringAttribute('password_wo');
  }

  set passwordWo(value: string | undefined) {
    this.#config.passwordWo = value;
  }

  get passwordWoInput(): string | undefined {
    return this.#config.passwordWo;
  }

  /**
   * Raise it whenever `password_wo` changes. Use it when `password_wo` differs from run to run, as
   * ephemeral values do.
   */
  get passwordWoVersion(): number {
    return this.getNumberAttribute('password_wo_version');
  }

  set passwordWoVersion(value: number | undefined) {
    this.#config.passwordWoVersion = value;
  }

  get passwordWoVersionInput(): number | undefined {
    return this.#config.passwordWoVersion;
  }

  /** TCP port. The default is 3306. */
  get port(): number {
    return this.getNumberAttribute('port');
  }

  set port(value: number | undefined) {
    this.#config.port = value;
  }

  get portInput(): number | undefined {
    return this.#config.port;
  }

  /** Changes when the password changes, and tells nothing else about it. */
  get secretFingerprint(): string {
    return this.getStringAttribute('secret_fingerprint');
  }

  /** How connections are encrypted. */
  get tls(): EndpointTlsOutput {
    return new EndpointTlsOutput(this, 'tls', false);
  }

  set tls(value: EndpointTls | IResolvable | undefined) {
    this.#config.tls = value;
  }

  get tlsInput(): EndpointTls | IResolvable | undefined {
    return this.#config.tls;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return toTerraform(this.#config, endpointShape);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return toHcl(this.#config, endpointShape);
  }
}
