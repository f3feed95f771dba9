/**
 * Which certificate a client sees, by the name it asks for (SNI, RFC 6066 section 3), and whether the certificate it
 * shows is good enough. A folder of certificates (`sni-dir`) is read when a name is first asked for.
 */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { CertificateMaterial, TlsMaterial } from './tls-material.ts';

interface Choice {
  context: SecureContext;
  asksClient: boolean;
  requiresClient: boolean;
}

/** Names of `sni-dir` that are remembered. */
const MAX_REMEMBERED = 1000;

export class CertificateChooser {
  /** Some certificate has client authorities: every client is asked then, as the name is not known before. */
  readonly asksClients: boolean;
  readonly #material: TlsMaterial;
  readonly #main: Choice;
  readonly #named: { fits: (name: string) => boolean; choice: Choice }[];
  readonly #remembered = new Map<string, Choice>();

  constructor(material: TlsMaterial) {
    this.#material = material;
    this.#main = this.#choiceOf(material.certificate);
    this.#named = material.names.map(({ match, certificate }) => {
      const pattern = match.type === 'pattern' ? new RegExp(match.text, 'i') : null;
      const fits = (name: string): boolean => (pattern === null ? name === match.text : pattern.test(name));
      return { fits, choice: this.#choiceOf(certificate) };
    });
    this.asksClients =
      this.#main.asksClient || this.#named.some(({ choice }) => choice.asksClient) || hasAuthorities(material.folder);
  }

  /** The context for a name. @throws when a file of `sni-dir` can not be used */
  async choose(servername: string): Promise<SecureContext> {
    const name = servername.toLowerCase();
    const named = this.#named.find(({ fits }) => fits(name));
    if (named !== undefined) return named.choice.context;
    const found = this.#remembered.get(name) ?? (await this.#readFolder(name));
    if (found === null) return this.#main.context;
    this.#remembered.set(name, found);
    if (this.#remembered.size > MAX_REMEMBERED)
      for (const oldest of this.#remembered.keys()) {
        this.#remembered.delete(oldest);
        break;
      }
    return found.context;
  }

  /** Why a client that has shaken hands is not let in; null: it is. */
  refusalOf(socket: TLSSocket): string | null {
    const choice = this.#chosen(socket);
    if (!choice.asksClient) return null;
    if (socket.getPeerX509Certificate() === undefined) {
      return choice.requiresClient ? 'it shows no certificate' : null;
    }
    return socket.authorized ? null : `its certificate is not believed (${String(socket.authorizationError)})`;
  }

  /** The client's certificate, when it was asked for one and the one it shows is believed. */
  clientCertificateOf(socket: TLSSocket): ClientCertificate | null {
    const found = this.#chosen(socket).asksClient && socket.authorized ? socket.getPeerX509Certificate() : undefined;
    if (found === undefined) return null;
    return { name: onelineName(found.subject), pem: found.toString(), der: found.raw.toString('latin1') };
  }

  #chosen(socket: TLSSocket): Choice {
    const name = typeof socket.servername === 'string' ? socket.servername.toLowerCase() : null;
    if (name === null) return this.#main;
    const named = this.#named.find(({ fits }) => fits(name));
    return named?.choice ?? this.#remembered.get(name) ?? this.#main;
  }

  #choiceOf({ cert, key, ciphers, clientCa, requiresClient }: CertificateMaterial): Choice {
    const context = createSecureContext({
      cert,
      key,
      minVersion: 'TLSv1.2',
      ticketKeys: Buffer.from(this.#material.ticketKeys),
      ...(ciphers === null ? {} : { ciphers }),
      ...(clientCa === null ? {} : { ca: clientCa }),
      ...(this.#material.opensslOptions === 0 ? {} : { secureOptions: this.#material.opensslOptions }),
    });
    return { context, asksClient: clientCa !== null, requiresClient };
  }

  async #readFolder(name: string): Promise<Choice | null> {
    const { folder } = this.#material;
    // The name comes from the client and becomes part of a path.
    if (folder === null || !/^[a-z0-9_-][a-z0-9._-]*$/.test(name)) return null;
    const path = `${folder.path}/${name}`;
    const cert = await readOptional(`${path}.crt`);
    if (cert === null) return null;
    const clientCa = await readOptional(`${path}.ca`);
    const key = await readFile(`${path}.key`, 'latin1');
    // As uWSGI does: who has a list of authorities in the folder wants to see certificates.
    return this.#choiceOf({ cert, key, ciphers: folder.ciphers, clientCa, requiresClient: clientCa !== null });
  }
}

/** What applications hear of the client's certificate. */
export interface ClientCertificate {
  /** `/C=DE/O=Acme/CN=alice` */
  name: string;
  pem: string;
  /** Bytes as latin-1. */
  der: string;
}

/** What a connection's encryption has told; null: it is not encrypted. */
export type SecureFacts = { certificate: ClientCertificate | null } | null;

/** The variables that uWSGI's router makes of them. */
export function tlsVars({ certificate }: NonNullable<SecureFacts>): [name: string, value: string][] {
  const vars: [string, string][] = [['HTTPS', 'on']];
  if (certificate === null) return vars;
  const { der, name, pem } = certificate;
  vars.push(['HTTPS_CLIENT_CERTIFICATE', der], ['HTTPS_DN', name], ['HTTPS_CC', pem]);
  return vars;
}

function hasAuthorities(folder: TlsMaterial['folder']): boolean {
  if (folder === null) return false;
  try {
    return readdirSync(folder.path).some((name) => name.endsWith('.ca'));
  } catch {
    // A folder that is not there (yet) holds none.
    return false;
  }
}

async function readOptional(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** OpenSSL's one-line form of a subject that node:crypto gives a line for each part of, escaped after RFC 4514. */
export function onelineName(subject: string): string {
  return subject
    .split('\n')
    .map((part) => `/${part.replace(/\\([,+"\\<>;#= ])/g, '$1')}`)
    .join('');
}
