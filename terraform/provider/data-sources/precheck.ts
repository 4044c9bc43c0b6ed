import { type Connection, define } from '../connection.ts';
import { previewPrecheck } from '../gateway/prechecks.ts';
import { checkId } from '../names.ts';
import type { DataSource } from '../protocol/contracts/data-source.ts';
import { defineSchema } from '../protocol/schema/define.ts';
import { databaseAttributes } from '../resources/task/attributes.ts';
import { located } from '../resources/task/field-path.ts';
import { type DatabasesState, selectionOf } from '../resources/task/selection.ts';
import { checkSelection } from '../resources/task/selection-rules.ts';

const schema = defineSchema({
  description:
    'What the precheck of a task would find now, for a task that need not exist. Nothing is kept and nothing changed at either end.',
  attributes: {
    kind: {
      type: 'string',
      required: true,
      oneOf: ['migration', 'synchronization'],
      description: 'What the task is for: `migration` or `synchronization`.',
    },
    source_id: { type: 'string', required: true, check: checkId, description: 'Endpoint to read.' },
    target_id: { type: 'string', required: true, check: checkId, description: 'Endpoint to write.' },
    databases: {
      nesting: 'map',
      required: true,
      description: 'The databases to carry, by their names at the source.',
      attributes: databaseAttributes,
    },
    conflict_mode: {
      type: 'string',
      optional: true,
      oneOf: ['report', 'ignore'],
      description:
        'What to do when a table to be copied exists and has rows at the target, as in the options of a task. The default is `report`.',
    },
    timeout_seconds: {
      type: 'number',
      wholeNumber: { min: 1, max: 50 },
      optional: true,
      description: 'Longest to wait for both servers, seconds: 1 to 50. The default is 20.',
    },
    passed: { type: 'bool', computed: true, description: 'True when no check failed.' },
    items: {
      nesting: 'list',
      computed: true,
      description: 'The checks.',
      attributes: {
        name: {
          type: 'string',
          computed: true,
          description: 'Stable name, for example `source.binlog_format`.',
        },
        grade: { type: 'string', computed: true, description: 'Its outcome: `pass`, `warning` or `fail`.' },
        title: { type: 'string', computed: true, description: 'What is checked.' },
        message: { type: 'string', computed: true, description: 'What was found.' },
        remedy: {
          type: 'string',
          computed: true,
          description: 'What to do about it. It is empty when the check passed.',
        },
        objects: { type: ['list', 'string'], computed: true, description: 'Database objects at fault.' },
      },
    },
  },
});

const source: DataSource<typeof schema.attributes, Connection> = {
  schema,

  validate({ databases }, { diagnostics }) {
    checkSelection(databases, diagnostics);
  },

  async read(config, { client, signal }) {
    const items = await located(() =>
      previewPrecheck(
        client.gateway,
        {
          kind: config.kind === 'migration' ? 'MIGRATION' : 'SYNCHRONIZATION',
          sourceId: config.source_id,
          targetId: config.target_id,
          objects: { databases: selectionOf(config.databases as DatabasesState) },
          options: config.conflict_mode === 'ignore' ? { conflictMode: 'IGNORE' } : {},
          timeoutSeconds: config.timeout_seconds ?? 20,
        },
        signal,
      ),
    );
    return {
      ...config,
      databases: config.databases as DatabasesState,
      passed: items.every(({ grade }) => grade !== 'FAIL'),
      items: items.map(({ grade, objects, ...item }) => ({
        ...item,
        grade: grade.toLowerCase(),
        objects: [...objects],
      })),
    };
  },
};

export const precheck = define.dataSource(source);
