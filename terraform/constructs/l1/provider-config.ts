// Generated from the schema of the provider by `npm run constructs`; do not edit.
import type { Shape } from '../shape.ts';

/** What `OpendtsProvider` takes. */
export interface OpendtsProviderConfig {
  /**
   * Certificates in PEM form of the authorities by which the service proves itself at an `https` URL, in
   * place of those that Node knows: the text of a file, such as `file("ca.pem")`. The default is the
   * environment variable OPENDTS_CA, which holds that text.
   */
  readonly ca?: string | undefined;
  /**
   * URL of the service, such as `http://dts.example.com:4000`; with a path only where a proxy has the
   * service under it. The default is the environment variable OPENDTS_ENDPOINT.
   */
  readonly endpoint?: string | undefined;
  /**
   * What becomes of what a precheck finds while a new task is planned. `error`: the plan fails. `warn`:
   * it is told as warnings. `off`: plans ask no database. The default is `error`.
   */
  readonly planPrecheck?: string | undefined;
  /** Longest that one request to the service may take. The default is `60s`. */
  readonly requestTimeout?: string | undefined;
  /**
   * For how long a service that is out of reach, or restarts, is asked again. One that was not heard of
   * yet is given up sooner: after three seconds where it refuses connections, after ten where it does
   * not answer. The default is `1m`.
   */
  readonly retryTimeout?: string | undefined;
  /**
   * Token of the API with the scopes `read`, `write` and `operate`; with `admin` where tokens are
   * managed. The default is the environment variable OPENDTS_TOKEN.
   */
  readonly token?: string | undefined;
  /** Tells several providers of one stack apart. */
  readonly alias?: string | undefined;
}

export const opendtsProviderShape: Shape = {
  ca: { terraform: 'ca', type: 'string' },
  endpoint: { terraform: 'endpoint', type: 'string' },
  planPrecheck: { terraform: 'plan_precheck', type: 'string' },
  requestTimeout: { terraform: 'request_timeout', type: 'string' },
  retryTimeout: { terraform: 'retry_timeout', type: 'string' },
  token: { terraform: 'token', type: 'string' },
};
