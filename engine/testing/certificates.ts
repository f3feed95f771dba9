/**
 * Certificates for tests, made by the program `openssl` in a folder of the test: an authority and what it signs.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes `NAME.crt` and `NAME.key` that nobody but itself vouches for; returns the certificate. */
export function makeAuthority(folder: string, name: string): Buffer {
  openssl(folder, ['req', '-x509', ...EC_KEY, '-keyout', `${name}.key`, '-out', `${name}.crt`, ...subject(name)]);
  return readFileSync(join(folder, `${name}.crt`));
}

/** Makes `FILE.crt` and `FILE.key` for `subjectName`, signed by an authority of the same folder. */
export function makeCertificate(folder: string, authority: string, file: string, subjectName: string): void {
  openssl(folder, ['req', ...EC_KEY, '-keyout', `${file}.key`, '-out', `${file}.csr`, ...subject(subjectName)]);
  const signed = ['-CA', `${authority}.crt`, '-CAkey', `${authority}.key`, '-CAcreateserial', '-days', '2'];
  openssl(folder, ['x509', '-req', '-in', `${file}.csr`, '-out', `${file}.crt`, ...signed]);
}

/** `alice`, or `/C=DE/CN=alice`. */
function subject(name: string): string[] {
  return ['-subj', name.startsWith('/') ? name : `/CN=${name}`];
}

function openssl(folder: string, args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
}
