import { type Connection, define } from '../connection.ts';
import { findTask, tasksNamed } from '../gateway/tasks.ts';
import { finerState, type KeptTask } from '../kept-records.ts';
import { checkId, checkName } from '../names.ts';
import type { DataSource } from '../protocol/contracts/data-source.ts';
import { ProviderError } from '../protocol/contracts/diagnostics.ts';
import { defineSchema } from '../protocol/schema/define.ts';
import type { State } from '../protocol/schema/values-of.ts';
import { findByImportId } from '../resources/find-by-import-id.ts';
import { databasesState } from '../resources/task/selection.ts';
import { reasonOf, statusOf } from '../resources/task/status.ts';

const schema = defineSchema({
  description:
    'A task of the service, found by its id or by its name. A migration that is gone and stays in the state of this configuration is told as the state has it.',
  attributes: {
    id: {
      type: 'string',
      optional: true,
      computed: true,
      check: checkId,
      description: 'Id of the task. Set either it or `name`.',
    },
    name: {
      type: 'string',
      optional: true,
      computed: true,
      check: checkName,
      description: 'Name of the task.',
    },
    kind: { type: 'string', computed: true, description: '`migration` or `synchronization`.' },
    source_id: { type: 'string', computed: true, nullable: true, description: 'Endpoint that it reads.' },
    target_id: { type: 'string', computed: true, nullable: true, description: 'Endpoint that it writes.' },
    status: {
      type: 'string',
      computed: true,
      description: 'What the task is: `not_started`, `running`, `paused`, `stopped`, `finished` or `failed`.',
    },
    state: {
      type: 'string',
      computed: true,
      description: 'The finer state by the name that the API has for it, such as `ready_to_complete`.',
    },
    phase: {
      type: 'string',
      computed: true,
      nullable: true,
      description:
        'The phase that decides when it gets on, such as `full_load`. It is null before the first start.',
    },
    status_reason: {
      type: 'string',
      computed: true,
      nullable: true,
      description: 'Why the task failed or retries, and what to do about it.',
    },
    databases: {
      nesting: 'map',
      computed: true,
      description: 'The databases that it carries, by their names at the source.',
      attributes: {
        target: {
          type: 'string',
          computed: true,
          nullable: true,
          description: 'Its name at the target. It is null for the same name.',
        },
        tables: {
          nesting: 'map',
          computed: true,
          nullable: true,
          description: 'Its tables that are carried. It is null for the whole database.',
          attributes: {
            target: {
              type: 'string',
              computed: true,
              nullable: true,
              description: 'Its name at the target. It is null for the same name.',
            },
          },
        },
        exclude_tables: {
          type: ['set', 'string'],
          computed: true,
          nullable: true,
          description: 'Tables that are left out of a whole database.',
        },
      },
    },
  },
});

const source: DataSource<typeof schema.attributes, Connection> = {
  schema,

  validate({ id, name }, { diagnostics }) {
    if ((id === null) !== (name === null)) return;
    diagnostics.error({
      summary: id === null ? 'The task is not named' : 'The task is named twice',
      detail: 'Set either id or name.',
      path: ['name'],
    });
  },

  async read({ id, name }, { client, signal }) {
    const task = await findByImportId(id ?? `name:${name ?? ''}`, {
      what: 'task',
      byId: (known) => findTask(client.gateway, known, signal),
      named: (text) => tasksNamed(client.gateway, text, signal),
      ambiguous: { path: ['name'], remedy: 'Set "id" in place of "name", to the id of one of them' },
    });
    if (task === null) {
      const kept = client.records.task({ id, name });
      if (kept !== undefined) return keptState(kept);
      throw new ProviderError({
        code: 'NOT_FOUND',
        summary: 'There is no such task',
        detail: `The service has no task ${id ?? `with the name "${name}"`}. Check whether it was destroyed, or whether the provider asks another service.`,
        path: [id === null ? 'name' : 'id'],
      });
    }
    return {
      id: task.id,
      name: task.name,
      kind: task.kind.toLowerCase(),
      source_id: task.source?.id ?? null,
      target_id: task.target?.id ?? null,
      status: statusOf[task.state],
      state: task.state.toLowerCase(),
      phase: task.phase?.toLowerCase() ?? null,
      status_reason: reasonOf(task),
      databases: databasesState(task.objects.databases, null),
    };
  },
};

/** What the state of the resource says of a task that is gone. */
function keptState({ status, ...kept }: KeptTask): State<typeof schema.attributes> {
  const { id, name, source_id, target_id, databases } = kept;
  return {
    ...{ id, name, kind: 'migration', source_id, target_id, databases },
    ...{ status, state: finerState(status), phase: null, status_reason: null },
  };
}

export const task = define.dataSource(source);
