/** Where configurations say that the provider comes from. */
export const NAMESPACE = 'opendts';
export const TYPE = 'opendts';

/**
 * Hosts of source addresses. `opendts/opendts` means the first to Terraform and the second to OpenTofu; the third
 * means the same to both, and no server need answer there when a mirror has the provider.
 */
export const HOSTS = {
  terraform: 'registry.terraform.io',
  opentofu: 'registry.opentofu.org',
  own: 'opendts.example',
} as const;

/** The provider's addresses, with their hosts. */
export const ADDRESSES: readonly string[] = Object.values(HOSTS).map(
  (host) => `${host}/${NAMESPACE}/${TYPE}`,
);
