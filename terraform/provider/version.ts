import packageJson from '../../package.json' with { type: 'json' };

/** Version of the provider: that of the product. */
export const version: string = packageJson.version;
