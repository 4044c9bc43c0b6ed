import type { Construct } from 'constructs';
import type { EndpointReference } from './database-endpoint.ts';
import { nameByPath } from './names.ts';
import { type DatabaseSelection, databasesOf, selectionFaults } from './selection.ts';

export type DesiredStatus = 'running' | 'paused' | 'stopped';
export type DeletionPolicy = 'stop_and_delete' | 'abandon' | 'refuse_if_running';

/** What a task of any kind takes. */
export interface TaskProps {
  /** Name for people. By default the path of the construct, which is its own in the app. */
  readonly name?: string;
  readonly source: EndpointReference;
  readonly target: EndpointReference;
  /** What it carries: `[database('shop').table('orders')]`. */
  readonly objects: readonly DatabaseSelection[];
  /** By default running. */
  readonly desiredStatus?: DesiredStatus;
  /** What becomes of the task when the stack is destroyed; data at the target always stays. By default it is stopped and deleted. */
  readonly deletionPolicy?: DeletionPolicy;
  /** Whether waiting in vain fails the deployment. By default it is a warning: an error taints a task that was just created. It goes on, and is not replaced but has to be untainted. */
  readonly failWhenNotReached?: boolean;
}

/** The arguments that tasks of both kinds share. */
export function taskConfig(construct: Construct, props: TaskProps) {
  return {
    name: props.name ?? nameByPath(construct),
    sourceId: props.source.endpointId,
    targetId: props.target.endpointId,
    databases: databasesOf(props.objects),
    desiredStatus: props.desiredStatus,
    deletionPolicy: props.deletionPolicy,
    onWaitFailure: props.failWhenNotReached === true ? 'error' : undefined,
  };
}

/** What is wrong with what a task was given and its configuration does not show, each with the remedy. */
export function taskFaults({ source, target, objects }: TaskProps): string[] {
  const faults = selectionFaults(objects);
  if (source === target || source.endpointId === target.endpointId) {
    faults.push('source and target are one endpoint: create an endpoint for each of the two servers.');
  }
  return faults;
}
