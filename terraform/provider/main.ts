#!/usr/bin/env node
import { ADDRESSES, TYPE } from './package/addresses.ts';
import { runProvider } from './protocol/server/main.ts';

runProvider({
  name: TYPE,
  load: async () => (await import('./provider.ts')).provider,
  addresses: ADDRESSES,
  args: process.argv.slice(2),
  env: process.env,
});
