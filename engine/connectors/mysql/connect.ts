import { isIP } from 'node:net';
import { checkServerIdentity, TLSSocket } from 'node:tls';
import mysql, { type Connection } from 'mysql2';
import type { EndpointConfig } from '../../core/endpoint.ts';
import { AbortedError, DtsError } from '../../core/errors.ts';
import { defaultPatience } from '../../core/source.ts';
import { type ConnectOptions, executeIfAllowed, MysqlConnection, socketOf } from './connection.ts';
import { classify } from './errors.ts';
import { privilegedStatement, sessionStatements } from './session.ts';

// The driver makes room at once for as many parsers of answers as it may keep: half a megabyte in each thread for its default of 15,000.
mysql.setMaxParserCache(200);

/** Opens a session. Rejects with CONNECTION_FAILED, ACCESS_DENIED, TLS_FAILED, TOO_MANY_CONNECTIONS, AbortedError. */
export async function connect(endpoint: EndpointConfig, options: ConnectOptions): Promise<MysqlConnection> {
  const connection = await greet(endpoint, options);
  try {
    for (const statement of sessionStatements(connection.serverVersion, options.purpose)) {
      await connection.execute(statement);
    }
    const privileged = options.role === 'target' ? privilegedStatement(connection.serverVersion) : undefined;
    if (privileged !== undefined) await executeIfAllowed(connection, privileged);
    return connection;
  } catch (error) {
    connection.destroy(error);
    throw error;
  }
}

async function greet(endpoint: EndpointConfig, options: ConnectOptions): Promise<MysqlConnection> {
  const { mode } = endpoint.tls;
  try {
    return await dial(endpoint, options, mode !== 'DISABLED');
  } catch (error) {
    const plain = mode === 'PREFERRED' && error instanceof DtsError && error.code === 'TLS_FAILED';
    if (!plain) throw error;
    return await dial(endpoint, options, false);
  }
}

async function dial(
  endpoint: EndpointConfig,
  options: ConnectOptions,
  encrypt: boolean,
): Promise<MysqlConnection> {
  const { signal } = options;
  if (signal?.aborted) throw new AbortedError();
  const verify = endpoint.tls.mode === 'VERIFY';
  const driver = mysql.createConnection({
    host: endpoint.host,
    port: endpoint.port,
    user: endpoint.username,
    password: endpoint.password,
    ...(options.database === undefined ? {} : { database: options.database }),
    charset: 'utf8mb4_bin',
    connectTimeout: options.connectTimeoutMs ?? 10_000,
    enableKeepAlive: true,
    keepAliveInitialDelay: 10_000,
    // We prepare none, and the driver makes room for all of them at once: half a megabyte for its default of 16,000.
    maxPreparedStatements: 1,
    multipleStatements: options.purpose === 'write',
    // Our packets carry no attributes, and every setting of the driver's that reads SQL is off.
    flags: ['-CLIENT_QUERY_ATTRIBUTES', '-IGNORE_SPACE', '-ODBC', '-SESSION_TRACK'],
    connectAttributes: { program_name: 'opendts' },
    ...(encrypt
      ? {
          ssl: {
            rejectUnauthorized: verify,
            verifyIdentity: verify && isIP(endpoint.host) === 0,
            ...(endpoint.tls.ca === undefined ? {} : { ca: endpoint.tls.ca }),
          },
        }
      : {}),
  });
  let onAbort = () => {};
  try {
    const serverVersion = await new Promise<string>((resolve, reject) => {
      onAbort = () => reject(new AbortedError());
      signal?.addEventListener('abort', onAbort, { once: true });
      driver.once('error', reject);
      driver.once('connect', (handshake: { serverVersion: string }) => {
        driver.off('error', reject);
        resolve(handshake.serverVersion);
      });
    });
    if (verify) verifyAddress(driver, endpoint.host);
    const isAtWork = (threadId: number) => isThreadAtWork(endpoint, options, threadId);
    return new MysqlConnection(driver, serverVersion, { ...options, isAtWork });
  } catch (error) {
    driver.on('error', () => {});
    driver.destroy();
    socketOf(driver).destroy();
    throw classify(error, options.role);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** A statement that takes long is no stalled connection: the server's list of threads tells the one from the other. */
async function isThreadAtWork(
  endpoint: EndpointConfig,
  { role, stallTimeoutMs = defaultPatience.stallMillis, signal }: ConnectOptions,
  threadId: number,
): Promise<boolean> {
  const limit = AbortSignal.timeout(stallTimeoutMs);
  const asking = signal ? AbortSignal.any([signal, limit]) : limit;
  const connection = await connect(endpoint, { purpose: 'admin', role, stallTimeoutMs, signal: asking });
  try {
    const threads = await connection.query('SHOW PROCESSLIST');
    return threads.some((thread) => thread.Id === String(threadId) && thread.Command !== 'Sleep');
  } finally {
    await connection.close();
  }
}

/** The driver checks names only: a certificate must also name the address that was dialled. */
function verifyAddress(driver: Connection, host: string): void {
  const socket = socketOf(driver);
  if (isIP(host) === 0 || !(socket instanceof TLSSocket)) return;
  const wrong = checkServerIdentity(host, socket.getPeerCertificate());
  if (wrong) throw wrong;
}
