import { AnnotationMetadataEntryType, TerraformStack, TerraformVariable, Testing } from 'cdktf';
import { describe, expect, test } from 'vitest';
import {
  database,
  existingEndpoint,
  MigrationTask,
  MySqlEndpoint,
  OpendtsProvider,
  SecretVariable,
  SyncTask,
} from '../../../../terraform/constructs/index.ts';
import type { DatabaseSelection } from '../../../../terraform/constructs/selection.ts';
import { type Carrying, tablesOfBoth } from '../../../../terraform/constructs/shared-tables.ts';
import { testingApp } from './testing-app.ts';

const carrying = (databases: Carrying['databases'], more: Partial<Carrying> = {}): Carrying => ({
  source_id: 'a',
  target_id: 'b',
  databases,
  ...more,
});

describe('two tasks of one source and one target both carry', () => {
  test.each<[string, Carrying['databases'], Carrying['databases'], string[]]>([
    ['a table of the same name', tables('a', 'b'), tables('b', 'c'), ['shop.b']],
    ['nothing', tables('a'), tables('b'), []],
    [
      'what has one name at the target alone',
      { shop: { tables: { old: { target: 'a' } } } },
      { crm: { target: 'shop', tables: { a: {} } } },
      ['shop.a'],
    ],
    ['nothing, of one name at the source', { shop: { ...tables('a').shop, target: 'v2' } }, tables('a'), []],
    ['a table of a whole database', { shop: {} }, tables('a'), ['shop.a']],
    ['nothing where the whole leaves it out', { shop: { exclude_tables: ['a'] } }, tables('a'), []],
    ['nothing where it is renamed', { shop: {} }, { shop: { tables: { a: { target: 'z' } } } }, []],
    ['a whole database', { shop: { target: 'v2' } }, { shop: { target: 'v2' } }, ['v2.*']],
    ['nothing that is known of two databases joined', { shop: {} }, { crm: { target: 'shop' } }, []],
  ])('%s', (_what, one, other, expected) => {
    expect(tablesOfBoth(carrying(one), carrying(other))).toEqual(expected);
    expect(tablesOfBoth(carrying(other), carrying(one))).toEqual(expected);
  });

  test('nothing where the ends differ, or one is to be stopped', () => {
    const one = carrying({ shop: {} });
    for (const more of [{ source_id: 'c' }, { target_id: 'c' }, { desired_status: 'stopped' }])
      expect(tablesOfBoth(one, carrying({ shop: {} }, more))).toEqual([]);
  });
});

describe('a stack', () => {
  /** What a stack is warned of that carries these by a migration and a synchronization. */
  function warningsOf(build: (stack: TerraformStack) => readonly [DatabaseSelection, DatabaseSelection]) {
    const stack = new TerraformStack(testingApp(), 'stack');
    new OpendtsProvider(stack, 'opendts');
    const password = new SecretVariable(stack, 'password').value;
    const source = new MySqlEndpoint(stack, 'old', { host: 'db.example', username: 'dts', password });
    const target = () => existingEndpoint('01m80hejdf81ghq1pk6zmavm1x');
    const [one, other] = build(stack);
    new MigrationTask(stack, 'move', { source, target: target(), objects: [one] });
    new SyncTask(stack, 'keep', { source, target: target(), objects: [other] });
    Testing.synth(stack, true);
    return stack.node
      .findAll()
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === AnnotationMetadataEntryType.WARN)
      .map(({ data }) => String(data));
  }

  test('whose migration and synchronization carry the same tables gets a warning that names them', () => {
    expect(warningsOf(() => [database('shop').tables('orders', 'items'), database('shop')])).toEqual([
      expect.stringMatching(/^It carries shop\.orders, shop\.items .* as stack\/move\/task does/),
    ]);
  });

  test('whose tasks carry different tables, or what the deployment alone knows, gets none', () => {
    expect(warningsOf(() => [database('shop').table('orders'), database('shop').except('orders')])).toEqual(
      [],
    );
    const named = (stack: TerraformStack) => new TerraformVariable(stack, 'name', {}).stringValue;
    expect(warningsOf((stack) => [database(named(stack)), database('shop')])).toEqual([]);
  });
});

function tables(...names: string[]): Carrying['databases'] {
  return { shop: { tables: Object.fromEntries(names.map((name) => [name, {}])) } };
}
