import { LocalBackend, TerraformOutput, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { database, Gate, MigrationTask, OpendtsProvider } from '../../terraform/constructs/index.ts';
import { Servers } from './servers.ts';

export interface MigrationStackProps {
  /** The release that the cutover belongs to. */
  readonly release: string;
}

/** Moves a shop to another server and cuts over, in one deployment. */
export class MigrationStack extends TerraformStack {
  constructor(scope: Construct, id: string, { release }: MigrationStackProps) {
    super(scope, id);
    new LocalBackend(this, { path: 'terraform.tfstate' });
    new OpendtsProvider(this, 'opendts'); // address and token from OPENDTS_ENDPOINT and OPENDTS_TOKEN

    const { source, target } = new Servers(this, 'servers');
    const task = new MigrationTask(this, 'shop', {
      source,
      target,
      objects: [database('shop').as('shop_v2').table('customers').table('orders', { as: 'purchases' })],
      waitFor: 'incremental',
    });

    const gate = new Gate(this, 'release', { triggers: { release }, after: [task.resource] });
    const { resource } = task.cutover('cutover', { gate });
    new TerraformOutput(this, 'cutover_status', { value: resource.status });
  }
}
