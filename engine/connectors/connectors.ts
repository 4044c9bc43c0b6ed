import type { Catalog } from '../core/catalog.ts';
import type { EngineName } from '../core/endpoint.ts';
import type { ErrorReport } from '../core/errors.ts';
import { reportOf } from '../core/errors.ts';
import type { PrecheckProbe } from '../core/precheck.ts';
import type { ConnectorContext, Source } from '../core/source.ts';
import type { Target } from '../core/target.ts';
import { mysqlConnector } from './mysql/index.ts';

/** What a connector offers to those above. */
export interface Connector {
  openSource(context: ConnectorContext): Promise<Source>;
  openTarget(context: ConnectorContext): Promise<Target>;
  openProbe(context: ConnectorContext): PrecheckProbe;
  openCatalog(context: ConnectorContext): Catalog;
  /** Connects and asks who answers. Rejects with DtsError. */
  greet(context: ConnectorContext): Promise<{ readonly version: string; readonly flavour: string }>;
}

/** MySQL and MariaDB speak one protocol; which of them answers is found out when connected. */
const connectors: Record<EngineName, Connector> = {
  MYSQL: mysqlConnector,
  MARIADB: mysqlConnector,
};

const connectorOf = (context: ConnectorContext): Connector => connectors[context.endpoint.engine];

export const openSource = (context: ConnectorContext): Promise<Source> =>
  connectorOf(context).openSource(context);

export const openTarget = (context: ConnectorContext): Promise<Target> =>
  connectorOf(context).openTarget(context);

export const openProbe = (context: ConnectorContext): PrecheckProbe =>
  connectorOf(context).openProbe(context);

export const openCatalog = (context: ConnectorContext): Catalog => connectorOf(context).openCatalog(context);

export interface ConnectionTest {
  readonly ok: boolean;
  readonly latencyMillis: number;
  readonly serverVersion?: string | undefined;
  readonly flavour?: string | undefined;
  readonly error?: ErrorReport | undefined;
}

/** Connects once and tells how it went; never rejects. */
export async function testConnection(context: ConnectorContext): Promise<ConnectionTest> {
  const startedAt = context.clock.now();
  try {
    const { version, flavour } = await connectorOf(context).greet(context);
    const latencyMillis = context.clock.now() - startedAt;
    return { ok: true, latencyMillis, serverVersion: version, flavour };
  } catch (error) {
    return { ok: false, latencyMillis: context.clock.now() - startedAt, error: reportOf(error) };
  }
}
