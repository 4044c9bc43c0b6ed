import { progress } from './cache.ts';
import { atLeast } from './go-toolchain.ts';
import { installOpenTofu, OPENTOFU_VERSION } from './opentofu.ts';
import { runProgram } from './run-program.ts';

/** Write-only arguments, which keep passwords out of the state, begin with this version. */
const NEEDED_TERRAFORM = '1.11.0';

/** A program that drives the provider. */
export interface TerraformCli {
  readonly name: 'terraform' | 'tofu';
  readonly version: string;
  readonly program: string;
}

/** OpenTofu, which the tests always have, and Terraform where it is on PATH. */
export async function terraformClis(): Promise<readonly TerraformCli[]> {
  const program = await installOpenTofu();
  const tofu: TerraformCli = { name: 'tofu', program, version: OPENTOFU_VERSION };
  const version = await terraformOnPath();
  return version === undefined ? [tofu] : [{ name: 'terraform', program: 'terraform', version }, tofu];
}

async function terraformOnPath(): Promise<string | undefined> {
  const env = { CHECKPOINT_DISABLE: '1', TF_CLI_CONFIG_FILE: '/dev/null' };
  const printed = await runProgram(['terraform', 'version', '-json'], { env }).catch(() => undefined); // not there
  if (printed === undefined) {
    progress('no terraform on PATH: the suites of the provider run with OpenTofu alone');
    return undefined;
  }
  const { terraform_version: version } = JSON.parse(printed) as { terraform_version: string };
  if (atLeast(version, NEEDED_TERRAFORM)) return version;
  progress(
    `terraform ${version} on PATH is older than ${NEEDED_TERRAFORM}: the suites run with OpenTofu alone`,
  );
  return undefined;
}
