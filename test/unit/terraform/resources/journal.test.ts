import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Journal, journalOf } from '../../../../terraform/provider/journal.ts';

let dataFolder: string;

beforeEach(() => {
  dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'opendts-journal-'));
});
afterEach(() => fs.rmSync(dataFolder, { recursive: true }));

const open = (...scope: string[]) => new Journal({ dataFolder, scope });
const shop = (id: string) => ({ id, name: 'shop' });

describe('what a working directory has begun', () => {
  test('is its own by the id that was answered, in the next process too', () => {
    open().begin('endpoint', 'shop');
    open().made('endpoint', 'shop', 'a');
    expect(open().isOwn('endpoint', shop('a'))).toBe(true);
    expect(open().isOwn('endpoint', shop('b'))).toBe(false);
    expect(open().isOwn('task', shop('a'))).toBe(false);
  });

  test('is its own by an answer alone: until one comes there is the key of its request', () => {
    const { key } = open().begin('task', 'shop');
    expect(open().unanswered('task', 'shop')).toBe(key);
    expect(open().isOwn('task', shop('a'))).toBe(false);
    open().made('task', 'shop', 'a');
    expect(open().unanswered('task', 'shop')).toBeUndefined();
    expect(open().isOwn('task', shop('a'))).toBe(true);
  });

  test('is over when it is dropped', () => {
    open().begin('task', 'shop');
    open().drop('task', 'shop');
    expect(open().begun('task', 'shop')).toBeUndefined();
    expect(() => open().drop('task', 'shop')).not.toThrow();
  });

  test('is over once a state holds it, and no other object ends it', () => {
    const { key } = open().begin('token', 'shop');
    open().made('token', 'shop', 'a');
    open().kept('token', shop('b'));
    expect(open().begun('token', 'shop')).toEqual({ key, id: 'a' });
    open().kept('token', shop('a'));
    expect(open().begun('token', 'shop')).toBeUndefined();
  });

  test('is nothing to another service, workspace or backend', () => {
    const of = (service: string, env = {}) => journalOf(service, { TF_DATA_DIR: dataFolder, ...env });
    of('http://one').begin('task', 'shop');
    expect(of('http://one').begun('task', 'shop')).toBeDefined();
    expect(of('http://two').begun('task', 'shop')).toBeUndefined();
    expect(of('http://one', { TF_WORKSPACE: 'second' }).begun('task', 'shop')).toBeUndefined();
    fs.writeFileSync(path.join(dataFolder, 'environment'), 'second');
    expect(of('http://one').begun('task', 'shop')).toBeUndefined();
    expect(of('http://one', { TF_WORKSPACE: 'default' }).begun('task', 'shop')).toBeDefined();
    fs.writeFileSync(path.join(dataFolder, 'terraform.tfstate'), '{"backend":{}}');
    expect(of('http://one', { TF_WORKSPACE: 'default' }).begun('task', 'shop')).toBeUndefined();
  });

  test('is not noted where no CLI was initialized', () => {
    const nowhere = path.join(dataFolder, 'absent');
    const journal = new Journal({ dataFolder: nowhere, scope: [] });
    journal.begin('task', 'shop');
    expect(journal.begun('task', 'shop')).toBeUndefined();
    expect(fs.existsSync(nowhere)).toBe(false);
  });
});

describe('what another block has begun', () => {
  const of = (run: string, member = process.pid) =>
    new Journal({ dataFolder, scope: [], member: { run, process: member } });
  const [one, other, later] = [() => of('run'), () => of('run', process.ppid), () => of('later')];

  test('in the same run of the CLI was not left behind, with an answer or without; in a later run it was', () => {
    const { key } = one().begin('task', 'shop');
    expect([one(), other(), later()].map((each) => each.unanswered('task', 'shop'))).toEqual([
      key,
      undefined,
      key,
    ]);
    one().made('task', 'shop', 'a');
    expect([one(), other(), later()].map((each) => each.isOwn('task', shop('a')))).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('before, and one block goes on with, is left to that one', () => {
    later().begin('task', 'shop');
    later().made('task', 'shop', 'a');
    one().adopt('task', shop('a'));
    expect([one(), other()].map((each) => each.isOwn('task', shop('a')))).toEqual([true, false]);
    other().kept('task', shop('a'));
    expect(one().begun('task', 'shop')).toBeUndefined();
  });

  test('is waited for: one has the turn, until it is released or its process is gone', () => {
    expect([one().take('task', 'shop'), other().take('task', 'shop')]).toEqual([true, false]);
    expect([other().take('task', 'store'), later().take('task', 'shop')]).toEqual([true, true]);
    one().release('task', 'shop');
    expect(other().take('task', 'shop')).toBe(true);
    other().release('task', 'shop');
    const ended = spawnSync(process.execPath, ['--version']).pid;
    expect([of('run', ended).take('task', 'shop'), one().take('task', 'shop')]).toEqual([true, true]);
  });
});
