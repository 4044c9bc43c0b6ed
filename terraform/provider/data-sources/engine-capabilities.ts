import { type Connection, define } from '../connection.ts';
import { capabilities } from '../gateway/catalog.ts';
import type { DataSource } from '../protocol/contracts/data-source.ts';
import { defineSchema } from '../protocol/schema/define.ts';

const schema = defineSchema({
  description: 'What the service can do.',
  attributes: {
    version: { type: 'string', computed: true, description: 'Version of the service.' },
    kinds: {
      type: ['list', 'string'],
      computed: true,
      description: 'Kinds of tasks: `migration`, `synchronization`.',
    },
    engines: {
      nesting: 'map',
      computed: true,
      description:
        'Database systems by their names, as `engine` of opendts_endpoint takes them; any two can be joined.',
      attributes: {
        versions: {
          type: ['list', 'string'],
          computed: true,
          description: 'Its versions that are supported.',
        },
      },
    },
  },
});

const source: DataSource<typeof schema.attributes, Connection> = {
  schema,
  async read(_config, { client, signal }) {
    const { version, kinds, engines } = await capabilities(client.gateway, signal);
    return {
      version,
      kinds: kinds.map((kind) => kind.toLowerCase()),
      engines: Object.fromEntries(
        engines.map(({ engine, versions }) => [engine.toLowerCase(), { versions: [...versions] }]),
      ),
    };
  },
};

export const engineCapabilities = define.dataSource(source);
