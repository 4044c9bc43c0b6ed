import { build } from 'esbuild';
import { grpcServerAlone } from './grpc-server-alone.ts';

/** The environment variable that names another node than the one of the bundle's first lines. */
export const NODE_VARIABLE = 'OPENDTS_NODE';

/**
 * The provider as one file that runs by itself: a shell reads its first two lines and becomes node, which takes
 * the first for a shebang and the second for a comment. `node` is the program to become, by default the one on
 * PATH.
 */
export async function bundle(entry: string, node = 'node'): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20', // so that an older node can say that it is too old
    minify: true, // node reads half as much: what a start takes is mostly that
    legalComments: 'eof',
    // The gRPC library loads it for services that are not served, and only when they are asked for.
    external: ['@grpc/proto-loader'],
    plugins: [grpcServerAlone],
    logLevel: 'silent',
    banner: {
      js: `#!/bin/sh\n":" //; exec "\${${NODE_VARIABLE}:-${shellQuoted(node)}}" --no-warnings "$0" "$@"`,
    },
  });
  return Buffer.from(withoutSecondShebang(Buffer.from(outputFiles[0]!.contents).toString()));
}

/** Within double quotes of a shell. */
function shellQuoted(text: string): string {
  return text.replace(/["$`\\}]/g, '\\$&');
}

/** The entry may have a shebang of its own, which the bundler puts before the banner. */
function withoutSecondShebang(script: string): string {
  return script.replace(/^#!.*\n(?=#!)/, '');
}
