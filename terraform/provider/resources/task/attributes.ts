import { checkDuration } from '../../duration.ts';
import { checkId, checkName } from '../../names.ts';
import { defineAttributes } from '../../protocol/schema/define.ts';
import { defaultOptions, optionAttributes } from './options.ts';

export const databaseAttributes = defineAttributes({
  target: {
    type: 'string',
    optional: true,
    description: 'Its name at the target. The default is the same name.',
  },
  tables: {
    nesting: 'map',
    optional: true,
    description:
      'The tables to carry, by their names at the source. Absent: the whole database with its views, routines, triggers and events, and what is created later.',
    attributes: {
      target: {
        type: 'string',
        optional: true,
        description: 'Its name at the target. The default is the same name.',
      },
    },
  },
  exclude_tables: {
    type: ['set', 'string'],
    optional: true,
    description: 'Tables to leave out of a whole database.',
  },
});

/** What tasks of both kinds have. */
export const taskAttributes = defineAttributes({
  id: { type: 'string', computed: true, description: 'Made by the service. It never changes.' },
  name: {
    type: 'string',
    required: true,
    check: checkName,
    description: 'Name for people, 1 to 64 characters. It can be imported by this name.',
  },
  source_id: {
    type: 'string',
    required: true,
    check: checkId,
    description:
      'Endpoint to read. It is changed in place before the task was started, and fixed afterwards: a change is refused, and of a task that was stopped it makes another one in its place.',
  },
  target_id: {
    type: 'string',
    required: true,
    check: checkId,
    description:
      'Endpoint to write. It is changed in place before the task was started, and fixed afterwards: a change is refused, and of a task that was stopped it makes another one in its place.',
  },
  databases: {
    nesting: 'map',
    required: true,
    description:
      'The databases to carry, by their names at the source. A synchronization takes tables in and lets others go while it runs: those that come in are checked and copied, those that go stay at the target as they are. What a migration carries is fixed once it was started: a change is refused, and of a task that was stopped it makes another one in its place.',
    attributes: databaseAttributes,
  },
  options: {
    nesting: 'single',
    optional: true,
    default: defaultOptions,
    description:
      'How the task does its work. A change is taken over while it runs, from its checkpoint on, without another copy.',
    attributes: optionAttributes,
  },
  desired_status: {
    type: 'string',
    optional: true,
    default: 'running',
    oneOf: ['running', 'paused', 'stopped'],
    description:
      'What the task should be. `running`: it is checked, started, resumed and retried as needed. `paused`: it keeps its place; one that was not started is checked, again by each apply until it passes, and not started. `stopped`: it is ended and can never run again. The default is `running`.',
  },
  status: {
    type: 'string',
    computed: true,
    changesOnUpdate: true,
    description:
      'What the task is: `not_started`, `running`, `paused`, `stopped`, `finished` or `failed`. The finer state is told by the data source opendts_task.',
  },
  status_reason: {
    type: 'string',
    computed: true,
    nullable: true,
    changesOnUpdate: true,
    description: 'Why the task failed or retries or did not pass its precheck, and what to do about it.',
  },
  on_wait_failure: {
    type: 'string',
    optional: true,
    default: 'warning',
    oneOf: ['warning', 'error'],
    description:
      '`warning`: what an apply waits for in vain is a warning, and so is what a new task fails at; the next plan repairs it. `error`: both fail the apply; a task that was just created is then tainted and goes on: the next plan refuses to replace it, and asks for `terraform untaint` or `tofu untaint`. One that has not begun is replaced. An interrupt never taints. What a change of a task fails at is an error in any case. The default is `warning`.',
  },
  deletion_policy: {
    type: 'string',
    optional: true,
    default: 'stop_and_delete',
    oneOf: ['stop_and_delete', 'abandon', 'refuse_if_running'],
    description:
      '`stop_and_delete`: a destroy stops the task and removes it. `abandon`: the task stays at the service and goes on, and endpoints that the same run destroys stay with it. `refuse_if_running`: a running task is neither destroyed nor replaced. Data at the target always stays. The default is `stop_and_delete`.',
  },
  timeouts: {
    nesting: 'single',
    optional: true,
    default: { create: '1h', update: '1h', delete: '10m' },
    description: 'How long to wait for the service, as durations such as `90s`, `30m` or `1h30m`.',
    attributes: {
      create: {
        type: 'string',
        optional: true,
        default: '1h',
        check: checkDuration,
        description:
          'For the check of a task and what `wait_for` says, once it was created. The default is `1h`.',
      },
      update: {
        type: 'string',
        optional: true,
        default: '1h',
        check: checkDuration,
        description:
          'For all that a change takes: until the task takes it, and what `wait_for` says after that. The default is `1h`.',
      },
      delete: {
        type: 'string',
        optional: true,
        default: '10m',
        check: checkDuration,
        description: 'Until a destroyed task is gone. The default is `10m`.',
      },
    },
  },
});

/** `wait_for` of a kind. */
export const waitAttribute = <const W extends readonly string[]>(oneOf: W, meanings: string) =>
  ({
    type: 'string',
    optional: true,
    default: 'started',
    oneOf,
    description: `What an apply waits for when the task should run. ${meanings} The default is \`started\`.`,
  }) as const;
