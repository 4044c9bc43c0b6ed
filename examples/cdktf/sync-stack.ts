import { LocalBackend, TerraformOutput, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { database, OpendtsProvider, SyncTask } from '../../terraform/constructs/index.ts';
import { Servers } from './servers.ts';

/** Keeps a shop, without what is for a moment only, in step on a second server. */
export class SyncStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new LocalBackend(this, { path: 'terraform.tfstate' });
    new OpendtsProvider(this, 'opendts'); // address and token from OPENDTS_ENDPOINT and OPENDTS_TOKEN

    const { source, target } = new Servers(this, 'servers');
    const task = new SyncTask(this, 'shop', {
      source,
      target,
      objects: [database('shop').except('sessions')],
      waitFor: 'incremental',
      options: { fullLoadParallelism: 8 },
    });
    new TerraformOutput(this, 'status', { value: task.resource.status });
  }
}
