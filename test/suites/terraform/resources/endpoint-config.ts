import type { Stage } from '../../../product/stage.ts';

/** What a user writes of an endpoint of this server. */
export const endpointOf = (name: string, { host, port, username, password }: Stage['source']) => ({
  ...{ name, engine: 'mysql', host, port, username, password_wo: password, password_wo_version: 1 },
});
