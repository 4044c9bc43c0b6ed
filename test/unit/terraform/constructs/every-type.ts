import type { ProviderSchema } from '../../../../terraform/constructs/generate/provider-schema.ts';

/** A schema with every type, nesting and flag that bindings can meet. */
export const everyType: ProviderSchema = {
  provider: {
    version: 0,
    block: {
      attributes: {
        url: { type: 'string', optional: true, description: 'Address of the service.' },
        token: { type: 'string', optional: true, sensitive: true, description: 'Opens the service.' },
      },
    },
  },
  resource_schemas: {
    opendts_thing: {
      version: 0,
      block: {
        description: 'A thing.',
        attributes: {
          id: { type: 'string', computed: true, description: 'Made by the service.' },
          name: { type: 'string', required: true, description: 'Name for people.' },
          size: { type: 'number', optional: true, computed: true },
          hidden: { type: 'bool', optional: true },
          anything: { type: 'dynamic', optional: true },
          words: { type: ['list', 'string'], optional: true },
          word_set: { type: ['set', 'string'], optional: true },
          numbers: { type: ['list', 'number'], optional: true },
          labels: { type: ['map', 'string'], optional: true },
          switches: { type: ['map', 'bool'], optional: true },
          secret_wo: { type: 'string', optional: true, sensitive: true, write_only: true },
          owner: {
            type: ['object', { first_name: 'string', age: 'number' }, ['age']],
            optional: true,
          },
          parts: {
            nested_type: {
              nesting_mode: 'map',
              attributes: {
                part_name: { type: 'string', required: true },
                made_at: { type: 'string', computed: true },
                inner: {
                  nested_type: {
                    nesting_mode: 'list',
                    attributes: { deep_value: { type: 'bool', optional: true } },
                  },
                  optional: true,
                },
              },
            },
            optional: true,
          },
          findings: {
            nested_type: {
              nesting_mode: 'list',
              attributes: { message: { type: 'string', computed: true } },
            },
            computed: true,
          },
        },
        block_types: {
          timeouts: {
            nesting_mode: 'single',
            block: { attributes: { create: { type: 'string', optional: true } } },
          },
          rule: {
            nesting_mode: 'set',
            block: { attributes: { pattern: { type: 'string', required: true } } },
          },
        },
      },
    },
  },
  data_source_schemas: {
    opendts_weather: {
      version: 0,
      block: {
        attributes: {
          place: { type: 'string', optional: true },
          degrees: { type: 'number', computed: true },
        },
      },
    },
  },
};
