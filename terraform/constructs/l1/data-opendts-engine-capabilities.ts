// Generated from the schema of the provider by `npm run constructs`; do not edit.
import { ComplexObject, TerraformDataSource } from 'cdktf';
import type { Construct } from 'constructs';
import { generatorMetadata, metaArguments } from '../metadata.ts';
import { OutputMap } from '../outputs.ts';
import { type Changeable, toHcl, toTerraform } from '../shape.ts';
import {
  type DataOpendtsEngineCapabilitiesConfig,
  dataOpendtsEngineCapabilitiesShape,
} from './data-opendts-engine-capabilities-config.ts';

/** A reference to a `DataOpendtsEngineCapabilitiesEngines`. */
export class DataOpendtsEngineCapabilitiesEnginesOutput extends ComplexObject {
  /** Its versions that are supported. */
  get versions(): string[] {
    return this.getListAttribute('versions');
  }
}

/** What the service can do. */
export class DataOpendtsEngineCapabilities extends TerraformDataSource {
  static readonly tfResourceType = 'opendts_engine_capabilities';

  #config: Changeable<DataOpendtsEngineCapabilitiesConfig>;

  constructor(scope: Construct, id: string, config: DataOpendtsEngineCapabilitiesConfig = {}) {
    super(scope, id, {
      ...metaArguments(config),
      terraformResourceType: DataOpendtsEngineCapabilities.tfResourceType,
      terraformGeneratorMetadata: generatorMetadata,
    });
    this.#config = { ...config };
  }

  /** Database systems by their names, as `engine` of opendts_endpoint takes them; any two can be joined. */
  get engines(): OutputMap<DataOpendtsEngineCapabilitiesEnginesOutput> {
    return new OutputMap(this, 'engines', DataOpendtsEngineCapabilitiesEnginesOutput);
  }

  /** Kinds of tasks: `migration`, `synchronization`. */
  get kinds(): string[] {
    return this.getListAttribute('kinds');
  }

  /** Version of the service. */
  get version(): string {
    return this.getStringAttribute('version');
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return toTerraform(this.#config, dataOpendtsEngineCapabilitiesShape);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return toHcl(this.#config, dataOpendtsEngineCapabilitiesShape);
  }
}
