// Generated from the schema of the provider by `npm run constructs`; do not edit.
import type { IResolvable, TerraformMetaArguments } from 'cdktf';
import type { Shape } from '../shape.ts';

export interface CutoverTimeouts {
  /** Until the cutover is made. The default is `2h`. */
  readonly create?: string | undefined;
}

/** What `Cutover` takes. */
export interface CutoverConfig extends TerraformMetaArguments {
  /** The migration to cut over. */
  readonly taskId: string;
  /** The cutover begins once the target is behind by no more than this, seconds. The default is 10. */
  readonly maxLagSeconds?: number | undefined;
  /** How long to wait for the service, as durations such as `90s`, `30m` or `1h30m`. */
  readonly timeouts?: CutoverTimeouts | IResolvable | undefined;
  /**
   * Values whose change asks for the cutover again: the record is replaced, and one that is made already
   * stays made. The first ones, where there were none, are taken down in place.
   */
  readonly triggers?: Readonly<Record<string, string>> | undefined;
}

export const cutoverTimeoutsShape: Shape = {
  create: { terraform: 'create', type: 'string' },
};

export const cutoverShape: Shape = {
  taskId: { terraform: 'task_id', type: 'string' },
  maxLagSeconds: { terraform: 'max_lag_seconds', type: 'number' },
  timeouts: { terraform: 'timeouts', type: { struct: cutoverTimeoutsShape } },
  triggers: { terraform: 'triggers', type: { map: 'string' } },
};
