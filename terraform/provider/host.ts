import { isIP } from 'node:net';

const LABEL = /^(?!-)[0-9A-Za-z_-]{1,63}(?<!-)$/;
const MOST_CHARACTERS = 253;

/** Host name or IP address of an endpoint, as the service takes it; checked before it is asked. */
export function checkHost(host: string): string | undefined {
  if (host === '') return 'The host is empty.';
  if (host.length > MOST_CHARACTERS) return `The host is longer than ${MOST_CHARACTERS} characters.`;
  if (isIP(host) > 0) return undefined;
  if (/^\[.*\]$/.test(host)) return `"${host}" stands in brackets: write the address without them.`;
  if (/[\s\p{Cc}/]/u.test(host))
    return `"${host}" is no host name or address: it holds a space or a slash. Give the port as "port".`;
  if (/^([^:]+|\[.*\]):\d+$/.test(host)) return `"${host}" holds a port: give it as "port".`;
  const labels = host.replace(/\.$/, '').split('.');
  if (labels.every((label) => LABEL.test(label))) return undefined;
  return `"${host}" is no host name or IP address: parts of a name are 1 to 63 letters, digits, "-" and "_", and none begins or ends with "-".`;
}
