import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A certificate and its key. */
export interface Certificate {
  readonly der: Uint8Array;
  readonly certificatePem: string;
  readonly keyPem: string;
}

/**
 * A self-signed certificate of a fresh key for one connection of one process: ECDSA P-256, for `localhost`, as
 * client, server and its own authority (RFC 5280). Written by hand because it takes 3 ms, and a library 100.
 */
export function selfSignedCertificate(now: Date): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyInfo = publicKey.export({ type: 'spki', format: 'der' });
  const name = sequence(set(sequence(oid('2.5.4.3'), utf8('localhost'))));
  const tbs = sequence(
    tagged(0, integer(Uint8Array.of(2))), // version 3
    integer(serialNumber()),
    ECDSA_WITH_SHA256,
    name,
    sequence(time(new Date(now.getTime() - MINUTE)), time(new Date(now.getTime() + 365 * DAY))),
    name,
    keyInfo,
    tagged(3, extensions(createHash('sha1').update(keyInfo).digest())),
  );
  const der = sequence(tbs, ECDSA_WITH_SHA256, bitString(sign('sha256', tbs, privateKey)));
  return {
    der,
    certificatePem: `-----BEGIN CERTIFICATE-----\n${wrap(der.toString('base64'))}-----END CERTIFICATE-----\n`,
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const KEY_USAGE = Uint8Array.of(2, 0b1000_0100); // signs, and signs certificates; two bits are unused

function extensions(keyId: Uint8Array): Buffer {
  return sequence(
    extension('2.5.29.19', sequence(TRUE), 'critical'), // is an authority
    extension('2.5.29.15', element(0x03, KEY_USAGE), 'critical'),
    extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2'))), // server, client
    extension('2.5.29.14', element(0x04, keyId)),
    extension('2.5.29.17', sequence(element(0x82, Buffer.from('localhost')))),
  );
}

/** Positive, and never the same twice. */
function serialNumber(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes;
}

function wrap(base64: string): string {
  return base64.replace(/.{1,64}/g, '$&\n');
}

// DER: each element is its tag, its length and its content.

function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Uint8Array.of(tag, ...lengthOf(content.length)), content]);
}

/** In as few bytes as can be: the certificate would not be valid otherwise. */
function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return element(0x30, ...parts);
}

function set(...parts: readonly Uint8Array[]): Buffer {
  return element(0x31, ...parts);
}

function tagged(number: number, ...parts: readonly Uint8Array[]): Buffer {
  return element(0xa0 + number, ...parts);
}

function integer(bytes: Uint8Array): Buffer {
  return element(0x02, bytes);
}

function bitString(bytes: Uint8Array): Buffer {
  return element(0x03, Uint8Array.of(0), bytes);
}

function utf8(text: string): Buffer {
  return element(0x0c, Buffer.from(text));
}

/** Two digits of the year until 2049, four from then on. */
function time(at: Date): Buffer {
  const digits = `${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  return at.getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(digits.slice(2)))
    : element(0x18, Buffer.from(digits));
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Uint8Array.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}

function extension(id: string, value: Uint8Array, critical?: 'critical'): Buffer {
  return sequence(oid(id), ...(critical ? [TRUE] : []), element(0x04, value));
}

const TRUE = Buffer.from([0x01, 0x01, 0xff]);
const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
