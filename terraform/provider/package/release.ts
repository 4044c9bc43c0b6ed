import { fileURLToPath } from 'node:url';
import packageJson from '../../../package.json' with { type: 'json' };
import { HOSTS, NAMESPACE, TYPE } from './addresses.ts';

/** What a provider is called, and where its program begins. */
export interface Release {
  readonly namespace: string;
  readonly type: string;
  readonly version: string;
  /** The file from which the bundle is made. */
  readonly entry: string;
  /** Hosts of its source addresses. */
  readonly hosts: readonly string[];
}

/** The provider of this product. */
export const RELEASE: Release = {
  namespace: NAMESPACE,
  type: TYPE,
  version: packageJson.version,
  entry: fileURLToPath(new URL('../main.ts', import.meta.url)),
  hosts: Object.values(HOSTS),
};
