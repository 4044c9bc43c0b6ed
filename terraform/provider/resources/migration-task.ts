import { define } from '../connection.ts';
import { defineSchema } from '../protocol/schema/define.ts';
import { taskAttributes, waitAttribute } from './task/attributes.ts';
import { taskResource } from './task/task-resource.ts';

const schema = defineSchema({
  description:
    'A migration: it copies databases while they stay in use, follows their changes, and ends with the cutover, which is made by opendts_cutover. ' +
    'A task whose copy is under way is not tainted unless `on_wait_failure` asks for it: what goes wrong is a warning, and the next plan repairs it. ' +
    'An apply that is cut off and run again goes on with the task that it made.',
  attributes: {
    ...taskAttributes,
    wait_for: waitAttribute(
      ['started', 'incremental', 'finished'],
      '`started`: until it works. `incremental`: until the copy is whole and the target keeps up, so that the cutover can be made. `finished`: until somebody else has made the cutover; never use it with an opendts_cutover of this task, which begins only after.',
    ),
  },
});

export const migrationTask = define.resource(taskResource('MIGRATION', schema));
