import { define } from '../connection.ts';
import { defineSchema } from '../protocol/schema/define.ts';
import { taskAttributes, waitAttribute } from './task/attributes.ts';
import { taskResource } from './task/task-resource.ts';
import type { TaskSchema } from './task/task-state.ts';

const schema = defineSchema({
  description:
    'A synchronization: it copies databases while they stay in use, and keeps the target in step until it is stopped. ' +
    'A task whose copy is under way is not tainted unless `on_wait_failure` asks for it: what goes wrong is a warning, and the next plan repairs it. ' +
    'An apply that is cut off and run again goes on with the task that it made.',
  attributes: {
    ...taskAttributes,
    wait_for: waitAttribute(
      ['started', 'incremental'],
      '`started`: until it works. `incremental`: until the copy is whole and changes are applied as they come.',
    ),
  },
});

// Its `wait_for` has fewer values than the common type says: none that the common code would not know.
export const syncTask = define.resource(taskResource('SYNCHRONIZATION', schema as unknown as TaskSchema));
