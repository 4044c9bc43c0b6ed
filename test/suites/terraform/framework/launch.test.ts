import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http2 from 'node:http2';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import tls from 'node:tls';
import { credentials, makeClientConstructor } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../../../terraform/provider/package/bundle.ts';
import { selfSignedCertificate } from '../../../../terraform/provider/protocol/server/certificate.ts';
import { serviceDefinition } from '../../../../terraform/provider/protocol/server/grpc-service.ts';
import { launch as serveCli } from '../../../../terraform/provider/protocol/server/launch.ts';
import { providerServer } from '../../../../terraform/provider/protocol/server/provider-server.ts';
import {
  GRPCBroker,
  GRPCController,
  GRPCStdio,
  Health,
  ServingStatus,
} from '../../../../terraform/provider/protocol/wire/descriptions.ts';
import { COOKIE, type Handshake, LaunchedPlugin } from './launched-plugin.ts';
import { ProviderClient } from './provider-client.ts';
import { type Shelf, shelfProvider } from './shelf-provider.ts';

let folder: string;
let program: string;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shelf-'));
  program = path.join(folder, 'terraform-provider-shelf');
  const entry = path.join(import.meta.dirname, 'shelf-main.ts');
  fs.writeFileSync(program, await bundle(entry), { mode: 0o755 });
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** Sockets of plugins go here. */
const sockets = () => ({ PLUGIN_UNIX_SOCKET_DIR: folder });
const leftSockets = () => fs.readdirSync(folder).filter((name) => name.startsWith('plugin'));
const launch = (env: Record<string, string> = {}, args: string[] = []) =>
  new LaunchedPlugin(program, { env: { ...COOKIE, ...sockets(), ...env }, args });

const provider = shelfProvider() as never;
const schemaOf = async (client: ProviderClient) =>
  Object.keys((await client.call('GetProviderSchema')).resource_schemas as object);

describe('a launch is refused', () => {
  test('when a person starts it: says on the standard error what it is, and nothing else', async () => {
    await using plugin = new LaunchedPlugin(program, { env: {} });
    expect(await plugin.ended()).toBe(1);
    expect(plugin.stdout).toBe('');
    expect(plugin.stderr).toMatch(/^This program is the shelf provider\..*-debug\.\n$/);
  });

  test('by a CLI that does not speak the protocol: says so in place of the line that the CLI waits for', async () => {
    await using plugin = launch({ PLUGIN_PROTOCOL_VERSIONS: '4,5' });
    expect(await plugin.ended()).toBe(1);
    expect(plugin.stdout).toMatch(/^This provider .*version 6.*versions 4, 5\. Update the CLI.*\n$/);
    expect(plugin.stderr).toBe('');
  });

  test('with a reason of many lines and bars: one line that no CLI takes for an address', async () => {
    const folder = 'no|such\nfolder|a|b|c';
    await using plugin = launch({ PLUGIN_UNIX_SOCKET_DIR: folder });
    expect(await plugin.ended()).toBe(1);
    expect(plugin.stdout).toMatch(
      /^No folder for the socket can be made in no such folder a b c \(ENOENT\).*\n$/,
    );
    expect(plugin.stderr).toBe('');
  });
});

