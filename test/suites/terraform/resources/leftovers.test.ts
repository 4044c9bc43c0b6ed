import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { journalOf } from '../../../../terraform/provider/journal.ts';
import { Client } from '../../../product/client.ts';
import { Service } from '../../../product/service.ts';
import { openStage, type Stage } from '../../../product/stage.ts';
import { startProxy } from '../../../proxy/network-proxy.ts';
import { endpointsOf, tasksOf } from '../service-objects.ts';
import { WorkingDirectory } from './working-directory.ts';
import { type Managed, type Told, Workspace, type Written } from './workspace.ts';

// What an apply leaves that dies before its state is kept: taken over once, by those alone who may. A workspace is a process; all run in
// one working directory, if they do not enter another.

let stage: Stage;
let directory: WorkingDirectory;
let name: string;
let names = 0;

beforeAll(async () => {
  directory = new WorkingDirectory();
  stage = await openStage();
});
afterAll(async () => {
  directory[Symbol.dispose]();
  await stage?.[Symbol.asyncDispose]();
});
beforeEach(() => {
  name = `left_${++names}`;
});

async function opened(token = stage.service.token): Promise<Workspace> {
  const fresh = new Workspace();
  expect(await fresh.configure({ endpoint: stage.service.url, token })).toEqual([]);
  return fresh;
}

async function made(type: string, config: Written): Promise<Managed> {
  const { managed, told } = await (await opened()).apply(type, config);
  expect(told).toEqual([]);
  if (managed === undefined) throw new Error(`no ${type} was made`);
  return managed;
}

const ENDPOINT = 'opendts_endpoint';
const endpointOf = (config: object = {}) => {
  const { host, port, username, password } = stage.source;
  return { name, engine: 'mysql', host, port, username, password_wo: password, ...config };
};
const summaries = (told: readonly Told[]) => told.map(({ severity, summary }) => `${severity}: ${summary}`);
const idsNamed = async () =>
  (await endpointsOf(stage.client)).filter((each) => each.name === name).map(({ id }) => id);
const taken = (what: string) => `Another ${what} has the name "${name}"`;

async function claimed({ state }: Managed): Promise<boolean> {
  const query = 'query ($id: ID!) { endpoint(id: $id) { claimed } }';
  return (await stage.client.query<{ endpoint: { claimed: boolean } }>(query, { id: state.id })).endpoint
    .claimed;
}

async function tokenWith(...scopes: string[]): Promise<string> {
  const input = { name: 'of a test', scopes };
  return (await stage.client.mutate<{ secret: string }>('createApiToken', input, 'secret')).secret;
}

describe('what a state holds', () => {
  test('is claimed when it is read, and taken over by nobody then', async () => {
    const endpoint = await made(ENDPOINT, endpointOf());
    expect(await claimed(endpoint)).toBe(false);
    await (await opened()).refresh(endpoint);
    expect(await claimed(endpoint)).toBe(true);
    const other = await opened();
    const { managed, told } = await other.apply(ENDPOINT, endpointOf());
    expect(managed).toBeUndefined();
    expect(told).toMatchObject([
      { severity: 'warning', summary: taken('endpoint'), path: 'name' },
      { severity: 'error', summary: taken('endpoint'), path: 'name' },
    ]);
    for (const { detail } of told) expect(detail).toContain(`import it with the id "${endpoint.state.id}"`);
    expect(await idsNamed()).toEqual([endpoint.state.id]);
  });

  test('is read also by those who may not claim it', async () => {
    const endpoint = await made(ENDPOINT, endpointOf());
    const reader = await opened(await tokenWith('read'));
    expect((await reader.refresh(endpoint))?.state).toEqual(endpoint.state);
    expect(await claimed(endpoint)).toBe(false);
  });

  test('is nothing to warn of in a plan that has read it: it may be what is replaced', async () => {
    const endpoint = await made(ENDPOINT, endpointOf());
    const workspace = await opened();
    await workspace.refresh(endpoint);
    expect((await workspace.plan(ENDPOINT, endpointOf())).told).toEqual([]);
    const { told } = await workspace.apply(ENDPOINT, endpointOf());
    expect(summaries(told)).toEqual([`error: ${taken('endpoint')}`]);
    expect(await idsNamed()).toEqual([endpoint.state.id]);
  });

  test('is claimed once it is imported', async () => {
    const endpoint = await made(ENDPOINT, endpointOf());
    await (await opened()).import(ENDPOINT, name);
    expect(await claimed(endpoint)).toBe(true);
  });
});

