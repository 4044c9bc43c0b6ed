import { checkAuthorities } from './authorities.ts';
import { type Connection, define, planPrechecks } from './connection.ts';
import { checkDuration, checkTimerDuration, millisOf } from './duration.ts';
import { capabilities } from './gateway/catalog.ts';
import { GatewayClient } from './gateway/client.ts';
import { type Fault, GatewayError } from './gateway/gateway-error.ts';
import { addressOf } from './gateway/transport.ts';
import { journalOf } from './journal.ts';
import { KeptRecords } from './kept-records.ts';
import { Ownership } from './ownership.ts';
import type { Diagnostics } from './protocol/contracts/diagnostics.ts';
import { ProviderError } from './protocol/contracts/diagnostics.ts';
import type { ProviderConfiguration } from './protocol/contracts/provider.ts';
import { defineSchema } from './protocol/schema/define.ts';
import { isUnknown } from './protocol/values/unknown.ts';
import { version } from './version.ts';

const schema = defineSchema({
  description:
    'OpenDTS migrates and synchronizes databases while they stay in use. The provider talks to the GraphQL API of a running service.',
  attributes: {
    endpoint: {
      type: 'string',
      optional: true,
      check: checkEndpoint,
      description:
        'URL of the service, such as `http://dts.example.com:4000`; with a path only where a proxy has the service under it. The default is the environment variable OPENDTS_ENDPOINT.',
    },
    token: {
      type: 'string',
      optional: true,
      sensitive: true,
      description:
        'Token of the API with the scopes `read`, `write` and `operate`; with `admin` where tokens are managed. The default is the environment variable OPENDTS_TOKEN.',
    },
    ca: {
      type: 'string',
      optional: true,
      check: checkAuthorities,
      description:
        'Certificates in PEM form of the authorities by which the service proves itself at an `https` URL, in place of those that Node knows: the text of a file, such as `file("ca.pem")`. The default is the environment variable OPENDTS_CA, which holds that text.',
    },
    plan_precheck: {
      type: 'string',
      optional: true,
      oneOf: planPrechecks,
      description:
        'What becomes of what a precheck finds while a new task is planned. `error`: the plan fails. `warn`: it is told as warnings. `off`: plans ask no database. The default is `error`.',
    },
    request_timeout: {
      type: 'string',
      optional: true,
      check: checkTimerDuration,
      description: 'Longest that one request to the service may take. The default is `60s`.',
    },
    retry_timeout: {
      type: 'string',
      optional: true,
      check: checkDuration,
      description:
        'For how long a service that is out of reach, or restarts, is asked again. One that was not heard of yet is given up sooner: after three seconds where it refuses connections, after ten where it does not answer. The default is `1m`.',
    },
  },
});

const provider: ProviderConfiguration<typeof schema.attributes, Connection> = {
  schema,

  async configure(config, { diagnostics, logger, signal }) {
    if (Object.values(config).some(isUnknown)) return undefined;
    const endpoint = given(config.endpoint, 'OPENDTS_ENDPOINT');
    const token = given(config.token, 'OPENDTS_TOKEN');
    requireGiven(
      endpoint,
      { name: 'endpoint', variable: 'OPENDTS_ENDPOINT', what: 'address of the service' },
      diagnostics,
    );
    requireGiven(token, { name: 'token', variable: 'OPENDTS_TOKEN', what: 'token of the API' }, diagnostics);
    if (endpoint === undefined || token === undefined) return undefined;
    const fault = checkEndpoint(endpoint);
    if (fault !== undefined) {
      diagnostics.error({ summary: 'OPENDTS_ENDPOINT is no address', detail: fault, path: ['endpoint'] });
      return undefined;
    }
    if (token === '') {
      diagnostics.error({
        summary: 'The token is empty',
        detail:
          'Set "token" to a token of the API, or leave it out (null) to use the environment variable OPENDTS_TOKEN.',
        path: ['token'],
      });
      return undefined;
    }
    // Nothing of the token is told.
    if (!/^[\x21-\x7e]+$/.test(token)) {
      diagnostics.error({
        summary: 'The token holds characters that no token has',
        detail:
          'A token is one word of printable ASCII. Look for a blank, a line break or a quote that was copied with it, in "token" or OPENDTS_TOKEN.',
        path: ['token'],
      });
      return undefined;
    }
    const ca = given(config.ca, 'OPENDTS_CA');
    const unreadable = ca === undefined ? undefined : checkAuthorities(ca);
    if (unreadable !== undefined) {
      diagnostics.error({ summary: 'OPENDTS_CA holds no certificates', detail: unreadable, path: ['ca'] });
      return undefined;
    }
    if (text(config.ca) !== undefined && new URL(endpoint).protocol !== 'https:') {
      diagnostics.warning({
        summary: 'The connection to the service is not encrypted',
        detail: `"ca" is of use for an https address alone, and ${endpoint} is none. Remove it, or give an https address.`,
        path: ['endpoint'],
      });
    }
    const gateway = new GatewayClient({
      endpoint,
      token,
      ca,
      timeoutMillis: millisOf(text(config.request_timeout) ?? '60s') ?? 0,
      retryMillis: millisOf(text(config.retry_timeout) ?? '1m') ?? 0,
      userAgent: `opendts-terraform/${version}`,
      logger,
    });
    await requireAnswer(gateway, endpoint, signal);
    const planPrecheck = planPrechecks.find((each) => each === config.plan_precheck) ?? 'error';
    const journal = journalOf(endpoint, process.env);
    return {
      ...{ gateway, planPrecheck, journal },
      ...{ ownership: new Ownership(), changingEndpoints: new Set(), records: new KeptRecords() },
    };
  },
};

