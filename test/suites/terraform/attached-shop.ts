import { afterAll, beforeAll } from 'vitest';
import type { Stage } from '../../product/stage.ts';
import type { TerraformCli } from '../../servers/terraform-clis.ts';
import { attachedProvider } from './attached-provider.ts';
import { openShopStage, variablesOf } from './shop-stage.ts';
import { Workspace } from './workspace.ts';

export interface AttachedShop {
  /** There from the first test on. */
  readonly stage: Stage;
  /** A new folder, with this configuration if there is one yet; `given` goes before the variables of the stage. */
  open(cli: TerraformCli, main?: string, given?: () => Readonly<Record<string, string>>): Workspace;
}

/** Two servers, the service, and the provider in this process, for the tests of one file: they end with it. */
export function attachedShop(): AttachedShop {
  let stage: Stage | undefined;
  let provider: Awaited<ReturnType<typeof attachedProvider>> | undefined;
  const opened = (): Stage => {
    if (stage === undefined) throw new TypeError('the stage opens with the first test');
    return stage;
  };
  beforeAll(async () => {
    stage = await openShopStage();
    provider = await attachedProvider();
  });
  afterAll(async () => {
    provider?.[Symbol.dispose]();
    await stage?.[Symbol.asyncDispose]();
  });
  return {
    get stage() {
      return opened();
    },
    open(cli, main, given = () => ({})) {
      const variables = () => ({ ...variablesOf(opened()), ...given() });
      const workspace = new Workspace({ cli, provider: provider?.env ?? {}, variables });
      if (main !== undefined) workspace.write('main.tf', main);
      return workspace;
    },
  };
}
