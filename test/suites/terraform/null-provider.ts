#!/usr/bin/env node
import { randomBytes } from 'node:crypto';
import { definitionsFor } from '../../../terraform/provider/protocol/contracts/define.ts';
import type { Provider } from '../../../terraform/provider/protocol/contracts/provider.ts';
import { defineSchema } from '../../../terraform/provider/protocol/schema/define.ts';
import { runProvider } from '../../../terraform/provider/protocol/server/main.ts';

// A stand-in for hashicorp/null, which no registry of packages carries: on our own framework.

const define = definitionsFor<null>();

const schema = defineSchema({
  description: 'A resource that does nothing.',
  attributes: {
    id: { type: 'string', computed: true, description: 'A random number.' },
    triggers: {
      type: ['map', 'string'],
      optional: true,
      requiresReplace: true,
      description: 'Values whose change replaces it.',
    },
  },
});

const provider: Provider<null> = {
  ...define.configuration({
    schema: defineSchema({ description: 'Nothing.', attributes: {} }),
    configure: async () => null,
  }),
  name: 'null',
  version: '3.2.4',
  resources: {
    null_resource: define.resource({
      schema,
      create: async ({ config }) => ({
        id: randomBytes(8).readBigUInt64BE().toString(),
        triggers: config.triggers,
      }),
      read: async (state) => state,
      update: async ({ prior }) => prior,
      delete: async () => {},
    }),
  },
  dataSources: {
    null_data_source: define.dataSource({
      schema: defineSchema({
        description: 'A data source that copies its inputs.',
        deprecated: 'Use a local value.',
        attributes: {
          id: { type: 'string', computed: true, description: 'Always the same.' },
          inputs: { type: ['map', 'string'], optional: true, description: 'What is copied.' },
          outputs: { type: ['map', 'string'], computed: true, nullable: true, description: 'The copy.' },
          has_computed_default: { type: 'string', optional: true, computed: true, description: 'Any text.' },
          random: { type: 'string', computed: true, description: 'Another at each reading.' },
        },
      }),
      read: async ({ inputs, has_computed_default }) => ({
        id: 'static',
        inputs,
        outputs: inputs,
        has_computed_default: has_computed_default ?? 'default',
        random: randomBytes(8).readBigUInt64BE().toString(),
      }),
    }),
  },
  ephemeralResources: {},
  functions: {},
};

runProvider({
  name: 'null',
  load: async () => provider,
  addresses: [],
  args: process.argv.slice(2),
  env: process.env,
});
