import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { App, LocalBackend, TerraformStack, TerraformVariable } from 'cdktf';
import { afterEach, describe, expect, test } from 'vitest';
import {
  database,
  MariaDbEndpoint,
  MySqlEndpoint,
  OpendtsProvider,
  SecretVariable,
  SyncTask,
} from '../../../terraform/constructs/index.ts';
import { TaskHandle } from '../../product/task.ts';
import { terraformClis } from '../../servers/terraform-clis.ts';
import { installedProviders } from './installed-providers.ts';
import { removeAll, tasksOf } from './service-objects.ts';
import { createShop } from './shop-stage.ts';
import { shopWith } from './shop-with-provider.ts';
import type { Workspace } from './workspace.ts';

// A stack whose source is MariaDB: what it has, and what is written there from then on, comes to MySQL.

const installed = shopWith(installedProviders, async () => ({ source: 'mariadb-10.11' }));
afterEach(() => removeAll(installed.stage.client));

class FromMariaDb extends TerraformStack {
  constructor(app: App, id: string, shop: string) {
    super(app, id);
    new LocalBackend(this, { path: 'terraform.tfstate' });
    new OpendtsProvider(this, 'opendts');
    const { stringValue: username } = this.#variable('source_username', 'string');
    const source = new MariaDbEndpoint(this, 'source', {
      ...{ ...this.#address('source'), username },
      password: new SecretVariable(this, 'source_password').value,
      tls: { mode: 'preferred' },
    });
    const target = new MySqlEndpoint(this, 'target', {
      ...{ ...this.#address('target'), username },
      password: new SecretVariable(this, 'target_password').value,
    });
    new SyncTask(this, 'shop', { source, target, objects: [database(shop)], waitFor: 'incremental' });
  }

  #address(role: 'source' | 'target') {
    return {
      host: this.#variable(`${role}_host`, 'string').stringValue,
      port: this.#variable(`${role}_port`, 'number').numberValue,
    };
  }

  #variable(name: string, type: string): TerraformVariable {
    return new TerraformVariable(this, name, { type });
  }
}

/** Writes the stack into the folder of the workspace. */
function synthesize(workspace: Workspace, shop: string): void {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'opendts-app-'));
  try {
    const app = new App({ outdir });
    new FromMariaDb(app, 'mariadb', shop);
    app.synth();
    workspace.copy(path.join(outdir, 'stacks/mariadb'));
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
}

describe.each(await terraformClis())('$name $version', (cli) => {
  test('given a stack with a MariaDbEndpoint, when it is deployed, then its data and its changes arrive', async () => {
    const { stage } = installed;
    const db = { name: `from_mariadb_${cli.name}` };
    await createShop(stage, db.name);
    const env = { OPENDTS_ENDPOINT: stage.service.url, OPENDTS_TOKEN: stage.service.token };
    using workspace = installed.open(cli, undefined, { env });
    synthesize(workspace, db.name);
    await workspace.succeed('init', '-no-color');
    await workspace.apply();
    expect(await workspace.plan()).toEqual({});
    const engines = Object.values(await workspace.state()).flatMap(({ engine }) => engine ?? []);
    expect(engines.sort()).toEqual(['mariadb', 'mysql']);
    expect(await stage.target.query(`SELECT name FROM \`${db.name}\`.customers ORDER BY id`)).toEqual([
      { name: 'Ada' },
      { name: 'Bob' },
    ]);

    await stage.run(db.name, [
      "INSERT INTO customers VALUES (3, 'Cleo')",
      'UPDATE orders SET total = 20.00 WHERE customer = 1',
      'DELETE FROM sessions',
    ]);
    const [task] = await tasksOf(stage.client);
    await stage.settle(new TaskHandle(stage.client, task!.id), db);
    expect((await stage.compare(db)).report).toBe('');
    await workspace.destroy();
    expect(await removeAll(stage.client)).toEqual([]);
  });
});
