import type { Plugin } from 'esbuild';

const NAMESPACE = 'grpc-server-alone';
const LIBRARY = '@grpc/grpc-js';

/** What a provider takes from the library. A plugin's sockets are found by the one resolver of addresses. */
const SERVER = `
  import { setup } from '${LIBRARY}/build/src/resolver-uds.js';
  export { Server } from '${LIBRARY}/build/src/server.js';
  export { ServerCredentials } from '${LIBRARY}/build/src/server-credentials.js';
  export { ServerInterceptingCall } from '${LIBRARY}/build/src/server-interceptors.js';
  setup();
`;

/**
 * Leaves the gRPC library's client out of a bundle. The library loads all of itself, and to read and run what no
 * provider uses takes a tenth of each start. The server would reach what is left out for services of the library's
 * own alone, which nobody asks it to serve.
 */
export const grpcServerAlone: Plugin = {
  name: NAMESPACE,
  setup(build) {
    build.onResolve({ filter: /^@grpc\/grpc-js$/ }, ({ resolveDir }) => ({
      path: 'server',
      namespace: NAMESPACE,
      pluginData: resolveDir,
    }));
    build.onLoad({ filter: /^server$/, namespace: NAMESPACE }, ({ pluginData }) => ({
      contents: SERVER,
      resolveDir: pluginData,
    }));
    build.onResolve({ filter: /^\.\/make-client$/ }, ({ importer }) =>
      importer.includes(LIBRARY) ? { path: 'client', namespace: NAMESPACE } : undefined,
    );
    build.onLoad({ filter: /^client$/, namespace: NAMESPACE }, () => ({ contents: 'module.exports = {};' }));
  },
};
