import packageJson from '../../../package.json' with { type: 'json' };

/** The name under which stacks import the constructs. */
export const PACKAGE = 'opendts-constructs';

/**
 * What npm reads of the package. The libraries are those of the project that installs it: two of them in one stack would not know each
 * other's references. The range of `cdktf` holds the versions of `cdktn`, which takes its name.
 */
export const manifest = {
  name: PACKAGE,
  version: packageJson.version,
  description: 'CDKTF constructs of OpenDTS: endpoints, migrations, synchronizations and their cutover',
  license: packageJson.license,
  type: 'commonjs',
  main: './index.js',
  types: './index.d.ts',
  exports: {
    '.': { types: './index.d.ts', default: './index.js' },
    './l1/*': { types: './l1/*.d.ts', default: './l1/*.js' },
    './package.json': './package.json',
  },
  engines: { node: '>=20' },
  dependencies: { '@cdktf/provider-null': packageJson.dependencies['@cdktf/provider-null'] },
  peerDependencies: { cdktf: '>=0.21.0 <1', constructs: '^10.4.2' },
};