describe('a launch', () => {
  test('prints one line, by which the CLI finds the server', async () => {
    await using plugin = launch();
    expect(await plugin.handshake()).toMatchObject({
      ...{ core: '1', protocol: '6', network: 'unix', kind: 'grpc', certificate: '', more: [] },
      address: expect.stringMatching(/plugin\w+\/s$/),
    });
    using client = new ProviderClient(`unix:${(await plugin.handshake()).address}`, provider);
    expect(await schemaOf(client)).toEqual(['shelf_box']);
    expect(plugin.stdout.split('\n')).toHaveLength(2);
  });

  test('takes connections while the provider is loaded, and answers them then', async () => {
    let client: ProviderClient | undefined;
    let answer: Promise<readonly string[]> | undefined;
    const launched = await served({
      async whileLoading(address) {
        client = new ProviderClient(`unix:${address}`, provider);
        answer = schemaOf(client);
        const connection = connect(address);
        await once(connection, 'connect');
        connection.destroy();
      },
    });
    expect(await answer).toEqual(['shelf_box']);
    client?.[Symbol.dispose]();
    launched.adopt();
    launched.pass(1);
    await launched.ended;
  });

  test.each([
    ['is served once that is loaded', 'trusted', 'served'],
    ['with another certificate is refused then', 'other', 'refused'],
  ] as const)('takes a TLS greeting while the provider is loaded: a CLI %s', async (_what, who, comes) => {
    const certificates = {
      trusted: selfSignedCertificate(new Date()),
      other: selfSignedCertificate(new Date()),
    };
    const { certificatePem: cert, keyPem: key } = certificates[who];
    let session: http2.ClientHttp2Session | undefined;
    let outcome: Promise<string> | undefined;
    const launched = await served({
      env: { PLUGIN_CLIENT_CERT: certificates.trusted.certificatePem },
      async whileLoading(address, certificate) {
        const ca = new X509Certificate(Buffer.from(certificate, 'base64')).toString();
        const socket = connect(address);
        const secured = tls.connect({
          socket,
          cert,
          key,
          ca,
          servername: 'localhost',
          ALPNProtocols: ['h2'],
        });
        session = http2.connect('https://localhost', { createConnection: () => secured });
        const { promise, resolve } = Promise.withResolvers<string>();
        session.on('remoteSettings', () => resolve('served'));
        session.on('error', () => resolve('refused'));
        session.on('close', () => resolve('refused'));
        outcome = promise;
        await once(socket, 'connect');
        await expect.poll(() => socket.bytesWritten > 0 && socket.writableLength === 0).toBe(true);
        for (let turn = 0; turn < 20; turn++) await setImmediate(); // the listener has taken it by then
        expect(socket.bytesRead).toBe(0); // nothing answers the greeting yet
      },
    });
    expect(await outcome).toBe(comes);
    session?.destroy();
    launched.adopt();
    launched.pass(1);
    await launched.ended;
    expect(leftSockets()).toEqual([]);
  });

  test('that cannot load the provider ends with the reason, and leaves no socket', async () => {
    const failing = served({
      whileLoading: () => Promise.reject(new Error('The program is damaged.')),
    });
    await expect(failing).rejects.toThrow('The program is damaged.');
    expect(leftSockets()).toEqual([]);
  });

  test('whose CLI is gone before it is told where leaves no socket', async () => {
    const gone = () => {
      throw new Error('EPIPE');
    };
    await expect(served({ told: gone })).rejects.toThrow('EPIPE');
    expect(leftSockets()).toEqual([]);
  });

  test('says that it cannot take several connections in one, where it is asked', async () => {
    await using plugin = launch({ PLUGIN_MULTIPLEX_GRPC: '1' });
    expect((await plugin.handshake()).more).toEqual(['false']);
  });

  test('with a certificate of the CLI serves that CLI alone', async () => {
    const cli = selfSignedCertificate(new Date());
    const other = selfSignedCertificate(new Date());
    await using plugin = launch({ PLUGIN_CLIENT_CERT: cli.certificatePem });
    const { address, certificate } = await plugin.handshake();
    expect(certificate).not.toContain('=');
    const server = new X509Certificate(Buffer.from(certificate, 'base64'));
    expect(server.subjectAltName).toBe('DNS:localhost');
    const as = ({ keyPem, certificatePem }: typeof cli) =>
      credentials.createSsl(Buffer.from(server.toString()), Buffer.from(keyPem), Buffer.from(certificatePem));
    using trusted = new ProviderClient(`unix:${address}`, provider, as(cli));
    expect(await schemaOf(trusted)).toEqual(['shelf_box']);
    using stranger = new ProviderClient(`unix:${address}`, provider, as(other));
    await expect(schemaOf(stranger)).rejects.toThrow(/UNAVAILABLE/);
    using plain = new ProviderClient(`unix:${address}`, provider);
    await expect(schemaOf(plain)).rejects.toThrow(/UNAVAILABLE/);
  });

  test('is healthy', async () => {
    await using plugin = launch();
    using health = service(Health, await plugin.handshake());
    expect(await health.call('Check', { service: 'plugin' })).toEqual({ status: ServingStatus.SERVING });
  });

  test('logs for the CLI, one object a line, as much as was asked for', async () => {
    await using plugin = launch({ TF_LOG: 'info' });
    using client = new ProviderClient(`unix:${(await plugin.handshake()).address}`, provider);
    await client.configure({ key: 'right' });
    await expect.poll(() => plugin.stderr).toContain('\n');
    const [entry, ...more] = plugin.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(entry).toMatchObject({
      '@level': 'info',
      '@message': 'Opening the shelf',
      '@module': 'provider.shelf',
      '@timestamp': expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      cliVersion: '1.11.4',
    });
    expect(more).toEqual([]);
    expect(plugin.stderr).not.toContain('right');
  });
});

