import type { GatewayClient } from './gateway/client.ts';
import type { Journal } from './journal.ts';
import type { Ownership } from './ownership.ts';
import { definitionsFor } from './protocol/contracts/define.ts';

/** What becomes of what a precheck finds while a plan is made. */
export const planPrechecks = ['error', 'warn', 'off'] as const;
export type PlanPrecheck = (typeof planPrechecks)[number];

/** What the provider block is made into. */
export interface Connection {
  readonly gateway: GatewayClient;
  readonly planPrecheck: PlanPrecheck;
  readonly ownership: Ownership;
  readonly journal: Journal;
}

/** The definitions of objects that are managed by a connection. */
export const define = definitionsFor<Connection>();
