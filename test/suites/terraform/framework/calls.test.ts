import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type DebugServer, serveDebug } from '../../../../terraform/provider/protocol/server/debug.ts';
import { writeObject } from '../../../../terraform/provider/protocol/service/dynamic-value.ts';
import { UNKNOWN } from '../../../../terraform/provider/protocol/values/unknown.ts';
import type { ValueRecord } from '../../../../terraform/provider/protocol/values/value.ts';
import { ProviderClient } from './provider-client.ts';
import { type Shelf, shelfProvider } from './shelf-provider.ts';

const ADDRESSES = ['registry.terraform.io/test/shelf', 'shelf.example/test/shelf'];
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const shelf: Shelf = { boxes: new Map(), closed: [] };
const provider = shelfProvider(shelf);
let server: DebugServer;
let cli: ProviderClient;

beforeAll(async () => {
  server = await serveDebug({ provider, addresses: ADDRESSES, logger: silent });
  cli = new ProviderClient(`${server.network}:${server.address}`, provider as never);
});
afterAll(() => {
  cli[Symbol.dispose]();
  server.close();
});
beforeEach(async () => {
  shelf.boxes.clear();
  shelf.closed.length = 0;
  expect(await cli.configure({ key: 'right' })).toEqual([]);
});

const none: ValueRecord = {
  ...{ id: null, name: null, size: null, colour: null, material: null, lock_wo: null },
  ...{ status: null, fate: null, parts: null },
};

test('a CLI that attaches is told where, for each address', () => {
  const entry = {
    ...{ Protocol: 'grpc', ProtocolVersion: 6, Pid: process.pid, Test: true },
    Addr: { Network: 'unix', String: server.address },
  };
  expect(JSON.parse(server.reattach)).toEqual({ [ADDRESSES[0]!]: entry, [ADDRESSES[1]!]: entry });
});

describe('the schema', () => {
  test('has all that the provider offers', async () => {
    const schema = await cli.call('GetProviderSchema');
    expect(Object.keys(schema.resource_schemas as object)).toEqual(['shelf_box']);
    expect(Object.keys(schema.data_source_schemas as object)).toEqual(['shelf_inventory']);
    expect(Object.keys(schema.ephemeral_resource_schemas as object)).toEqual(['shelf_key']);
    expect(Object.keys(schema.functions as object)).toEqual(['stack']);
    expect(schema.server_capabilities).toMatchObject({ plan_destroy: true, move_resource_state: true });
  });

  test('says of attributes what the CLI must know', async () => {
    const schema = await cli.call('GetProviderSchema');
    const { shelf_box: box } = schema.resource_schemas as Record<string, { version: number; block: never }>;
    const { attributes } = box!.block as { attributes: { name: string }[] };
    expect(box?.version).toBe(2);
    const of = (name: string) => attributes.find((each) => each.name === name);
    expect(of('size')).toMatchObject({ optional: true, computed: true, description: 'In litres.' });
    expect(of('lock_wo')).toMatchObject({ optional: true, computed: false, write_only: true });
    expect(of('parts')).toMatchObject({ nested_type: { nesting: 4 } });
  });
});

describe('a configuration', () => {
  test('that is right is taken', async () => {
    expect(await cli.validate('shelf_box', { name: 'a', colour: 'red', lock_wo: 'x' })).toEqual([]);
  });

  test('that holds unknown values is not judged by them', async () => {
    const parts = { screw: { count: UNKNOWN }, nail: UNKNOWN };
    expect(await cli.validate('shelf_box', { name: UNKNOWN, colour: UNKNOWN, parts })).toEqual([]);
  });

  test('with a value that is not allowed is refused at its attribute', async () => {
    expect(await cli.validate('shelf_box', { name: 'a', colour: 'green' })).toEqual([
      'error at colour: Invalid colour: "green" is no value of colour. Set it to one of "red", "blue".',
    ]);
  });

  test('is refused at the element that holds what is wrong, and the text says the rest of the way', async () => {
    const parts = { screw: { count: 10 } };
    expect(await cli.validate('shelf_box', { name: 'a', parts })).toEqual([
      'error at parts[screw]: Invalid count: 10 is no value of count. Set it to a whole number from 1 to 9.\n\nAt parts["screw"].count.',
    ]);
  });

  test('is refused at an element that is none', async () => {
    expect(await cli.validate('shelf_box', { name: 'a', parts: { screw: null } })).toEqual([
      'error at parts[screw]: Invalid parts: The element "screw" of parts is null. Write {} where there is nothing to say about it, or leave it out.',
    ]);
    const parts = Object.fromEntries([['__proto__', { count: 1 }]]);
    expect(await cli.validate('shelf_box', { name: 'a', parts })).toEqual([
      'error at parts[__proto__]: Invalid parts: No element of parts can have the key "__proto__". Remove it.',
    ]);
  });

  test('is judged by the rules of the resource', async () => {
    expect(await cli.validate('shelf_box', { name: 'a', colour: 'red', material: 'glass' })).toEqual([
      'error at colour: No red glass: Choose another colour.',
    ]);
  });

  test('with a secret for an old CLI is refused, with the remedy', async () => {
    const [told, ...more] = await cli.validate('shelf_box', { name: 'a', lock_wo: 'x' }, false);
    expect(told).toMatch(/^error at lock_wo: Write-only attributes are not supported.*1\.11/);
    expect(more).toEqual([]);
  });

  test('that the provider refuses names the attribute', async () => {
    expect(await cli.configure({ key: 'wrong' })).toEqual(['error at key: Wrong key: Take the right one.']);
  });
});

