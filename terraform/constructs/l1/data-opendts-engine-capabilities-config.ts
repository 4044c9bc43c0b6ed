// Generated from the schema of the provider by `npm run constructs`; do not edit.
import type { TerraformMetaArguments } from 'cdktf';
import type { Shape } from '../shape.ts';

/** What `DataOpendtsEngineCapabilities` takes. */
export interface DataOpendtsEngineCapabilitiesConfig extends TerraformMetaArguments {}

export const dataOpendtsEngineCapabilitiesShape: Shape = {};
