import type { CatalogPage, CatalogRequest } from '../core/catalog.ts';
import type { EndpointConfig } from '../core/endpoint.ts';
import type { PrecheckItem } from '../core/task.ts';
import type { EndpointTest } from '../engine.ts';
import type { CheckConfig } from './runner-port.ts';

/** Questions to databases that no task needs to ask. Nothing is changed there. All but `test` reject with DtsError, or AbortedError once the signal aborts. */
export interface Enquiries {
  /** Connects once and tells how it went; never rejects. */
  test(endpoint: EndpointConfig): Promise<EndpointTest>;
  /** Runs every check of a task, which need not exist. */
  precheck(config: CheckConfig, signal: AbortSignal): Promise<readonly PrecheckItem[]>;
  databases(endpoint: EndpointConfig, signal: AbortSignal): Promise<readonly string[]>;
  tables(endpoint: EndpointConfig, request: CatalogRequest, signal: AbortSignal): Promise<CatalogPage>;
}
