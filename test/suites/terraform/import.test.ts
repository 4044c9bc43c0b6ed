import { afterEach, describe, expect, test } from 'vitest';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { attachedProvider } from './attached-provider.ts';
import { openTokens, removeAll } from './service-objects.ts';
import { account, createShop, endpoints } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';
import { wordsOf } from './words.ts';
import type { Workspace } from './workspace.ts';

// Objects that nobody manages are taken over by import blocks; where they have no configuration yet, the CLI writes it.

const attached = shopWith(attachedProvider);

const SYNC = 'opendts_sync_task.kept';
const MIGRATION = 'opendts_migration_task.moved';
const TOKEN = 'opendts_api_token.ci';
const CUTOVER = 'opendts_cutover.moved';
const [SOURCE, TARGET] = ['opendts_endpoint.source', 'opendts_endpoint.target'];

/** A synchronization of one database and a migration of another, between the two endpoints. */
const tasksOf = (kept: string, moved: string) => `${endpoints}
resource "opendts_sync_task" "kept" {
  name      = "keep ${kept}"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id
  databases = {
    ${kept} = {}
  }
}

resource "opendts_migration_task" "moved" {
  name      = "move ${moved}"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id
  databases = {
    ${moved} = {
      target = "${moved}_v2"
      tables = {
        customers = {}
        orders    = { target = "purchases" }
      }
    }
  }
  options = {
    full_load_parallelism = 2
  }
}
`;

const cutover = `
resource "opendts_cutover" "moved" {
  task_id = opendts_migration_task.moved.id
}
`;

/** The same with what the configuration alone knows, and an output that the status feeds. */
const withSettings = (main: string) => `${main
  .replaceAll('databases = {', 'wait_for = "incremental"\n  timeouts = { update = "5m" }\n  databases = {')
  .replace(/^ *password_wo +=.*$/gm, '$&\n  password_wo_version = 1')
  .replace(/^ *task_id +=.*$/gm, '$&\n  max_lag_seconds = 5\n  triggers = { run = "1" }')}
output "status" {
  value = ${MIGRATION}.status
}
`;

/** An import block for each address. */
const imports = (ids: Readonly<Record<string, unknown>>) =>
  Object.entries(ids)
    .map(([to, id]) => `import {\n  to = ${to}\n  id = "${id}"\n}\n`)
    .join('');

/** The provider and the variables, without the endpoints. */
const providerAlone = endpoints.replace(/resource "opendts_endpoint" [\s\S]*?\n\}\n/g, '');

interface PlannedImport {
  readonly actions: string;
  /** What the import block says; absent for what is not imported. */
  readonly importing: string | undefined;
}

/** What a plan does with each object. An import alone changes nothing, but is no empty plan. */
async function planOf(
  workspace: Workspace,
  ...args: readonly string[]
): Promise<Record<string, PlannedImport>> {
  await workspace.succeed('plan', '-no-color', '-out=planned', ...args);
  const plan = JSON.parse(await workspace.succeed('show', '-json', 'planned')) as {
    resource_changes: { address: string; change: { actions: string[]; importing?: { id: string } } }[];
  };
  return Object.fromEntries(
    plan.resource_changes.map(({ address, change }) => [
      address,
      { actions: change.actions.join(), importing: change.importing?.id },
    ]),
  );
}

/** An endpoint may be told its password again; it is not replaced. */
const takenOver = (importing: unknown) => ({ actions: expect.stringMatching(/^(no-op|update)$/), importing });