describe('a plan', () => {
  test('is altered by the resource', async () => {
    const { state } = await cli.apply('shelf_box', { name: 'a' });
    const { planned } = await cli.plan('shelf_box', { name: 'a' }, { ...state, status: 'broken' });
    expect(planned).toEqual({ ...state, status: UNKNOWN });
  });

  test('may ask for a replacement by the schema or by the resource', async () => {
    const { state } = await cli.apply('shelf_box', { name: 'a', material: 'wood' });
    const bySchema = await cli.plan('shelf_box', { name: 'a', material: 'tin' }, state);
    expect(bySchema).toMatchObject({ replace: [['material']], planned: { id: UNKNOWN } });
    const byResource = await cli.plan('shelf_box', { name: 'a', material: 'wood', size: 100 }, state);
    expect(byResource).toMatchObject({ replace: [['size']], planned: { id: UNKNOWN } });
  });

  test('may warn', async () => {
    const { told } = await cli.plan('shelf_box', { name: 'a', fate: 'warns' });
    expect(told).toEqual(['warning: Take care: It is fragile.']);
  });

  test('that breaks the rules is told with its attribute before the CLI refuses it', async () => {
    const { told } = await cli.plan('shelf_box', { name: 'a', fate: 'plan is unlawful' });
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^error at name: .*shelf_box in the provider: report it\.$/s);
  });

  test('to destroy is refused by the resource', async () => {
    const { told } = await cli.plan('shelf_box', null, { name: 'a', fate: 'stays' });
    expect(told).toEqual(['error: It stays: Set fate to null first.']);
    expect((await cli.plan('shelf_box', null, { name: 'a' })).planned).toBeNull();
  });

  test('is made while the provider is not configured', async () => {
    await cli.configure({ key: UNKNOWN });
    const { planned, told } = await cli.plan('shelf_box', { name: 'a', fate: 'warns' });
    expect(planned).toMatchObject({ name: 'a', id: UNKNOWN });
    expect(told).toEqual([]);
  });
});

