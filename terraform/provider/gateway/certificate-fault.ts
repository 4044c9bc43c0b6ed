import type { Fault } from './gateway-error.ts';

const authority =
  'When the authority that signed it is a private one, give its certificate in PEM form as `ca` (or OPENDTS_CA). A file that NODE_EXTRA_CA_CERTS names in the environment of the CLI is taken too, where `ca` is not given.';
const term = 'Renew the certificate of the service, and compare the clocks of both machines.';
const name =
  'Let `endpoint` (or OPENDTS_ENDPOINT) name the service by a host that its certificate is made for.';

/** What to do, by the codes that node has for certificates (those of OpenSSL's verification, and its own). */
const remedies = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', authority],
  ['SELF_SIGNED_CERT_IN_CHAIN', authority],
  ['UNABLE_TO_GET_ISSUER_CERT', authority],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', authority],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', authority],
  ['CERT_SIGNATURE_FAILURE', authority],
  ['CERT_CHAIN_TOO_LONG', authority],
  ['CERT_UNTRUSTED', authority],
  ['CERT_REJECTED', authority],
  ['INVALID_CA', authority],
  ['INVALID_PURPOSE', authority],
  ['PATH_LENGTH_EXCEEDED', authority],
  ['CERT_HAS_EXPIRED', term],
  ['CERT_NOT_YET_VALID', term],
  ['ERR_TLS_CERT_ALTNAME_INVALID', name],
  ['HOSTNAME_MISMATCH', name],
]);

/** The fault of a connection that failed because the service's certificate proves nothing; undefined for any other failure. */
export function certificateFault(endpoint: string, cause: unknown): Fault | undefined {
  const { code = '', message = '' } = (cause ?? {}) as { code?: string; message?: string };
  const remedy = remedies.get(code);
  if (remedy === undefined) return undefined;
  return {
    code: 'UNTRUSTED_CERTIFICATE',
    message: `The certificate of ${endpoint} is not trusted: ${remedy === authority ? 'it is signed by nobody who is known here' : message.trim()} (${code}).`,
    remedy,
  };
}
