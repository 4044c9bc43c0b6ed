import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const repository = path.join(import.meta.dirname, '../../..');
const { bin, scripts } = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));

const command = path.join(repository, bin.opendts);

// A program named node that tells how it was called, and on the standard error which process it is.
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'opendts-start-'));
  writeFileSync(
    path.join(folder, 'node'),
    '#!/bin/sh\necho "$MALLOC_ARENA_MAX $MALLOC_MMAP_THRESHOLD_" "$@"\necho $$ >&2\n',
    { mode: 0o755 },
  );
  symlinkSync(command, path.join(folder, 'opendts'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([
  ['npm start', ['sh', '-c', scripts.start]],
  ['the command', [command, 'start']],
  ['the command as npm links it', ['opendts', 'start']],
])('%s', (_, [file, ...args]) => {
  test.each([
    ['two pools of memory and large buffers outside them, if nothing else is set', {}, '2 131072'],
    ['as many pools of memory as are set', { MALLOC_ARENA_MAX: '5' }, '5 131072'],
    ['buffers as large as are set', { MALLOC_MMAP_THRESHOLD_: '4096' }, '2 4096'],
  ])('starts the service with %s', (_, env, memory) => {
    const { MALLOC_ARENA_MAX: _pools, MALLOC_MMAP_THRESHOLD_: _buffers, ...others } = process.env;
    const told = execFileSync(file!, args, {
      cwd: repository,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...others, PATH: `${folder}:${process.env.PATH}`, ...env },
    });
    expect(told).toMatch(
      new RegExp(
        `^${memory} --max-semi-space-size=8 --heap-growing-percent=100 --no-parallel-scavenge --expose-gc \\S*gateway/cli.ts start\n$`,
      ),
    );
  });

  test('becomes the service, so that a signal to what was started ends it', () => {
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    const { pid, stderr } = spawnSync(file!, args, { cwd: repository, encoding: 'utf8', env });
    expect(stderr).toBe(`${pid}\n`);
  });
});

// Linux before 5.1 cuts it there.
test('the first line of the command has no more than 127 characters', () => {
  const [first] = readFileSync(command, 'utf8').split('\n', 1);
  expect(first).toMatch(/^#!.{1,125}$/);
});