describe('a log that is not read for a while', () => {
  test('fails no call, and is whole when it is read again', async () => {
    await using plugin = launch({ TF_LOG: 'info' });
    using client = new ProviderClient(`unix:${(await plugin.handshake()).address}`, provider);
    const release = plugin.holdLog();
    const calls = 2000; // more than a pipe takes
    for (let call = 0; call < calls; call++) expect(await client.configure({ key: 'right' })).toEqual([]);
    release();
    const entries = () => plugin.stderr.split('\n').slice(0, -1);
    await expect.poll(() => entries().length).toBe(calls);
    for (const entry of entries())
      expect(JSON.parse(entry)).toMatchObject({ '@message': 'Opening the shelf' });
  });
});

describe('the end', () => {
  test('comes when the CLI asks for it', async () => {
    await using plugin = launch();
    using controller = service(GRPCController, await plugin.handshake());
    expect(await controller.call('Shutdown', {})).toEqual({});
    expect(await plugin.ended()).toBe(0);
    expect(leftSockets()).toEqual([]);
  });

  test.each([
    ['output', GRPCStdio, 'StreamStdio'],
    ['connections', GRPCBroker, 'StartStream'],
  ])(
    'comes when the stream of %s breaks, as it does when the CLI is killed',
    async (_what, methods, name) => {
      await using plugin = launch({ TF_LOG: 'trace' });
      using parent = service(methods, await plugin.handshake());
      const stream = parent.open(name);
      // An answered call shows that the stream before it has arrived.
      using client = new ProviderClient(`unix:${(await plugin.handshake()).address}`, provider);
      await schemaOf(client);
      stream.cancel();
      expect(await plugin.ended()).toBe(0);
      expect(leftSockets()).toEqual([]);
    },
  );

  test('does not come by an interrupt at the terminal, which is for the CLI', async () => {
    await using plugin = launch({ TF_LOG: 'debug' });
    using client = new ProviderClient(`unix:${(await plugin.handshake()).address}`, provider);
    plugin.signal('SIGINT');
    await expect.poll(() => plugin.stderr).toContain('interrupt');
    expect(await schemaOf(client)).toEqual(['shelf_box']);
  });

  test('comes when the CLI is killed before it has connected', async () => {
    // The CLI is a node that starts the plugin; both write to the same pipes, which close when both are gone.
    const cli = `require('node:child_process').spawn(process.argv[1], { stdio: 'inherit' })`;
    await using plugin = new LaunchedPlugin(process.execPath, {
      args: ['-e', cli, program],
      env: { ...COOKIE, ...sockets() },
    });
    await plugin.handshake();
    expect(leftSockets()).toHaveLength(1);
    plugin.signal('SIGKILL');
    expect(await plugin.ended()).toBe('SIGKILL');
    expect(leftSockets()).toEqual([]);
  });

  test('comes when nobody has called for a minute', async () => {
    const { pass, ended } = await served();
    pass(60);
    await ended;
    expect(leftSockets()).toEqual([]);
  });

  test('does not come by time once the CLI has called, but when the parent is another one', async () => {
    const launched = await served();
    using client = new ProviderClient(`unix:${launched.address}`, provider);
    await schemaOf(client);
    launched.pass(600);
    expect(await schemaOf(client)).toEqual(['shelf_box']);
    launched.adopt();
    launched.pass(1);
    await launched.ended;
    expect(leftSockets()).toEqual([]);
  });

  test('comes after what was opened for the run, and what the CLI could not close, is closed', async () => {
    const shelf: Shelf = { boxes: new Map(), closed: [] };
    const launched = await served({ shelf });
    using client = new ProviderClient(`unix:${launched.address}`, provider);
    await client.configure({ key: 'right' });
    const config = { msgpack: Buffer.from('81a576616c7565c0', 'hex') };
    await client.call('OpenEphemeralResource', { type_name: 'shelf_key', config });
    launched.adopt();
    launched.pass(1);
    await launched.ended;
    expect(shelf.closed).toEqual(['key 7']);
  });

  test('comes when the system asks for it, and leaves no socket', async () => {
    await using plugin = launch();
    await plugin.handshake();
    expect(leftSockets()).toHaveLength(1);
    plugin.signal('SIGTERM');
    expect(await plugin.ended()).toBe(0);
    expect(leftSockets()).toEqual([]);
  });
});

