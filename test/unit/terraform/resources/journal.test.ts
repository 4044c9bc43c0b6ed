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
