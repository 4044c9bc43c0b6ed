import type { GatewayClient } from './gateway/client.ts';
import { definitionsFor } from './protocol/contracts/define.ts';

/** What becomes of what a precheck finds while a plan is made. */
export const planPrechecks = ['error', 'warn', 'off'] as const;
export type PlanPrecheck = (typeof planPrechecks)[number];

/** What the provider block is made into. */
export interface Connection {
  readonly gateway: GatewayClient;
  readonly planPrecheck: PlanPrecheck;
  /** Ids of objects that resources of this process manage: none of them is taken for one that was left behind. */
  readonly managed: Set<string>;
}

/** The definitions of objects that are managed by a connection. */
export const define = definitionsFor<Connection>();
