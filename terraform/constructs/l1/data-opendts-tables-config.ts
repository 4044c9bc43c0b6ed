// Generated from the schema of the provider by `npm run constructs`; do not edit.
import type { TerraformMetaArguments } from 'cdktf';
import type { Shape } from '../shape.ts';

/** What `DataOpendtsTables` takes. */
export interface DataOpendtsTablesConfig extends TerraformMetaArguments {
  /** The endpoint. */
  readonly endpointId: string;
  /** Only of these databases. The default are all but the system databases. */
  readonly databases?: readonly string[] | undefined;
}

export const dataOpendtsTablesShape: Shape = {
  endpointId: { terraform: 'endpoint_id', type: 'string' },
  databases: { terraform: 'databases', type: { set: 'string' } },
};