describe('what was left behind', () => {
  test('goes to one of two blocks that want it', async () => {
    const left = await made(ENDPOINT, endpointOf());
    const workspace = await opened();
    const applied = await Promise.all([1, 2].map(() => workspace.apply(ENDPOINT, endpointOf())));
    const one = applied.find(({ managed }) => managed !== undefined);
    const other = applied.find(({ managed }) => managed === undefined);
    expect(one?.managed?.state.id).toBe(left.state.id);
    expect(summaries(one?.told ?? [])).toEqual([`warning: The endpoint "${name}" was there already`]);
    expect(summaries(other?.told ?? [])).toEqual([`error: ${taken('endpoint')}`]);
    expect(await idsNamed()).toEqual([left.state.id]);
  });

  test('is not taken for it while it is being made by the same process', async () => {
    const workspace = await opened();
    const applied = await Promise.all([1, 2].map(() => workspace.apply(ENDPOINT, endpointOf())));
    expect(applied.flatMap(({ told }) => summaries(told))).toEqual([`error: ${taken('endpoint')}`]);
    expect(await idsNamed()).toEqual(
      applied.flatMap(({ managed }) => (managed === undefined ? [] : [managed.state.id])),
    );
  });

  test('and was taken over, is not destroyed for the block that had it: it was a move', async () => {
    const before = await made(ENDPOINT, endpointOf());
    const workspace = await opened();
    const { managed } = await workspace.apply(ENDPOINT, endpointOf());
    expect(managed?.state.id).toBe(before.state.id);
    expect(summaries(await workspace.destroy(before))).toEqual([
      `warning: The endpoint "${name}" stays: it is managed at another address now`,
    ]);
    expect(await idsNamed()).toEqual([before.state.id]);
    // Its new address has it as any other: the next run destroys it.
    expect(await (await opened()).destroy(managed as Managed)).toEqual([]);
    expect(await idsNamed()).toEqual([]);
  });

  test('is not taken over while it is destroyed: what comes after it is new', async () => {
    await stage.createDatabase(name);
    const source = await made(ENDPOINT, endpointOf({ name: `${name} source` }));
    const { host, port, username, password } = stage.target;
    const target = await made(ENDPOINT, {
      ...{ name: `${name} target`, engine: 'mysql', host, port, username, password_wo: password },
    });
    const config = {
      ...{ name, source_id: source.state.id, target_id: target.state.id, databases: { [name]: {} } },
      ...{ wait_for: 'incremental', options: { conflict_mode: 'ignore' } },
    };
    const before = await made('opendts_sync_task', config);
    const workspace = await opened();
    const [destroyed, applied] = await Promise.all([
      workspace.destroy(before),
      workspace.apply('opendts_sync_task', config),
    ]);
    expect(summaries([...destroyed, ...applied.told])).toEqual([
      `warning: The task "${name}" is destroyed at one address and made at another`,
    ]);
    expect(applied.managed?.state.id).not.toBe(before.state.id);
    expect(applied.managed?.state.status).toBe('running');
    expect((await tasksOf(stage.client)).map(({ id }) => id)).toEqual([applied.managed?.state.id]);
    await workspace.destroy(applied.managed as Managed);
  });

  test('and is taken over by an apply that cannot give it its options, is set right by the next one', async () => {
    await stage.createDatabase(name);
    const source = await made(ENDPOINT, endpointOf({ name: `${name} source` }));
    const { host, port, username, password } = stage.target;
    const target = await made(ENDPOINT, {
      ...{ name: `${name} target`, engine: 'mysql', host, port, username, password_wo: password },
    });
    const config = {
      ...{ name, source_id: source.state.id, target_id: target.state.id, databases: { [name]: {} } },
      options: { full_load_parallelism: 2 },
    };
    const left = await made('opendts_sync_task', config);
    const changed = { ...config, options: { full_load_parallelism: 3 } };
    const stopped = await opened(await tokenWith('read', 'operate'));
    const { managed, told, tainted } = await stopped.apply('opendts_sync_task', changed);
    expect(summaries(told).at(-1)).toMatch(/^warning: /);
    expect(told.at(-1)?.detail).toContain('FORBIDDEN');
    expect({ id: managed?.state.id, tainted }).toEqual({ id: left.state.id, tainted: false });
    const workspace = await opened();
    const next = await workspace.plan('opendts_sync_task', changed, managed);
    expect(next.action).toBe('update');
    const applied = await workspace.apply('opendts_sync_task', changed, managed);
    expect(applied.told).toEqual([]);
    expect((await tasksOf(stage.client)).map(({ id }) => id)).toEqual([left.state.id]);
    expect((await workspace.plan('opendts_sync_task', changed, applied.managed)).action).toBe('none');
    await workspace.destroy(applied.managed as Managed);
  });
});

