import { X509Certificate } from 'node:crypto';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** What is wrong with a text that is to hold certificates in PEM form; undefined when all of them can be read. */
export function checkAuthorities(text: string): string | undefined {
  const certificates = text.match(CERTIFICATE) ?? [];
  if (certificates.length === 0)
    return 'It holds no certificate in PEM form, which begins with "-----BEGIN CERTIFICATE-----". Give the text of the file, as file("ca.pem") reads it.';
  const broken = certificates.findIndex((each) => !isCertificate(each));
  if (broken === -1) return undefined;
  return `Certificate ${broken + 1} of ${certificates.length} in it cannot be read. Give the text of the file as it is, as file("ca.pem") reads it.`;
}

// What cannot be read would be passed over without a word when the connection is made.
function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}
