import { afterAll, beforeAll } from 'vitest';
import { openStage, type Stage, type StageOptions } from '../../product/stage.ts';
import type { TerraformCli } from '../../servers/terraform-clis.ts';
import { createAccounts, variablesOf } from './shop-stage.ts';
import { Workspace } from './workspace.ts';

/** A provider that CLIs come to by this environment, until it is disposed of. */
interface Provided extends Disposable {
  readonly env: Readonly<Record<string, string>>;
}

export interface ShopWithProvider {
  /** There from the first test on. */
  readonly stage: Stage;
  /** A new folder, with this configuration if there is one yet; `given` goes before the variables of the stage, `env` before the provider's. */
  open(
    cli: TerraformCli,
    main?: string,
    more?: {
      readonly given?: () => Readonly<Record<string, string>>;
      readonly env?: Readonly<Record<string, string>>;
    },
  ): Workspace;
}

/** Two servers that have a user with a password, the service, and the provider, for the tests of one file: they end with it. */
export function shopWith(
  provide: () => Promise<Provided>,
  options: () => Promise<StageOptions> = async () => ({}),
): ShopWithProvider {
  let stage: Stage | undefined;
  let provider: Provided | undefined;
  const opened = (): Stage => {
    if (stage === undefined) throw new TypeError('the stage opens with the first test');
    return stage;
  };
  beforeAll(async () => {
    stage = await openStage(await options());
    await createAccounts(stage);
    provider = await provide();
  });
  afterAll(async () => {
    provider?.[Symbol.dispose]();
    await stage?.[Symbol.asyncDispose]();
  });
  return {
    get stage() {
      return opened();
    },
    open(cli, main, { given = () => ({}), env = {} } = {}) {
      const variables = () => ({ ...variablesOf(opened()), ...given() });
      const workspace = new Workspace({ cli, provider: { ...provider?.env, ...env }, variables });
      if (main !== undefined) workspace.write('main.tf', main);
      return workspace;
    },
  };
}
