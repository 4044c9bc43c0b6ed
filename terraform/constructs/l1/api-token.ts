// Generated from the schema of the provider by `npm run constructs`; do not edit.
import { Fn, ImportableResource, type TerraformProvider, TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';
import { generatorMetadata, metaArguments } from '../metadata.ts';
import { type Changeable, toHcl, toTerraform } from '../shape.ts';
import { type ApiTokenConfig, apiTokenShape } from './api-token-config.ts';

/**
 * A token that opens the API of the service. Its secret is kept in the state in clear: for a run of
 * the CLI itself prefer the ephemeral resource opendts_access_token. A token cannot be changed, so
 * that every change makes another one and revokes the former. One that an interrupted apply has left,
 * to whose request no answer came, is revoked when the same apply is run again in the same directory;
 * of others that nobody is known to hold a warning tells. Needs a token with the scope `admin`.
 */
export class ApiToken extends TerraformResource {
  static readonly tfResourceType = 'opendts_api_token';

  /** Lets the deployment import the object `importFromId`, as the construct `importToId`, instead of creating it. */
  static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: TerraformProvider,
  ): ImportableResource {
    const terraformResourceType = ApiToken.tfResourceType;
    return new ImportableResource(scope, importToId, {
      terraformResourceType,
      importId: importFromId,
      provider,
    });
  }

  #config: Changeable<ApiTokenConfig>;

  constructor(scope: Construct, id: string, config: ApiTokenConfig) {
    super(scope, id, {
      ...metaArguments(config),
      terraformResourceType: ApiToken.tfResourceType,
      terraformGeneratorMetadata: generatorMetadata,
    });
    this.#config = { ...config };
  }

  /** Name for people, 1 to 64 characters. */
  get name(): string {
    return this.getStringAttribute('name');
  }

  set name(value: string) {
    this.#config.name = value;
  }

  get nameInput(): string {
    return this.#config.name;
  }

  /**
   * What the token allows: `read` for queries, `write` for creating and configuring, `operate` for
   * starting, pausing, stopping, completing and destroying, `admin` for tokens and all of it.
   */
  get scopes(): string[] {
    return Fn.tolist(this.getListAttribute('scopes'));
  }

  set scopes(value: readonly string[]) {
    this.#config.scopes = value;
  }

  get scopesInput(): readonly string[] {
    return this.#config.scopes;
  }

  /**
   * From when on the token is refused, by RFC 3339, such as `2027-01-31T12:00:00Z`. The default is
   * never.
   */
  get expiresAt(): string {
    return this.getStringAttribute('expires_at');
  }

  set expiresAt(value: string | undefined) {
    this.#config.expiresAt = value;
  }

  get expiresAtInput(): string | undefined {
    return this.#config.expiresAt;
  }

  /** Made by the service. It never changes. */
  get id(): string {
    return this.getStringAttribute('id');
  }

  /** Its first characters, to tell tokens apart. */
  get prefix(): string {
    return this.getStringAttribute('prefix');
  }

  /** What to send as `Authorization: Bearer …`. The service shows it once: it is null after an import. */
  get secret(): string {
    return this.getStringAttribute('secret');
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return toTerraform(this.#config, apiTokenShape);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return toHcl(this.#config, apiTokenShape);
  }
}
