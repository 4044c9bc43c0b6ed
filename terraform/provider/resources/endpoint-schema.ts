import { checkHost } from '../host.ts';
import { checkName } from '../names.ts';
import { defineSchema } from '../protocol/schema/define.ts';

export const endpointSchema = defineSchema({
  description:
    'A saved connection to a database server, which tasks read from or write to. ' +
    'Running tasks take a change over at once: they end their connections and go on from their checkpoints. ' +
    'The service never shows the password: another one that was set there by somebody else is noticed by a fingerprint and repaired by the next apply.',
  attributes: {
    id: { type: 'string', computed: true, description: 'Made by the service. It never changes.' },
    name: {
      type: 'string',
      required: true,
      check: checkName,
      description: 'Name for people, 1 to 64 characters. It can be imported by this name.',
    },
    engine: {
      type: 'string',
      required: true,
      oneOf: ['mysql', 'mariadb'],
      description:
        'The database system: `mysql` or `mariadb`. It is changed in place, to put a wrong one right: another server is another endpoint.',
    },
    host: { type: 'string', required: true, check: checkHost, description: 'Host name or IP address.' },
    port: {
      type: 'number',
      wholeNumber: { min: 1, max: 65535 },
      optional: true,
      default: 3306,
      description: 'TCP port. The default is 3306.',
    },
    username: { type: 'string', required: true, check: checkUsername, description: 'Database user.' },
    password_wo: {
      type: 'string',
      optional: true,
      writeOnly: true,
      check: checkPassword,
      description:
        'Password of the user, kept in no plan and no state. Needs Terraform 1.11 or OpenTofu 1.11. ' +
        'Without `password_wo_version` each plan asks the service whether this is the password that it keeps, which needs a token with the scope `write`, and plans a change when it is not.',
    },
    password_wo_version: {
      type: 'number',
      wholeNumber: { min: 0, max: 1_000_000_000 },
      optional: true,
      description:
        'Raise it whenever `password_wo` changes. Use it when `password_wo` differs from run to run, as ephemeral values do.',
    },
    password: {
      type: 'string',
      optional: true,
      sensitive: true,
      check: checkPassword,
      description:
        'Password of the user for CLIs without write-only arguments. It is kept in the state in clear: prefer `password_wo`.',
    },
    tls: {
      nesting: 'single',
      optional: true,
      default: { mode: 'preferred', ca: null },
      description: 'How connections are encrypted.',
      attributes: {
        mode: {
          type: 'string',
          optional: true,
          default: 'preferred',
          oneOf: ['disabled', 'preferred', 'required', 'verify'],
          description:
            '`disabled`: not at all. `preferred`: if the server can. `required`: always, with any certificate. `verify`: always, with a certificate that is checked. The default is `preferred`.',
        },
        ca: {
          type: 'string',
          optional: true,
          check: checkCertificate,
          description:
            'Certificate of the authority in PEM form, for the mode `verify` with a private authority. The default are the authorities of the system.',
        },
      },
    },
    secret_fingerprint: {
      type: 'string',
      computed: true,
      description: 'Changes when the password changes, and tells nothing else about it.',
    },
  },
});

function checkUsername(username: string): string | undefined {
  if (username.trim() === '') return 'The user is empty.';
  if ([...username].length > 128) return 'The user is longer than 128 characters.';
  return /[\p{Cc}\u2028\u2029]/u.test(username)
    ? 'The user holds a control character or a line separator.'
    : undefined;
}

/** Never quotes it. */
function checkPassword(password: string): string | undefined {
  if (password.length > 1024) return 'The password is longer than 1024 characters.';
  return password.includes('\0') ? 'The password holds a NUL character.' : undefined;
}

const CERTIFICATES = /^\s*-----BEGIN CERTIFICATE-----[0-9A-Za-z+/=\s-]+-----END CERTIFICATE-----\s*$/;

function checkCertificate(text: string): string | undefined {
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    return 'It holds no certificate in PEM form, which begins with "-----BEGIN CERTIFICATE-----".';
  if (text.length > 65_536) return 'It is longer than 65536 characters.';
  return CERTIFICATES.test(text)
    ? undefined
    : 'It holds more than certificates in PEM form, or a broken one. Leave in it the certificates alone, each with its lines BEGIN CERTIFICATE and END CERTIFICATE, and no remarks.';
}