describe('the socket', () => {
  test('stands in /tmp when the folder for temporary files has too long a path', async () => {
    const long = path.join(folder, 'x'.repeat(90));
    fs.mkdirSync(long);
    await using plugin = new LaunchedPlugin(program, { env: { ...COOKIE, TMPDIR: long } });
    const { address } = await plugin.handshake();
    expect(address).toMatch(/^\/tmp\/plugin\w+\/s$/);
    using client = new ProviderClient(`unix:${address}`, provider);
    expect(await schemaOf(client)).toEqual(['shelf_box']);
    expect(fs.readdirSync(long)).toEqual([]);
    plugin.signal('SIGTERM');
    expect(await plugin.ended()).toBe(0);
    expect(fs.existsSync(path.dirname(address))).toBe(false);
  });

  test.each([
    ['has too long a path', 'x'.repeat(90), /too long for a socket/],
    ['is not there', 'nowhere', /\(ENOENT\)/],
  ])('in a folder that %s is refused with the variable that names it', async (_what, name, reason) => {
    const chosen = path.join(folder, name);
    await using plugin = launch({ PLUGIN_UNIX_SOCKET_DIR: chosen });
    expect(await plugin.ended()).toBe(1);
    expect(plugin.stdout).toMatch(/^.*\n$/);
    expect(plugin.stdout).toMatch(reason);
    expect(plugin.stdout).toContain(`${chosen}`);
    expect(plugin.stdout).toContain('Set PLUGIN_UNIX_SOCKET_DIR');
  });

  test('can have the longest path that is taken', async () => {
    const chosen = path.join(folder, 'y'.repeat(88 - folder.length - 1));
    fs.mkdirSync(chosen);
    await using plugin = launch({ PLUGIN_UNIX_SOCKET_DIR: chosen });
    const { address } = await plugin.handshake();
    expect(Buffer.byteLength(address)).toBe(103);
    using client = new ProviderClient(`unix:${address}`, provider);
    expect(await schemaOf(client)).toEqual(['shelf_box']);
  });
});

describe('started with -debug', () => {
  test('prints the variable by which CLIs attach, needs no cookie, and ends by an interrupt', async () => {
    await using plugin = new LaunchedPlugin(program, { args: ['-debug'], env: { TMPDIR: folder } });
    await expect.poll(() => plugin.stdout).toContain('\n');
    const [, json = ''] = /^TF_REATTACH_PROVIDERS='(.*)'\n$/.exec(plugin.stdout) ?? [];
    const { Addr, ProtocolVersion } = JSON.parse(json)['shelf.example/test/shelf'];
    expect(ProtocolVersion).toBe(6);
    using client = new ProviderClient(`unix:${Addr.String}`, provider);
    expect(await schemaOf(client)).toEqual(['shelf_box']);
    plugin.signal('SIGINT');
    expect(await plugin.ended()).toBe(0);
    expect(leftSockets()).toEqual([]);
  });
});

/** A launch in this process, whose time and parent the test decides. */
async function served({
  whileLoading = async (_address: string, _certificate: string) => {},
  told = () => {},
  env = {} as Readonly<Record<string, string>>,
  shelf = undefined as Shelf | undefined,
} = {}) {
  const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
  const { promise: ended, resolve: exit } = Promise.withResolvers<void>();
  let second = () => {};
  let parent = 1;
  let address = '';
  let certificate = '';
  await serveCli({
    async load() {
      await whileLoading(address, certificate);
      return (serving) => providerServer(shelfProvider(shelf), serving);
    },
    env: { ...sockets(), ...env },
    logger: silent,
    now: () => new Date(),
    print: (line) => {
      [address = '', , certificate = ''] = line.split('|').slice(3);
      told();
    },
    exit,
    onTerminate: () => {},
    everySecond: (check) => {
      second = check;
    },
    parentId: () => parent,
  });
  return {
    address,
    ended,
    pass: (seconds: number) => {
      for (let i = 0; i < seconds; i++) second();
    },
    adopt: () => {
      parent++;
    },
  };
}

/** A client of one of the services beside the provider's. */
function service(methods: Parameters<typeof serviceDefinition>[0], { address }: Handshake) {
  const definition = serviceDefinition(methods);
  const client = new (makeClientConstructor(definition, 'Service'))(
    `unix:${address}`,
    credentials.createInsecure(),
  );
  const of = (name: string) => definition[name]!;
  return {
    call: (name: string, request: object) =>
      new Promise((resolve, reject) => {
        const { path, requestSerialize, responseDeserialize } = of(name);
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, answer) =>
          error ? reject(error) : resolve(answer),
        );
      }),
    open(name: string) {
      const { path, requestStream, requestSerialize, responseDeserialize } = of(name);
      const stream = requestStream
        ? client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize)
        : client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, {});
      stream.on('error', () => {}); // it is broken on purpose
      return stream;
    },
    [Symbol.dispose]: () => client.close(),
  };
}
