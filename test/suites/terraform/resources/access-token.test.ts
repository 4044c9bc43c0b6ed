import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readObject, writeObject } from '../../../../terraform/provider/protocol/service/dynamic-value.ts';
import { bytesOf } from '../../../../terraform/provider/protocol/service/kept-facts.ts';
import type {
  CloseEphemeralResourceResponse,
  Diagnostic,
  OpenEphemeralResourceResponse,
} from '../../../../terraform/provider/protocol/wire/descriptions.ts';
import { provider } from '../../../../terraform/provider/provider.ts';
import { Client } from '../../../product/client.ts';
import { openStage, type Stage } from '../../../product/stage.ts';
import { tokensOf } from '../service-objects.ts';
import { Workspace } from './workspace.ts';

// opendts_access_token over the messages of the protocol: opened it works, closed it works no more.

const TYPE = 'opendts_access_token';
const { attributes } = provider.ephemeralResources[TYPE]?.schema ?? { attributes: {} };

let stage: Stage;
let workspace: Workspace;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.[Symbol.asyncDispose]());
beforeEach(async () => {
  workspace = await configured(stage.service.token);
});

async function configured(token: string): Promise<Workspace> {
  const fresh = new Workspace();
  expect(await fresh.configure({ endpoint: stage.service.url, token })).toEqual([]);
  return fresh;
}

async function open(config: object, by = workspace) {
  const nothing = Object.fromEntries(Object.keys(attributes).map((each) => [each, null]));
  const answer = await by.call<OpenEphemeralResourceResponse & Told>('OpenEphemeralResource', {
    type_name: TYPE,
    config: writeObject(attributes, { ...nothing, ...config }),
  });
  const result = readObject(attributes, answer.result) as Record<string, string> | null;
  return { result, handle: answer.private, told: answer.diagnostics ?? [] };
}

interface Told {
  readonly diagnostics?: readonly Diagnostic[];
}

async function close(handle: Uint8Array | undefined, by = workspace): Promise<readonly Diagnostic[]> {
  const request = { type_name: TYPE, private: handle };
  const answer = await by.call<CloseEphemeralResourceResponse & Told>('CloseEphemeralResource', request);
  return answer.diagnostics ?? [];
}

const clientOf = (token = '') => new Client(() => ({ url: stage.service.url, token }));
const asks = (token?: string) => clientOf(token).query('{ capabilities { version } }');
const makes = (token?: string) =>
  clientOf(token).mutate('createTask', { name: 'x', kind: 'MIGRATION' }, 'id');
const tokenOf = async (id?: string) => (await tokensOf(stage.client)).find((each) => each.id === id);

describe('opened', () => {
  test('it is a token with the scopes and for the time that are wanted', async () => {
    const { result, told } = await open({ name: 'short', scopes: ['write', 'read'], ttl: '30m' });
    expect(told).toEqual([]);
    expect(result).toMatchObject({ name: 'short', ttl: '30m', token: expect.stringMatching(/^odts_/) });
    const token = await tokenOf(result?.id);
    expect(token).toMatchObject({ name: 'short', revokedAt: null, expiresAt: result?.expires_at });
    expect(token?.scopes.toSorted()).toEqual(['read', 'write']);
    const lives = Date.parse(result?.expires_at ?? '') - Date.now();
    expect(lives / 60_000).toBeGreaterThan(29);
    expect(lives / 60_000).toBeLessThanOrEqual(30);
    await asks(result?.token);
    await makes(result?.token);
  });

  test('where nothing is said, it lives for an hour, and allows no more than its scopes', async () => {
    const { result } = await open({ scopes: ['read'] });
    expect(result).toMatchObject({ name: 'terraform', ttl: '1h' });
    const lives = Date.parse(result?.expires_at ?? '') - Date.now();
    expect(lives / 60_000).toBeGreaterThan(59);
    expect(lives / 60_000).toBeLessThanOrEqual(60);
    await asks(result?.token);
    await expect(makes(result?.token)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  test('by a token that may make none, it is refused with the scope that is missing, and nothing is made', async () => {
    const { result } = await open({ scopes: ['read', 'write'] });
    const before = await tokensOf(stage.client);
    const narrow = await configured(result?.token ?? '');
    const { told } = await open({ scopes: ['read'] }, narrow);
    expect(told).toMatchObject([
      { summary: 'The API token does not allow this', detail: expect.stringContaining('scope "admin"') },
    ]);
    expect((await tokensOf(stage.client)).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  });
});

describe('closed', () => {
  test('it is revoked', async () => {
    const { result, handle } = await open({ scopes: ['read'] });
    expect(await close(handle)).toEqual([]);
    expect(await tokenOf(result?.id)).toMatchObject({ revokedAt: expect.any(String) });
    await expect(asks(result?.token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('after an interrupt it is revoked all the same', async () => {
    const { result, handle } = await open({ scopes: ['read'] });
    await workspace.stop();
    expect(await close(handle)).toEqual([]);
    expect(await tokenOf(result?.id)).toMatchObject({ revokedAt: expect.any(String) });
  });

  test('after somebody has revoked it, nothing is wrong', async () => {
    const { result, handle } = await open({ scopes: ['read'] });
    await stage.client.mutate('revokeApiToken', { id: result?.id }, 'id');
    const token = await tokenOf(result?.id);
    expect(await close(handle)).toEqual([]);
    expect(await tokenOf(result?.id)).toEqual(token);
  });

  test('when the service has forgotten it, nothing is wrong', async () => {
    const before = await tokensOf(stage.client);
    expect(await close(bytesOf({ id: '01m80hejdf81ghq1pk6zmavm1x' }))).toEqual([]);
    expect(await tokensOf(stage.client)).toEqual(before);
  });

  test('by a token that may not, it is told, and stays until its time is over', async () => {
    const { result } = await open({ scopes: ['read', 'write'] });
    const { handle, result: other } = await open({ scopes: ['read'] });
    const narrow = await configured(result?.token ?? '');
    expect(await close(handle, narrow)).toMatchObject([{ summary: 'The API token does not allow this' }]);
    expect(await tokenOf(other?.id)).toMatchObject({ revokedAt: null, expiresAt: expect.any(String) });
  });
});
