import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { circles, violations } from './import-rules.ts';
import { type SourceFile, sourceFiles } from './source-files.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const files = sourceFiles(ROOT, ['engine', 'gateway', 'examples', 'terraform', 'test'], /\.ts$/);

/** A file that does not exist, as if it stood at `at`. */
const file = (at: string, ...lines: string[]): SourceFile => ({ path: at, text: lines.join('\n') });

describe('import directions', () => {
  test('hold in the whole repository', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(files.flatMap(violations)).toEqual([]);
  });

  test('there is no circle', () => {
    expect(circles(files)).toEqual([]);
  });
});

describe('the check itself', () => {
  test.each([
    ['a floor imports a higher one', 'engine/store/a.ts', "import { x } from '../pipeline/x.ts';"],
    ['a type of a higher floor', 'engine/lifecycle/a.ts', "import type { X } from '../store/x.ts';"],
    ['over several lines', 'engine/store/a.ts', "import {\n  x,\n  y,\n} from '../runner/x.ts';"],
    ['by re-export', 'engine/store/a.ts', "export * from '../runner/x.ts';"],
    ['by import()', 'engine/store/a.ts', "const x = await import('../runner/x.ts');"],
    ['as a worker', 'engine/store/a.ts', "new Worker(new URL('../runner/x.ts', import.meta.url));"],
    ['a driver in core', 'engine/core/a.ts', "import mysql from 'mysql2';"],
    ['the disk in core', 'engine/core/a.ts', "import fs from 'node:fs';"],
    ['a folder that is no floor', 'engine/helpers/a.ts', "import { x } from '../core/x.ts';"],
    ['a floor in the contract', 'engine/engine.ts', "import type { X } from './store/x.ts';"],
    ['the contract in core', 'engine/core/a.ts', "import type { X } from '../engine.ts';"],
    ['what is above the floors', 'engine/runner/a.ts', "import { x } from '../index.ts';"],
    ['one connector in another', 'engine/connectors/mysql/a.ts', "import { x } from '../redis/x.ts';"],
    ['the engine from the side', 'gateway/a.ts', "import { x } from '../engine/store/x.ts';"],
    ['the engine in an example', 'examples/demo/a.ts', "import { x } from '../../engine/core/x.ts';"],
    ['the gateway in the engine', 'engine/runner/a.ts', "import { x } from '../../gateway/x.ts';"],
    ['the engine in terraform', 'terraform/a.ts', "import { x } from '../engine/index.ts';"],
    ['a resource in the framework', 'terraform/provider/protocol/a.ts', "import '../resources/x.ts';"],
    ['gRPC in a resource', 'terraform/provider/resources/a.ts', "import '@grpc/grpc-js';"],
    [
      'messages in a function',
      'terraform/provider/functions/a.ts',
      "import protobuf from 'protobufjs/light.js';",
    ],
    [
      'a message of the wire in the client of the service',
      'terraform/provider/gateway/a.ts',
      "import type { X } from '../protocol/wire/descriptions.ts';",
    ],
    [
      'the server in a data source',
      'terraform/provider/data-sources/a.ts',
      "import { x } from '../protocol/server/log.ts';",
    ],
    [
      'the calls of a CLI in a task',
      'terraform/provider/resources/task/a.ts',
      "import { x } from '../../protocol/service/session.ts';",
    ],
    [
      'bytes of the wire in an ephemeral resource',
      'terraform/provider/ephemeral/a.ts',
      "import { x } from '../protocol/values/msgpack.ts';",
    ],
    ['a construct in the provider', 'terraform/provider/a.ts', "import '../constructs/x.ts';"],
    ['the gateway in terraform', 'terraform/a.ts', "import '../gateway/x.ts';"],
  ])('catches: %s', (_what, at, line) => {
    expect(violations(file(at, line))).toHaveLength(1);
  });

  test.each([
    ['engine/pipeline/a.ts', "import { x } from '../core/x.ts';"],
    ['engine/pipeline/a.ts', "import mysql from 'mysql2';"],
    ['engine/connectors/mysql/a.ts', "import { x } from '../../transform/x.ts';"],
    ['engine/connectors/registry.ts', "import { x } from './mysql/x.ts';"],
    ['engine/core/a.ts', "// import mysql from 'mysql2';"],
    ['engine/services/a.ts', "import type { X } from '../engine.ts';"],
    ['engine/index.ts', "export { x } from './runner/x.ts';"],
    ['terraform/provider/resources/a.ts', "import { x } from '../protocol/contracts/x.ts';"],
    ['terraform/provider/gateway/a.ts', "import { x } from '../protocol/values/x.ts';"],
    ['terraform/provider/main.ts', "import { x } from './protocol/server/main.ts';"],
    ['terraform/provider/protocol/server/a.ts', "import '@grpc/grpc-js';"],
    ['terraform/constructs/a.ts', "import { x } from '../provider/x.ts';"],
    ['gateway/a.ts', "import { x } from '#engine';"],
    ['gateway/a.ts', "import { x } from '../engine/index.ts';"],
  ])('allows in %s: %s', (at, line) => {
    expect(violations(file(at, line))).toEqual([]);
  });

  test('catches a circle of three, and only where it runs', () => {
    const a = file('engine/core/a.ts', "import { b } from './b.ts';");
    const b = file('engine/core/b.ts', "import { c } from './c.ts';");
    const c = file('engine/core/c.ts', "import { a } from './a.ts';");
    const typesOnly = file('engine/core/c.ts', "import type { A } from './a.ts';");
    expect(circles([a, b, c])).toEqual([[a.path, b.path, c.path, a.path]]);
    expect(circles([a, b, typesOnly])).toEqual([]);
  });
});
