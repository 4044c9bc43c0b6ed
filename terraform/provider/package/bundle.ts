import { build } from 'esbuild';
import { grpcServerAlone } from './grpc-server-alone.ts';
import { BECOME_NODE } from './node-choice.ts';

/**
 * The provider as one file that runs by itself: a shell reads its first two lines and becomes node, which takes
 * the first for a shebang and the second for a comment. The same bytes on each machine, because lock files hold
 * their hash: which node it becomes stands elsewhere.
 */
export async function bundle(entry: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node12', // so that an older node can read it, and say that it is too old
    tsconfigRaw: {}, // that of the clone adds a directive, and an installed package has none
    minify: true, // node reads half as much: what a start takes is mostly that
    legalComments: 'eof',
    // The gRPC library loads it for services that are not served, and only when they are asked for.
    external: ['@grpc/proto-loader'],
    plugins: [grpcServerAlone],
    logLevel: 'silent',
    banner: {
      js: `#!/bin/sh\n":" //; ${BECOME_NODE}`,
    },
  });
  return Buffer.from(withoutSecondShebang(Buffer.from(outputFiles[0]!.contents).toString()));
}

/** The entry may have a shebang of its own, which the bundler puts before the banner. */
function withoutSecondShebang(script: string): string {
  return script.replace(/^#!.*\n(?=#!)/, '');
}