export const configuration = define.configuration(provider);

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** An empty environment variable is one that is not set. */
const given = (value: unknown, variable: string): string | undefined =>
  text(value) ?? (process.env[variable] || undefined);

function requireGiven(
  value: string | undefined,
  { name, variable, what }: { name: string; variable: string; what: string },
  diagnostics: Diagnostics,
): void {
  if (value !== undefined) return;
  diagnostics.error({
    summary: `The ${what} is missing`,
    detail: `Set "${name}" in the provider block, or the environment variable ${variable}.`,
    path: [name],
  });
}

/** Asks once, so that a wrong address or token is told at the provider and not at each of its resources. */
async function requireAnswer(gateway: GatewayClient, endpoint: string, signal: AbortSignal): Promise<void> {
  try {
    await capabilities(gateway, signal);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const prefix = pathOf(endpoint);
    if (prefix !== undefined && isElsewhere(error.fault)) throw wrongPath(endpoint, prefix, error);
    const path = ['UNAUTHENTICATED', 'FORBIDDEN'].includes(error.code) ? ['token'] : ['endpoint'];
    throw new ProviderError({ code: error.code, ...error.finding, path, cause: error });
  }
}

/** What stands in an address after the host, but for the `/graphql` that each has. */
function pathOf(endpoint: string): string | undefined {
  const path = new URL(endpoint).pathname.replace(/\/$/, '').replace(/\/graphql$/, '');
  return path === '' ? undefined : path;
}

/** Whether something has answered that is no service, or the service at a path where it takes no operations. */
const isElsewhere = ({ code, httpStatus }: Fault): boolean =>
  code === 'INVALID_INPUT' || (httpStatus !== undefined && httpStatus < 500);

const wrongPath = (endpoint: string, path: string, { fault, requestId }: GatewayError): ProviderError =>
  new ProviderError({
    code: fault.code,
    summary: 'No OpenDTS service answers at the path of its address',
    detail: `The address has the path "${path}", so that ${addressOf(endpoint)} was asked. ${
      fault.httpStatus === undefined
        ? 'A service answered that takes nothing there.'
        : `It answered with HTTP status ${fault.httpStatus} and no GraphQL.`
    }\n\nWrite "endpoint" (or OPENDTS_ENDPOINT) without the path. Where the service is behind a proxy that has it under this path, check how the proxy hands requests on: it has to take the path off.\n\nCode: ${fault.code}. Request: ${requestId}.`,
    path: ['endpoint'],
  });

/** Never quotes it: it may hold a password, or be a token in the wrong place. */
function checkEndpoint(endpoint: string): string | undefined {
  // First, because such a text need not be read as a URL with a user.
  if (endpoint.includes('@'))
    return 'The URL holds a user or a password, before an "@": give the token as "token" or OPENDTS_TOKEN, and the address without them.';
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    return 'It is no URL of a service: write it as "http://host:port" or "https://host".';
  return undefined;
}
