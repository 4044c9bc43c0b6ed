// Generated from the schema of the provider by `npm run constructs`; do not edit.
import type { TerraformMetaArguments } from 'cdktf';
import type { Shape } from '../shape.ts';

/** What `DataOpendtsTask` takes. */
export interface DataOpendtsTaskConfig extends TerraformMetaArguments {
  /** Id of the task. Set either it or `name`. */
  readonly id?: string | undefined;
  /** Name of the task. */
  readonly name?: string | undefined;
}

export const dataOpendtsTaskShape: Shape = {
  id: { terraform: 'id', type: 'string' },
  name: { terraform: 'name', type: 'string' },
};
