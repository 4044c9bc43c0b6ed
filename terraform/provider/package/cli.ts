#!/usr/bin/env node
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { NODE_VARIABLE } from '../protocol/server/needed-node.ts';
import { bundle } from './bundle.ts';
import { writePacked, writeUnpacked } from './mirror.ts';
import { chooseNode } from './node-choice.ts';
import { PLATFORMS, thisPlatform } from './platform.ts';
import { RELEASE, type Release } from './release.ts';

const USAGE = `Usage: opendts-terraform <command> [options]

Commands:
  install    Puts the provider where Terraform and OpenTofu find it by themselves
             (~/.terraform.d/plugins), to be run by this node, whose path it notes in ~/.opendts.
  package    Builds a mirror with an archive for each platform (dist/terraform/mirror), of the same bytes as
             what is installed, to be run by the node on PATH where nothing is. Point filesystem_mirror of a CLI configuration at it.

Options:
  --into <folder>   Another folder. For install, <working folder>/terraform.d/plugins serves one configuration.
  --host <host>     A host of the provider's source address; may be given several times.
                    By default ${RELEASE.hosts.join(', ')}.
  --help            Prints this.

The variable ${NODE_VARIABLE} names the node that runs the provider, whatever was installed.
`;

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      into: { type: 'string' },
      host: { type: 'string', multiple: true },
      help: { type: 'boolean' },
    },
  });
  const [command, ...more] = positionals;
  if (values.help) return void process.stdout.write(USAGE);
  const release: Release = { ...RELEASE, hosts: values.host ?? RELEASE.hosts };
  if (command === 'install' && more.length === 0) return install(release, values.into);
  if (command === 'package' && more.length === 0) return pack(release, values.into);
  process.stderr.write(USAGE);
  process.exitCode = 2;
}

async function install(release: Release, into = path.join(os.homedir(), '.terraform.d/plugins')) {
  const program = await bundle(release.entry);
  const folders = writeUnpacked({ mirror: into, release, program, platform: thisPlatform() });
  for (const folder of folders) console.log(`Installed ${folder}`);
  try {
    chooseNode(os.homedir(), process.execPath);
  } catch (error) {
    const said = (error as Error).message;
    console.error(`It will run on the node on PATH, or on that of ${NODE_VARIABLE}: ${said}`);
  }
}

async function pack(release: Release, into = 'dist/terraform/mirror') {
  const program = await bundle(release.entry);
  const files = writePacked({ mirror: into, release, program, platforms: PLATFORMS });
  for (const file of files) console.log(`Wrote ${file}`);
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
});
