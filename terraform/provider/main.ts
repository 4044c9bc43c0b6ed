#!/usr/bin/env node
import { ADDRESSES } from './package/addresses.ts';
import { runProvider } from './protocol/server/main.ts';
import { provider } from './provider.ts';

runProvider({ provider, addresses: ADDRESSES, args: process.argv.slice(2), env: process.env });
