// Generated from the schema of the provider by `npm run constructs`; do not edit.
import type { TerraformMetaArguments } from 'cdktf';
import type { Shape } from '../shape.ts';

/** What `DataOpendtsTaskProgress` takes. */
export interface DataOpendtsTaskProgressConfig extends TerraformMetaArguments {
  /** The task. */
  readonly taskId: string;
}

export const dataOpendtsTaskProgressShape: Shape = {
  taskId: { terraform: 'task_id', type: 'string' },
};
