import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type Certificate,
  selfSignedCertificate,
} from '../../../../terraform/provider/protocol/server/certificate.ts';
import { Service } from '../../../product/service.ts';
import { openTlsFront, type TlsFront } from './tls-front.ts';
import { type Told, Workspace } from './workspace.ts';

// The service behind TLS, with a certificate of an authority that nobody else knows.

let service: Service;
let authority: Certificate;
let front: TlsFront;

beforeAll(async () => {
  service = await Service.start();
  authority = selfSignedCertificate(new Date());
  front = await openTlsFront(service.url, authority);
});
afterAll(async () => {
  await front?.[Symbol.asyncDispose]();
  await service?.stop();
});
afterEach(() => vi.unstubAllEnvs());

const access = (config: object = {}) => ({
  endpoint: `https://localhost:${front.port}`,
  token: service.token,
  ...config,
});

/** What one that is told about its certificate reads. */
const untrusted = (...words: readonly string[]): Partial<Told>[] => [
  {
    severity: 'error',
    summary: 'The certificate of the OpenDTS service is not trusted',
    path: 'endpoint',
    detail: expect.stringMatching(new RegExp(words.join('[^]*'))),
  },
];

describe('a service with a private authority', () => {
  test('is asked where the authority is given', async () => {
    const workspace = new Workspace();
    expect(await workspace.configure(access({ ca: authority.certificatePem }))).toEqual([]);
    const { state, told } = await workspace.read('opendts_engine_capabilities', {});
    expect(told).toEqual([]);
    expect(Object.keys(state?.engines)).toEqual(['mariadb', 'mysql']);
  });

  test('is asked where the authority is one of several, given by the environment', async () => {
    vi.stubEnv('OPENDTS_CA', `A comment\n${tls.rootCertificates[0]}\n${authority.certificatePem}`);
    expect(await new Workspace().configure(access())).toEqual([]);
  });

  test('is not trusted without it, which is told at once with both ways to give it', async () => {
    const told = await new Workspace().configure(access());
    expect(told).toMatchObject(
      untrusted('DEPTH_ZERO_SELF_SIGNED_CERT', '`ca`', 'OPENDTS_CA', 'NODE_EXTRA_CA_CERTS'),
    );
    expect(JSON.stringify(told)).not.toContain(service.token);
  });

  test('is not trusted with another authority', async () => {
    const other = selfSignedCertificate(new Date());
    const told = await new Workspace().configure(access({ ca: other.certificatePem }));
    expect(told).toMatchObject(untrusted('`ca`', 'NODE_EXTRA_CA_CERTS', 'UNTRUSTED_CERTIFICATE'));
  });

  test('is not trusted at an address that is not in its certificate, with the remedy for that', async () => {
    const endpoint = `https://127.0.0.1:${front.port}`;
    const told = await new Workspace().configure(access({ endpoint, ca: authority.certificatePem }));
    expect(told).toMatchObject(untrusted('ERR_TLS_CERT_ALTNAME_INVALID', '`endpoint`', 'by a host'));
  });

  test('is not trusted when its certificate has expired, with the remedy for that', async () => {
    const old = selfSignedCertificate(new Date('2020-01-01'));
    await using expired = await openTlsFront(service.url, old);
    const endpoint = `https://localhost:${expired.port}`;
    const told = await new Workspace().configure(access({ endpoint, ca: old.certificatePem }));
    expect(told).toMatchObject(untrusted('CERT_HAS_EXPIRED', 'Renew the certificate'));
  });
});

describe('certificates that are none', () => {
  test.each([
    ['nothing', '', 'no certificate in PEM form'],
    ['the path of a file', '/etc/ssl/ca.pem', 'file("ca.pem")'],
    ['a key', () => authority.keyPem, 'no certificate in PEM form'],
    [
      'one that is cut short, behind one that is whole',
      () => `${authority.certificatePem}${authority.certificatePem.replace(/\n[^\n]+\n(?=-----END)/, '\n')}`,
      'Certificate 2 of 2',
    ],
  ])('%s is told at the argument, before anything is asked, and never shown', async (_what, text, words) => {
    const ca = typeof text === 'string' ? text : text();
    const told = await new Workspace().configure(access({ ca, endpoint: 'https://127.0.0.1:9' }));
    expect(told).toMatchObject([{ severity: 'error', path: 'ca', detail: expect.stringContaining(words) }]);
    expect(JSON.stringify(told)).not.toContain(authority.keyPem.split('\n')[1]);
  });

  test('are told with the variable, when they come by it', async () => {
    vi.stubEnv('OPENDTS_CA', '/etc/ssl/ca.pem');
    const told = await new Workspace().configure(access());
    expect(told).toMatchObject([{ path: 'ca', summary: 'OPENDTS_CA holds no certificates' }]);
  });
});

test('an authority for an address without encryption is warned of', async () => {
  const told = await new Workspace().configure(
    access({ endpoint: service.url, ca: authority.certificatePem }),
  );
  expect(told).toMatchObject([{ severity: 'warning', path: 'endpoint' }]);
});
