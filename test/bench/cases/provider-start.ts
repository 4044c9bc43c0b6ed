import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bundle } from '../../../terraform/provider/package/bundle.ts';
import { writeUnpacked } from '../../../terraform/provider/package/mirror.ts';
import { thisPlatform } from '../../../terraform/provider/package/platform.ts';
import { RELEASE } from '../../../terraform/provider/package/release.ts';
import { selfSignedCertificate } from '../../../terraform/provider/protocol/server/certificate.ts';
import { COOKIE, LaunchedPlugin } from '../../suites/terraform/framework/launched-plugin.ts';
import type { BenchCase } from '../bench-case.ts';
import { median } from '../result.ts';

const STARTS = 20;

/** From the start of the provider's process, as a CLI starts it several times a command, to the line by which the CLI finds it. */
export const providerStart: BenchCase = {
  name: 'provider-start',
  goals: [{ what: 'start of the provider to its handshake', unit: 'ms', atMost: 120 }],
  async open(starts = STARTS) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'opendts-bench-'));
    const [installed = ''] = writeUnpacked({
      mirror: folder,
      release: RELEASE,
      program: await bundle(RELEASE.entry),
      platform: thisPlatform(),
    });
    const program = path.join(installed, `terraform-provider-opendts_v${RELEASE.version}`);
    const env = {
      ...COOKIE,
      HOME: folder,
      PLUGIN_UNIX_SOCKET_DIR: folder,
      PLUGIN_CLIENT_CERT: selfSignedCertificate(new Date()).certificatePem,
    };
    return {
      /** Node that does nothing beside it: what no program of ours can undercut. */
      async round() {
        const ours: number[] = [];
        const node: number[] = [];
        for (let i = 0; i < starts; i += 1) {
          ours.push(await startOf(program, env));
          node.push(await emptyNode());
        }
        return { ours: median(ours), node: median(node) };
      },
      async [Symbol.asyncDispose]() {
        fs.rmSync(folder, { recursive: true });
      },
    };
  },
};

async function startOf(program: string, env: Record<string, string>): Promise<number> {
  const startedAt = performance.now();
  await using plugin = new LaunchedPlugin(program, { env });
  await plugin.handshake();
  return performance.now() - startedAt;
}

async function emptyNode(): Promise<number> {
  const startedAt = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - startedAt;
}
