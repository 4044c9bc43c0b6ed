import { openCatalog, testConnection } from '../connectors/connectors.ts';
import type { Catalog } from '../core/catalog.ts';
import type { Clock } from '../core/clock.ts';
import type { EndpointConfig } from '../core/endpoint.ts';
import type { Logger } from '../core/logger.ts';
import { runPrecheck } from '../precheck/run.ts';
import type { Enquiries } from '../services/enquiries.ts';

/** Asks from this process. */
export function localEnquiries(facts: { readonly logger: Logger; readonly clock: Clock }): Enquiries {
  const withCatalog = async <T>(
    endpoint: EndpointConfig,
    signal: AbortSignal,
    ask: (catalog: Catalog) => Promise<T>,
  ): Promise<T> => {
    const catalog = openCatalog({ ...facts, endpoint, signal });
    try {
      return await ask(catalog);
    } finally {
      await catalog.close();
    }
  };
  return {
    test: (endpoint) => testConnection({ ...facts, endpoint }),
    precheck: (config, signal) => runPrecheck({ ...facts, ...config, signal }),
    databases: (endpoint, signal) => withCatalog(endpoint, signal, (catalog) => catalog.databases()),
    tables: (endpoint, request, signal) =>
      withCatalog(endpoint, signal, (catalog) => catalog.tables(request)),
  };
}
