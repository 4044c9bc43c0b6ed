import { FunctionArgumentError, type ProviderFunction } from '../protocol/contracts/provider-function.ts';

const engines: Readonly<Record<string, string>> = { mysql: 'mysql', mysql2: 'mysql', mariadb: 'mariadb' };
const DEFAULT_PORT = 3306;

/** Form: `mysql://user:password@host:port/database`, parts percent-encoded as in any URL (RFC 3986). */
export const parseDsn: ProviderFunction = {
  summary: 'Takes the address of a database apart.',
  description:
    'Takes a text such as `mysql://user:password@db.example.com:3306/shop` apart into the arguments of `opendts_endpoint`. ' +
    'Characters with a meaning in URLs are percent-encoded in it. The port is 3306 when there is none; what else is absent is null.',
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
    },
  ],
  call: ([dsn]) => partsOf(String(dsn)),
};

function partsOf(dsn: string) {
  // Never quoted: it holds a password.
  const wrong = (reason: string) =>
    new FunctionArgumentError(0, `${reason} Write it as "mysql://user:password@host:port/database".`);
  const engine = engines[/^([a-z0-9]+):\/\//i.exec(dsn)?.[1]?.toLowerCase() ?? ''];
  if (engine === undefined) throw wrong('The address does not begin with "mysql://" or "mariadb://".');
  const url = urlOf(dsn);
  if (url === undefined)
    throw wrong(
      'The address is no URL: characters such as "#", "@" and "/" in its parts are to be percent-encoded.',
    );
  if (url.hostname === '') throw wrong('The address names no host.');
  const decoded = (part: string) => {
    if (part === '') return null;
    try {
      return decodeURIComponent(part);
    } catch {
      throw wrong('The address has a "%" that begins no percent-encoded character.');
    }
  };
  const path = url.pathname.replace(/^\//, '');
  if (path.includes('/')) throw wrong('The address names more than one database.');
  return {
    engine,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    username: decoded(url.username),
    password: decoded(url.password),
    database: decoded(path),
  };
}

/** As a URL of a scheme whose rules of hosts and ports are the common ones. */
function urlOf(dsn: string): URL | undefined {
  const text = dsn.replace(/^[a-z0-9]+:/i, 'mysql:');
  return URL.canParse(text) ? new URL(text) : undefined;
}