describe('an apply', () => {
  test('creates; the secret reaches the service, and neither plan nor state', async () => {
    const config = { name: 'a', lock_wo: 'secret' };
    expect((await cli.plan('shelf_box', config)).planned).toMatchObject({ lock_wo: null });
    const { state, told } = await cli.apply('shelf_box', config);
    expect(state).toEqual({ ...none, id: 'box-1', name: 'a', size: 3, status: 'locked' });
    expect(told).toEqual([]);
  });

  test('updates and destroys', async () => {
    const { state } = await cli.apply('shelf_box', { name: 'a' });
    const changed = await cli.apply('shelf_box', { name: 'b', size: 5 }, state);
    expect(changed.state).toEqual({ ...state, name: 'b', size: 5 });
    expect(await cli.apply('shelf_box', null, changed.state)).toMatchObject({ state: null, told: [] });
    expect(shelf.boxes.size).toBe(0);
  });

  test.each([
    ['beyond 2^53', 9007199254740993n],
    ['beyond 64 bits', 123456789012345678901234567890n],
    ['a fraction', 0.5],
  ])('keeps all digits of a number: %s', async (_what, size) => {
    const { state } = await cli.apply('shelf_box', { name: 'a', size });
    expect(state?.size).toBe(size);
  });

  test('that fails before anything is made leaves nothing', async () => {
    const { state, told } = await cli.apply('shelf_box', { name: 'a', fate: 'create fails' });
    expect(state).toBeNull();
    expect(told).toEqual(['error at size: The shelf broke: Mend it.']);
  });

  test('that fails after the object was made is a warning: an error would taint it', async () => {
    const { state, told } = await cli.apply('shelf_box', { name: 'a', fate: 'create fails late' });
    expect(state).toMatchObject({ id: 'box-1', name: 'a' });
    expect(told).toEqual(['warning at size: The shelf broke: Mend it.']);
  });

  test('that meets a fault of the provider says so, and keeps what was made', async () => {
    const { state, told } = await cli.apply('shelf_box', { name: 'a', fate: 'create breaks late' });
    expect(state).toMatchObject({ id: 'box-1' });
    expect(told[0]).toMatch(
      /^warning: The provider met a fault.*creating shelf_box: x is no function.*TF_LOG/s,
    );
  });

  test('whose update fails keeps the state before', async () => {
    const { state } = await cli.apply('shelf_box', { name: 'a' });
    const failed = await cli.apply('shelf_box', { name: 'a', fate: 'update fails' }, state);
    expect(failed).toMatchObject({ state, told: ['error at size: The shelf broke: Mend it.'] });
  });

  test('ends when the user interrupts, with what was made; the next run goes on', async () => {
    const applied = cli.apply('shelf_box', { name: 'a', fate: 'create waits' });
    await expect.poll(() => shelf.boxes.has('waiting')).toBe(true);
    await cli.call('StopProvider');
    const { state, told } = await applied;
    expect(state).toMatchObject({ id: 'box-1' });
    expect(told).toEqual([expect.stringMatching(/^warning: Interrupted/)]);
    await cli.configure({ key: 'right' });
    expect(await cli.apply('shelf_box', { name: 'b' })).toMatchObject({ told: [] });
  });

  test('without a configured provider says what to do', async () => {
    await cli.configure({ key: UNKNOWN });
    const { told } = await cli.apply('shelf_box', { name: 'a' });
    expect(told).toEqual([expect.stringMatching(/^error: The provider is not configured yet:.*-target/)]);
  });

  test('takes a message of many megabytes', async () => {
    const name = 'x'.repeat(20 << 20);
    expect((await cli.apply('shelf_box', { name })).state?.name).toHaveLength(name.length);
  });
});

describe('a state', () => {
  test('is read, with private facts beside it that keep their digits', async () => {
    const { state, privateState } = await cli.apply('shelf_box', { name: 'a' });
    const read = await cli.read('shelf_box', state!, privateState);
    expect(read.state).toEqual(state);
    expect(read.privateState).toBe('{"made":12345678901234567890,"reads":1}');
  });

  test('of an object that is gone is removed', async () => {
    expect(await cli.read('shelf_box', { id: 'gone', name: 'a' })).toMatchObject({ state: null, told: [] });
  });

  test('stays as it is while the provider is not configured', async () => {
    await cli.configure({ key: UNKNOWN });
    const { state } = await cli.read('shelf_box', { id: 'box-1', name: 'a' });
    expect(state).toEqual({ ...none, id: 'box-1', name: 'a' });
  });

  test.each([
    ['of two versions ago', 0, { id: '1', title: 'a' }, { id: '1', name: 'a', status: 'old' }],
    ['of one version ago', 1, { id: '1', name: 'a', gone: 1 }, { id: '1', name: 'a', status: 'old' }],
    ['of this version', 2, { id: '1', name: 'a' }, { id: '1', name: 'a' }],
  ])('%s fits', async (_what, version, stored, expected) => {
    const raw_state = { json: Buffer.from(JSON.stringify(stored)) };
    const answer = await cli.call('UpgradeResourceState', { type_name: 'shelf_box', version, raw_state });
    expect(cli.stateOf('shelf_box', answer.upgraded_state)).toEqual({ ...none, ...expected });
  });

  test('with large numbers loses no digit', async () => {
    const raw_state = { json: Buffer.from('{"name":"a","size":123456789012345678901234567890}') };
    const answer = await cli.call('UpgradeResourceState', { type_name: 'shelf_box', version: 2, raw_state });
    expect(cli.stateOf('shelf_box', answer.upgraded_state)?.size).toBe(123456789012345678901234567890n);
  });

  test('of a later version is refused', async () => {
    const raw_state = { json: Buffer.from('{}') };
    const { told } = await cli.call('UpgradeResourceState', {
      type_name: 'shelf_box',
      version: 3,
      raw_state,
    });
    expect(told).toEqual([expect.stringMatching(/^error: .*later version.*Update the provider\.$/s)]);
  });

  test('is imported by an id, and not by one that is unknown', async () => {
    await cli.apply('shelf_box', { name: 'a' });
    const found = await cli.call('ImportResourceState', { type_name: 'shelf_box', id: 'box-1' });
    const [imported] = found.imported_resources as { state: unknown }[];
    expect(cli.stateOf('shelf_box', imported?.state)).toEqual({ ...none, id: 'box-1' });
    const missing = await cli.call('ImportResourceState', { type_name: 'shelf_box', id: 'x' });
    expect(missing.told).toEqual([
      expect.stringMatching(/^error: There is nothing to import: No shelf_box .* "x"/),
    ]);
  });

  test('is moved from a type that the resource knows, and from no other', async () => {
    const move = (source_type_name: string) =>
      cli.call('MoveResourceState', {
        ...{ source_provider_address: 'x.example/a/b', source_type_name, target_type_name: 'shelf_box' },
        source_state: { json: Buffer.from('{"number":7}') },
      });
    expect(cli.stateOf('shelf_box', (await move('carton')).target_state)).toEqual({ ...none, id: '7' });
    expect((await move('crate')).told).toEqual([expect.stringMatching(/^error: The object cannot be moved/)]);
  });
});

