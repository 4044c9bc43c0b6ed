#!/usr/bin/env node
import { randomBytes } from 'node:crypto';
import { definitionsFor } from '../../../terraform/provider/protocol/contracts/define.ts';
import type { Provider } from '../../../terraform/provider/protocol/contracts/provider.ts';
import { defineSchema } from '../../../terraform/provider/protocol/schema/define.ts';
import { runProvider } from '../../../terraform/provider/protocol/server/main.ts';

// A stand-in for hashicorp/null, which no registry of packages carries: its null_resource, on our own framework.

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
  dataSources: {},
  ephemeralResources: {},
  functions: {},
};

if (import.meta.main !== false) {
  void runProvider({ provider, addresses: [], args: process.argv.slice(2), env: process.env });
}