describe('what another working directory has made a moment ago', () => {
  test('is not taken over, though no state was seen to hold it: the destroy of the one leaves it to the other', async () => {
    const theirs = await made(ENDPOINT, endpointOf());
    using here = new WorkingDirectory();
    here.enter();
    const { managed, told } = await (await opened()).apply(ENDPOINT, endpointOf());
    directory.enter();
    expect(managed).toBeUndefined();
    expect(summaries(told)).toEqual([`warning: ${taken('endpoint')}`, `error: ${taken('endpoint')}`]);
    expect(await idsNamed()).toEqual([theirs.state.id]);
    expect(await (await opened()).destroy(theirs)).toEqual([]);
  });

  test('and what another workspace of this directory has made, is not either', async () => {
    const theirs = await made(ENDPOINT, endpointOf());
    process.env.TF_WORKSPACE = 'second';
    const second = await opened().finally(() => delete process.env.TF_WORKSPACE);
    expect((await second.apply(ENDPOINT, endpointOf())).managed).toBeUndefined();
    expect(await (await opened()).destroy(theirs)).toEqual([]);
  });
});

describe('a request that was noted', () => {
  const journal = () => journalOf(stage.service.url, process.env);
  /** As another working directory makes it. */
  async function theirsMade(): Promise<Managed> {
    using there = new WorkingDirectory();
    there.enter();
    return await made(ENDPOINT, endpointOf()).finally(() => directory.enter());
  }
  const refused = async () => {
    const { managed, told } = await (await opened()).apply(ENDPOINT, endpointOf());
    expect(managed).toBeUndefined();
    expect(summaries(told).at(-1)).toBe(`error: ${taken('endpoint')}`);
  };

  test('and refused, leaves no note: what others make then is theirs', async () => {
    const reader = await opened(await tokenWith('read'));
    expect(summaries((await reader.apply(ENDPOINT, endpointOf())).told)).toEqual([
      'error: The API token does not allow this',
    ]);
    expect(journal().begun('endpoint', name)).toBeUndefined();
    const theirs = await theirsMade();
    await refused();
    expect(await idsNamed()).toEqual([theirs.state.id]);
  });

  test('and never went out, takes over nothing: what others have made meanwhile is theirs, and no second one stays', async () => {
    journal().begin('endpoint', name);
    const theirs = await theirsMade();
    await refused();
    expect(await idsNamed()).toEqual([theirs.state.id]);
    await refused();
    expect(await idsNamed()).toEqual([theirs.state.id]);
  });

  test('and never went out, goes out under the same key', async () => {
    const { key } = journal().begin('endpoint', name);
    const endpoint = await made(ENDPOINT, endpointOf());
    expect(journal().begun('endpoint', name)).toEqual({ key, id: endpoint.state.id });
  });

  test('and has no answer, gets it by being sent again; not when what it made is gone', async () => {
    const { key } = journal().begin('endpoint', name);
    const { password_wo: password, ...rest } = endpointOf();
    const request = {
      ...{ ...rest, password, engine: 'MYSQL', tls: { mode: 'PREFERRED' } },
      ...{ claimed: false, idempotencyKey: key },
    };
    const { id } = await stage.client.mutate<{ id: string }>('createEndpoint', request, 'id');
    const { managed, told } = await (await opened()).apply(ENDPOINT, endpointOf());
    expect(summaries(told)).toEqual([`warning: The endpoint "${name}" was there already`]);
    expect(managed?.state.id).toBe(id);

    await stage.client.mutate('deleteEndpoint', { id }, 'id');
    journal().begin('endpoint', name, key);
    const another = await made(ENDPOINT, endpointOf());
    expect(another.state.id).not.toBe(id);
    expect(await idsNamed()).toEqual([another.state.id]);
  });

  test('and whose answer was lost, keeps its note though a repeat was refused: the next apply gets the answer', async () => {
    await using service = await Service.start({ env: { OPENDTS_RATE_PER_MINUTE: '30' } });
    const { hostname: host, port } = new URL(service.url);
    const admin = new Client(() => service);
    const input = { name, scopes: ['read', 'write'] };
    const { secret: token } = await admin.mutate<{ secret: string }>('createApiToken', input, 'secret');
    await using line = await startProxy({ to: { host, port: Number(port) } });
    const far = async () => {
      const workspace = new Workspace();
      const endpoint = `http://${line.host}:${line.port}`;
      expect(await workspace.configure({ endpoint, token, retry_timeout: '5s' })).toEqual([]);
      return workspace;
    };
    const workspace = await far();
    line.delay(400);
    const applying = workspace.apply(ENDPOINT, endpointOf());
    await expect.poll(() => endpointsOf(admin), { timeout: 20_000, interval: 100 }).toHaveLength(1);
    // It is made, and the answer that says so is on its way. It is lost, and the repeat is one request too many.
    line.stall();
    const user = new Client(() => ({ url: service.url, token }));
    const asked = Array.from({ length: 30 }, () => endpointsOf(user));
    await expect(Promise.all(asked)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    line.reset();
    line.delay(0);
    line.resume();
    const { managed, told } = await applying;
    expect(managed).toBeUndefined();
    expect(summaries(told)).toEqual(['error: The OpenDTS service got too many requests']);

    await service.kill9();
    await service.start({ OPENDTS_PORT: port, OPENDTS_RATE_PER_MINUTE: '1000' });
    const again = await (await far()).apply(ENDPOINT, endpointOf());
    expect(summaries(again.told)).toEqual([`warning: The endpoint "${name}" was there already`]);
    expect((await endpointsOf(admin)).map(({ id }) => id)).toEqual([again.managed?.state.id]);
  });

  test('for something else than is wanted now, is not gone on with', async () => {
    const { key } = journal().begin('endpoint', name);
    const { password_wo: password, ...rest } = endpointOf();
    const request = { ...rest, port: 1, password, engine: 'MYSQL', claimed: false, idempotencyKey: key };
    const { id } = await stage.client.mutate<{ id: string }>('createEndpoint', request, 'id');
    await refused();
    expect(await idsNamed()).toEqual([id]);
    await stage.client.mutate('deleteEndpoint', { id }, 'id');
    await made(ENDPOINT, endpointOf());
  });
});

describe('a token that was left behind', () => {
  const TOKEN = 'opendts_api_token';
  const tokenOf = (config: object = {}) => ({ name, scopes: ['write', 'read'], ...config });
  const opens = async ({ state }: Managed) =>
    (await new Workspace().configure({ endpoint: stage.service.url, token: state.secret })).length === 0;
  const isOpen = async ({ state }: Pick<Managed, 'state'>) => {
    const query = '{ apiTokens(first: 100) { edges { node { id revokedAt } } } }';
    const { apiTokens } = await stage.client.query<{
      apiTokens: { edges: { node: { id: string; revokedAt: string | null } }[] };
    }>(query);
    return apiTokens.edges.some(({ node }) => node.id === state.id && node.revokedAt === null);
  };

  test('or that another state holds since a moment, is told of and stays', async () => {
    const other = await made(TOKEN, tokenOf());
    const { managed, told } = await (await opened()).apply(TOKEN, tokenOf({ scopes: ['read', 'write'] }));
    expect(summaries(told)).toEqual([`warning: There are other tokens "${name}" that nobody has used yet`]);
    expect(told[0]?.detail).toContain(other.state.id);
    expect(JSON.stringify(told)).not.toContain(other.state.secret);
    expect([await isOpen(other), await opens(other), await opens(managed as Managed)]).toEqual([
      ...[true, true, true],
    ]);
  });

  test('by a request whose answer never came, is revoked by the same apply, run again', async () => {
    const { key } = journalOf(stage.service.url, process.env).begin('token', name);
    const request = { name, scopes: ['read', 'write'], claimed: false, idempotencyKey: key };
    const lost = await stage.client.mutate<{ secret: string; token: { id: string } }>(
      'createApiToken',
      request,
      'secret token { id }',
    );
    const { managed, told } = await (await opened()).apply(TOKEN, tokenOf());
    expect(summaries(told)).toEqual([`warning: A token "${name}" that nobody knows was revoked`]);
    expect(told[0]?.detail).toContain(lost.token.id);
    expect(JSON.stringify(told)).not.toContain(lost.secret);
    expect([await isOpen({ state: lost.token }), await isOpen(managed as Managed)]).toEqual([false, true]);
    // One that was asked for with other scopes is another: nothing is revoked for it.
    journalOf(stage.service.url, process.env).begin('token', name, key);
    const wider = await (await opened()).apply(TOKEN, tokenOf({ scopes: ['admin'] }));
    expect(wider.told).toEqual([]);
    expect(await isOpen(managed as Managed)).toBe(true);
  });

  test('is told from those that somebody has', async () => {
    const held = await made(TOKEN, tokenOf());
    await (await opened()).refresh(held);
    const workspace = await opened();
    const mine = await workspace.apply(TOKEN, tokenOf());
    const [mineToo, wider] = await Promise.all([
      workspace.apply(TOKEN, tokenOf()),
      workspace.apply(TOKEN, tokenOf({ scopes: ['read'] })),
    ]);
    expect([mine, mineToo, wider].flatMap(({ told }) => told)).toEqual([]);
    const open = [held, mine.managed, mineToo.managed, wider.managed] as Managed[];
    expect(await Promise.all(open.map(isOpen))).toEqual([true, true, true, true]);
    // A token that works is known to somebody.
    for (const each of open) expect(await opens(each)).toBe(true);
    expect((await (await opened()).apply(TOKEN, tokenOf())).told).toEqual([]);
    expect(await Promise.all(open.map(isOpen))).toEqual([true, true, true, true]);
  });
});