describe('what is not managed', () => {
  test('a data source is read', async () => {
    await cli.apply('shelf_box', { name: 'abc' });
    const { attributes } = provider.dataSources.shelf_inventory!.schema;
    const config = writeObject(attributes, { prefix: 'a', names: null });
    const answer = await cli.call('ReadDataSource', { type_name: 'shelf_inventory', config });
    expect(cli.stateOf('shelf_inventory', answer.state)).toEqual({ prefix: 'a', names: ['abc'] });
  });

  test('an ephemeral resource is opened, renewed and closed', async () => {
    const config = { msgpack: Buffer.from('81a576616c7565c0', 'hex') };
    const opened = await cli.call('OpenEphemeralResource', { type_name: 'shelf_key', config });
    expect(cli.stateOf('shelf_key', opened.result)).toEqual({ value: 'secret' });
    expect(opened.renew_at).toEqual({ seconds: 1_800_000_000, nanos: 500_000_000 });
    const renewed = await cli.call('RenewEphemeralResource', {
      type_name: 'shelf_key',
      private: opened.private,
    });
    // Also after an interrupt: what was opened must not stay open.
    await cli.call('StopProvider');
    await cli.call('CloseEphemeralResource', { type_name: 'shelf_key', private: renewed.private });
    expect(shelf.closed).toEqual(['key 8']);
  });

  test('what a CLI has left open is closed at its end, by its last handle and for the client that opened it', async () => {
    const config = { msgpack: Buffer.from('81a576616c7565c0', 'hex') };
    const open = () => cli.call('OpenEphemeralResource', { type_name: 'shelf_key', config });
    const opened = await open();
    await cli.call('CloseEphemeralResource', { type_name: 'shelf_key', private: opened.private });
    expect(shelf.closed).toEqual(['key 7']);
    await server.settle();
    expect(shelf.closed).toEqual(['key 7']);

    const { private: handle } = await open();
    await cli.call('RenewEphemeralResource', { type_name: 'shelf_key', private: handle });
    await cli.configure({ key: UNKNOWN });
    await cli.call('StopProvider');
    await server.settle();
    expect(shelf.closed).toEqual(['key 7', 'key 8']);
    await server.settle();
    expect(shelf.closed).toEqual(['key 7', 'key 8']);
  });

  test('a function gives its result, or says which argument is wrong, without the point that the CLI adds', async () => {
    const call = (height: string) =>
      cli.call('CallFunction', {
        name: 'stack',
        arguments: [height, 'a161', 'a162'].map((hex) => ({ msgpack: Buffer.from(hex, 'hex') })),
      });
    expect((await call('02')).result).toMatchObject({ msgpack: Buffer.from('92a161a162', 'hex') });
    expect((await call('03')).error).toEqual({ text: 'The height is 2', function_argument: 0 });
  });
});

describe('what cannot be answered is a diagnostic, never a broken call', () => {
  test('a type that there is not', async () => {
    const { told } = await cli.call('ReadResource', { type_name: 'shelf_lamp' });
    expect(told).toEqual([expect.stringMatching(/^error: There is no resource "shelf_lamp"/)]);
  });

  test('a value that is none', async () => {
    const config = { msgpack: Buffer.from('c1', 'hex') };
    const { told } = await cli.call('ValidateResourceConfig', { type_name: 'shelf_box', config });
    expect(told).toEqual([expect.stringMatching(/^error: The provider met a fault of its own/)]);
  });

  test('a value of another type, with its place', async () => {
    const config = { json: Buffer.from('{"name":["x"]}') };
    const { told } = await cli.call('ValidateResourceConfig', { type_name: 'shelf_box', config });
    expect(told).toEqual([expect.stringMatching(/name: a string is required/)]);
  });

  test('a function that there is not', async () => {
    const { error } = await cli.call('CallFunction', { name: 'burn' });
    expect(error).toMatchObject({ text: expect.stringMatching(/no function of that name.*[^.]$/s) });
  });
});