describe.each(await terraformClis())('$name $version', (cli) => {
  const open = (main: string) => {
    const workspace = attached.open(cli, main);
    return workspace;
  };

  /** Makes what the configuration says and forgets its state. Gives the id of each object. */
  async function made(main: string): Promise<Record<string, unknown>> {
    using workspace = open(main);
    await workspace.apply();
    return Object.fromEntries(
      Object.entries(await workspace.state()).map(([address, { id }]) => [address, id]),
    );
  }

  async function shops(what: string): Promise<[string, string]> {
    const names: [string, string] = [`${what}_kept_${cli.name}`, `${what}_moved_${cli.name}`];
    for (const name of names) await createShop(attached.stage, name);
    return names;
  }

  // Each test destroys what it took over: nothing may be left at the service.
  afterEach(async () => expect(await removeAll(attached.stage.client)).toEqual([]));

  test('given import blocks by name and by id, when they are applied, then nothing is changed and the next plan is empty', async () => {
    const [kept, moved] = await shops('blocks');
    const main = tasksOf(kept, moved);
    const ids = await made(main);

    const named = { [SOURCE]: 'shop source', [SYNC]: `keep ${kept}` };
    const byId = { [TARGET]: ids[TARGET], [MIGRATION]: ids[MIGRATION] };
    using workspace = open(main + imports({ ...named, ...byId }));
    expect(await planOf(workspace)).toEqual({
      [SOURCE]: takenOver('shop source'),
      [TARGET]: takenOver(ids[TARGET]),
      [SYNC]: { actions: 'no-op', importing: `keep ${kept}` },
      [MIGRATION]: { actions: 'no-op', importing: ids[MIGRATION] },
    });
    expect(await workspace.apply()).toContain('4 imported, 0 added');
    expect(await workspace.plan()).toEqual({});
    const state = await workspace.state();
    for (const [address, id] of Object.entries(ids)) expect(state[address]?.id).toBe(id);
    await workspace.destroy();
  });

  test.each(['id', 'name'] as const)(
    'given a cutover that is made, when it is imported by the %s of its task, then nothing is changed and the next plan is empty',
    async (key) => {
      const [kept, moved] = await shops(`cut_${key}`);
      const main = tasksOf(kept, moved) + cutover;
      const ids = await made(main);
      const task = { id: ids[MIGRATION], name: `move ${moved}` }[key];

      using workspace = open(main + imports({ ...ids, [CUTOVER]: task }));
      expect(await planOf(workspace)).toMatchObject({
        [CUTOVER]: { actions: 'no-op', importing: task },
        [MIGRATION]: { actions: 'no-op', importing: ids[MIGRATION] },
      });
      expect(await workspace.apply()).toContain('5 imported, 0 added');
      expect(await workspace.plan()).toEqual({});
      expect((await workspace.state())[CUTOVER]).toMatchObject({ id: ids[MIGRATION], status: 'finished' });
      await workspace.destroy();
    },
  );

  test('given arguments that the configuration alone knows, when all is imported, then they show once, as changes in place', async () => {
    const [kept, moved] = await shops('known');
    const main = withSettings(tasksOf(kept, moved) + cutover);
    const ids = { ...(await made(main)), [CUTOVER]: `move ${moved}` };
    using workspace = open(main + imports(ids));
    expect(await planOf(workspace)).toEqual(
      Object.fromEntries(
        Object.entries(ids).map(([address, importing]) => [address, { actions: 'update', importing }]),
      ),
    );
    expect(await workspace.apply()).toContain('5 imported, 0 added, 5 changed, 0 destroyed');
    expect(await workspace.plan()).toEqual({});
    expect((await workspace.state())[CUTOVER]).toMatchObject({ triggers: { run: '1' }, status: 'finished' });
    await workspace.destroy();
  });

  test('given a cutover that is not made, when it is imported, then the plan says so', async () => {
    const [kept, moved] = await shops('uncut');
    const ids = await made(tasksOf(kept, moved));
    using workspace = open(tasksOf(kept, moved) + cutover + imports({ ...ids, [CUTOVER]: ids[MIGRATION] }));
    const { code, text } = await workspace.run('plan', '-no-color');
    expect({ code, text: wordsOf(text) }).toEqual({
      code: 1,
      text: expect.stringContaining(`Error: Task "move ${moved}" is not cut over`),
    });
    workspace.write('main.tf', tasksOf(kept, moved) + imports(ids));
    await workspace.apply();
    await workspace.destroy();
  });

  test('given a configuration that says something else, then the import changes the task in place', async () => {
    const [kept, moved] = await shops('other');
    const main = tasksOf(kept, moved);
    const ids = await made(main);

    using workspace = open(main.replace('full_load_parallelism = 2', '') + imports(ids));
    expect(await planOf(workspace)).toMatchObject({
      [SYNC]: { actions: 'no-op' },
      [MIGRATION]: { actions: 'update', importing: ids[MIGRATION] },
    });
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect((await workspace.state())[MIGRATION]).toMatchObject({
      id: ids[MIGRATION],
      options: { full_load_parallelism: 4 },
    });
    await workspace.destroy();
  });

  test('given tasks and a token without a configuration, when the CLI writes it, then it plans nothing but the import', async () => {
    const [kept, moved] = await shops('written');
    const ids = await made(tasksOf(kept, moved));
    const { token } = await attached.stage.client.mutate<{ token: { id: string } }>(
      'createApiToken',
      { name: 'ci', scopes: ['read', 'operate'] },
      'token { id }',
    );

    using workspace = open(endpoints + imports({ ...ids, [TOKEN]: token.id }));
    const plan = await planOf(workspace, '-generate-config-out=generated.tf');
    for (const [address, id] of Object.entries({ [SYNC]: ids[SYNC], [MIGRATION]: ids[MIGRATION] }))
      expect(plan[address]).toEqual({ actions: 'no-op', importing: id });
    expect(plan[TOKEN]).toEqual({ actions: 'no-op', importing: token.id });
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});

    // Ids become references, so that tasks are destroyed before their endpoints.
    const written = workspace.read('generated.tf').toString();
    const referring = written
      .replaceAll(`"${ids[SOURCE]}"`, `${SOURCE}.id`)
      .replaceAll(`"${ids[TARGET]}"`, `${TARGET}.id`);
    expect(referring).not.toBe(written);
    workspace.write('generated.tf', referring);
    expect(await workspace.plan()).toEqual({});
    await workspace.apply();
    await workspace.destroy();
    expect(await openTokens(attached.stage.client)).not.toContain('ci');
  });

  test('given endpoints without a configuration, when the CLI writes it, then only the password is to be added', async () => {
    const ids = await made(endpoints);
    using workspace = open(providerAlone + imports({ [SOURCE]: 'shop source', [TARGET]: ids[TARGET] }));
    const { code, text } = await workspace.run('plan', '-no-color', '-generate-config-out=generated.tf');
    expect({ code, text }).toMatchObject({ code: 1 });
    const errors = [...text.matchAll(/Error: (.*)/g)].map(([, summary]) => summary);
    expect(new Set(errors)).toEqual(new Set(['The password is missing']));

    const written = workspace.read('generated.tf').toString();
    expect(written).not.toContain(account.password);
    const withPassword = written
      .replace(/^ *password_wo +=.*\n/gm, '')
      .replace(/resource "opendts_endpoint" "(\w+)" \{\n/g, '$&  password_wo = var.$1_password\n');
    workspace.write('generated.tf', withPassword);
    expect(await planOf(workspace)).toEqual({
      [SOURCE]: takenOver('shop source'),
      [TARGET]: takenOver(ids[TARGET]),
    });
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    expect((await workspace.state())[SOURCE]?.id).toBe(ids[SOURCE]);
    await workspace.destroy();
  });
});
