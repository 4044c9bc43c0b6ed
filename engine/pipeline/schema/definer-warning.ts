import type { TaskPort } from '../run/task-port.ts';

/** Tells of objects that act with other rights than at the source, because the target did not take their definers. */
export function warnOfDefiners(port: TaskPort, objects: readonly string[]): void {
  if (objects.length === 0) return;
  const shown = objects.slice(0, SHOWN).join(', ');
  const more = objects.length > SHOWN ? ` and ${objects.length - SHOWN} more` : '';
  port.event({
    kind: 'WARNING',
    object: shown,
    message:
      `The target did not take the accounts that these objects have as definers: ${shown}${more}. They belong to the user of the target ` +
      'endpoint; views and routines act with the rights of their caller, triggers and events with those of that user. The precheck item ' +
      'target.definers tells what to grant.',
  });
}

const SHOWN = 50;
