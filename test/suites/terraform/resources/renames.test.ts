import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Client } from '../../../product/client.ts';
import { Service } from '../../../product/service.ts';
import { endpointsOf, tasksOf } from '../service-objects.ts';
import { type Managed, type Told, Workspace, type Written } from './workspace.ts';

// The service lets names repeat. What two objects share can be found by neither, so another name is given as a first one is: once.

let service: Service;
let client: Client;
let workspace: Workspace;
let name: string;
let names = 0;

beforeAll(async () => {
  service = await Service.start({ env: { OPENDTS_LOG_LEVEL: 'warn' } });
  client = new Client(() => service);
});
afterAll(() => service?.[Symbol.asyncDispose]());
beforeEach(async () => {
  name = `name ${++names}`;
  workspace = new Workspace();
  const access = { endpoint: service.url, token: service.token, plan_precheck: 'off' };
  expect(await workspace.configure(access)).toEqual([]);
});

const ENDPOINT = 'opendts_endpoint';
const TASK = 'opendts_sync_task';
const endpointOf = (config: object = {}) => ({
  ...{ name, engine: 'mysql', host: '127.0.0.1', port: 1, username: 'dts', password_wo: 'secret' },
  ...config,
});
const summaries = (told: readonly Told[]) => told.map(({ severity, summary }) => `${severity}: ${summary}`);

async function made(type: string, config: object): Promise<Managed> {
  const { managed } = await workspace.apply(type, { ...config });
  if (managed === undefined) throw new Error(`no ${type} was made`);
  return managed;
}

const namesOf = async (list: readonly Managed[]) => {
  const [endpoints, tasks] = await Promise.all([endpointsOf(client), tasksOf(client)]);
  const there = new Map([...endpoints, ...tasks].map((each) => [each.id, each.name]));
  return list.map(({ state }) => there.get(state.id));
};

async function taskOf(): Promise<Written> {
  const [source, target] = await Promise.all(
    ['source', 'target'].map((end) => made(ENDPOINT, endpointOf({ name: `${name} ${end}` }))),
  );
  const ends = { source_id: source?.state.id, target_id: target?.state.id };
  return { name, ...ends, databases: { shop: {} }, desired_status: 'paused' };
}

describe.each([
  ['endpoint', ENDPOINT, async (): Promise<Written> => endpointOf()],
  ['task', TASK, taskOf],
])('another name of %s', (what, type, configOf) => {
  test('that is taken is warned of in the plan and refused by the apply, which changes nothing', async () => {
    const config = await configOf();
    const first = await made(type, config);
    const second = await made(type, { ...config, name: `${name} two` });
    const fresh = await workspace.plan(type, config, second);
    expect(fresh.action).toBe('update');
    const warning = `warning: Another ${what} has the name "${name}"`;
    expect(summaries(fresh.told)).toEqual([warning]);
    expect(fresh.told[0]).toMatchObject({ path: 'name', detail: expect.stringContaining(first.state.id) });
    const { told } = await workspace.apply(type, config, second);
    expect(summaries(told)).toEqual([warning, warning.replace('warning', 'error')]);
    expect(told[1]).toMatchObject({ path: 'name', detail: expect.stringContaining(first.state.id) });
    expect(await namesOf([first, second])).toEqual([name, `${name} two`]);
  });

  test('that is free is given without a word', async () => {
    const config = await configOf();
    const one = await made(type, config);
    const changed = { ...config, name: `${name} new` };
    expect((await workspace.plan(type, changed, one)).told).toEqual([]);
    await workspace.apply(type, changed, one);
    expect(await namesOf([one])).toEqual([`${name} new`]);
  });
});

describe('names that become free in the same apply are given', () => {
  test('where two endpoints exchange theirs', async () => {
    const [a, b] = [
      await made(ENDPOINT, endpointOf()),
      await made(ENDPOINT, endpointOf({ name: `${name} b` })),
    ];
    const applied = await Promise.all([
      workspace.apply(ENDPOINT, endpointOf({ name: `${name} b` }), a),
      workspace.apply(ENDPOINT, endpointOf(), b),
    ]);
    expect(applied.flatMap(({ told }) => told.filter(({ severity }) => severity === 'error'))).toEqual([]);
    expect(await namesOf([a, b])).toEqual([`${name} b`, name]);
  });

  test('where the one that has it is destroyed', async () => {
    const [a, b] = [
      await made(ENDPOINT, endpointOf()),
      await made(ENDPOINT, endpointOf({ name: `${name} b` })),
    ];
    const [renamed] = await Promise.all([
      workspace.apply(ENDPOINT, endpointOf({ name: `${name} b` }), a),
      workspace.destroy(b),
    ]);
    expect(renamed.told.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(await namesOf([a, b])).toEqual([`${name} b`, undefined]);
  });
});
