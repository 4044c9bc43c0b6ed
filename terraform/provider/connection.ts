import type { GatewayClient } from './gateway/client.ts';
import type { Journal } from './journal.ts';
import type { KeptRecords } from './kept-records.ts';
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
  /**
   * Ids of endpoints that are planned to be reached in another way, and are not changed yet: what the service finds at them now says
   * nothing about what it will find. A CLI plans an endpoint before what refers to it.
   */
  readonly changingEndpoints: Set<string>;
  readonly journal: Journal;
  readonly records: KeptRecords;
}

/** The definitions of objects that are managed by a connection. */
export const define = definitionsFor<Connection>();
