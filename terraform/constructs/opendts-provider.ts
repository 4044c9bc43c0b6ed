import { Token } from 'cdktf';
import type { Construct } from 'constructs';
import { OpendtsProvider as ProviderBlock } from './l1/provider.ts';
import type { OpendtsProviderConfig } from './l1/provider-config.ts';
import { configurationFaults } from './offline-rules.ts';
import { warn } from './warnings.ts';

/** The service that a stack is deployed to. By default OPENDTS_ENDPOINT and OPENDTS_TOKEN of the deployment say it. */
export class OpendtsProvider extends ProviderBlock {
  constructor(scope: Construct, id: string, config: OpendtsProviderConfig = {}) {
    super(scope, id, config);
    this.node.addValidation({ validate: () => configurationFaults(this) });
    if (config.token !== undefined && !Token.isUnresolved(config.token)) {
      warn(
        this,
        'The token is written in the code, thus in the synthesized files. Give it by OPENDTS_TOKEN, or as the value of a SecretVariable.',
      );
    }
  }
}
