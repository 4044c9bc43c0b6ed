import { checkHost } from '../host.ts';
import { FunctionArgumentError, type ProviderFunction } from '../protocol/contracts/provider-function.ts';

const engines = new Map([
  ['mysql', 'mysql'],
  ['mysql2', 'mysql'],
  ['mariadb', 'mariadb'],
]);
const DEFAULT_PORT = 3306;

/** Values of the parameter `ssl-mode` of MySQL's own programs, and the modes of an endpoint that mean the same. */
const tlsModes = new Map([
  ['disabled', 'disabled'],
  ['preferred', 'preferred'],
  ['required', 'required'],
  ['verify_ca', 'verify'],
  ['verify_identity', 'verify'],
]);

/** Form: `mysql://user:password@host:port/database`, parts percent-encoded as in any URL (RFC 3986). */
export const parseDsn: ProviderFunction = {
  summary: 'Takes the address of a database apart.',
  description:
    'Takes a text such as `mysql://user:password@db.example.com:3306/shop` apart into the arguments of `opendts_endpoint`. ' +
    'Characters with a meaning in URLs are percent-encoded in it. The port is 3306 when there is none; what else is absent is null. ' +
    'Of parameters after a `?` it takes `ssl-mode` alone, and gives it as `tls_mode`, one of the modes that `tls` of `opendts_endpoint` has; any other is an error, so that nothing is lost unseen.',
  parameters: [
    {
      name: 'dsn',
      type: 'string',
      description: 'The address, beginning with `mysql://` or `mariadb://`.',
    },
  ],
  returns: [
    'object',
    {
      engine: 'string',
      host: 'string',
      port: 'number',
      username: 'string',
      password: 'string',
      database: 'string',
      tls_mode: 'string',
    },
  ],
  call: ([dsn]) => partsOf(String(dsn)),
};

function partsOf(dsn: string) {
  // Never quoted: it holds a password.
  const wrong = (reason: string) =>
    new FunctionArgumentError(0, `${reason} Write it as "mysql://user:password@host:port/database".`);
  const engine = engines.get(/^([a-z0-9]+):\/\//i.exec(dsn)?.[1]?.toLowerCase() ?? '');
  if (engine === undefined) throw wrong('The address does not begin with "mysql://" or "mariadb://".');
  if (hasWrongPort(dsn))
    throw wrong('The address has a port that no server has: there are those from 1 to 65535.');
  const url = urlOf(dsn);
  if (url === undefined)
    throw wrong(
      'The address is no URL: characters such as "#", "@" and "/" in its parts are to be percent-encoded.',
    );
  if (url.hostname === '') throw wrong('The address names no host.');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (checkHost(host) !== undefined)
    throw wrong(
      'The address names no host that there can be. An endpoint has one host, and no list of them.',
    );
  const decoded = (part: string) => {
    if (part === '') return null;
    try {
      return decodeURIComponent(part);
    } catch {
      throw wrong('The address has a "%" that begins no percent-encoded character.');
    }
  };
  if (url.hash !== '')
    throw wrong('The address has a "#", which is to be percent-encoded in its parts as "%23".');
  const path = url.pathname.replace(/^\//, '');
  if (path.includes('/')) throw wrong('The address names more than one database.');
  return {
    engine,
    host,
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    username: decoded(url.username),
    password: decoded(url.password),
    database: decoded(path),
    tls_mode: tlsModeOf(url, wrong),
  };
}

function tlsModeOf({ searchParams }: URL, wrong: (reason: string) => Error): string | null {
  const [parameter, ...more] = searchParams;
  if (parameter === undefined) return null;
  const [name, value] = parameter;
  const mode = tlsModes.get(value.toLowerCase());
  if (more.length === 0 && /^ssl[-_]?mode$/i.test(name) && mode !== undefined) return mode;
  throw wrong(
    `The address has parameters after "?" that an endpoint does not know: take them out, and say by its arguments what they mean. One is understood, "ssl-mode", with the values ${[...tlsModes.keys()].join(', ')}.`,
  );
}

/** Whether a number stands where the port does that is none. What may be a part of a password is not judged. */
function hasWrongPort(dsn: string): boolean {
  const [, port, rest = ''] =
    /^[^/]*\/\/(?:[^/?#]*@)?(?:\[[^\]]*\]|[^:/?#@]*):(\d+)(?=[/?#]|$)(.*)$/s.exec(dsn) ?? [];
  return port !== undefined && !rest.includes('@') && (Number(port) === 0 || Number(port) > 65_535);
}

/** As a URL of a scheme whose rules of hosts and ports are the common ones. */
function urlOf(dsn: string): URL | undefined {
  const text = dsn.replace(/^[a-z0-9]+:/i, 'mysql:');
  return URL.canParse(text) ? new URL(text) : undefined;
}
