/**
 * Reads the certificates and keys of the configuration and tries them out, so that a file that can not be used is found
 * at the start, or at a reload before anything changes. A key that only root may read is read once: a reload after
 * privileges were dropped goes on with what was read before.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { CertificateSetting, EngineSettings, ListenerSetting, Origin } from '../config/settings.ts';
import { EngineError } from '../errors.ts';
import type { CertificateMaterial, TlsMaterial } from '../gateway/tls-material.ts';

/** Keys of the session tickets, as node:tls wants them: the same for all gateways and as long as the engine runs. */
const TICKET_KEY_BYTES = 48;

export class Certificates {
  readonly #ticketKeys = randomBytes(TICKET_KEY_BYTES);
  readonly #log: (text: string) => void;
  /** By their files: what was read last. */
  #known = new Map<string, CertificateMaterial>();

  constructor(log: (text: string) => void) {
    this.#log = log;
  }

  /** What the gateways need for each listener with TLS. @throws EngineError when a file can not be used */
  load(settings: EngineSettings): Map<ListenerSetting, TlsMaterial> {
    const listeners = settings.listeners.filter(({ tls }) => tls !== null);
    const found = new Map<ListenerSetting, TlsMaterial>();
    if (listeners.length === 0) return found;
    const { names, folder, folderCiphers, ...rest } = settings.tls;
    const known = new Map<string, CertificateMaterial>();
    const read = (setting: CertificateSetting, origin: Origin): CertificateMaterial => {
      const key = [setting.certificateFile, setting.keyFile, setting.clientCaFile].join('\0');
      const material = this.#readOrKeep(setting, origin, this.#known.get(key) ?? null);
      checkMaterial(setting, material, origin, settings.tls.opensslOptions);
      known.set(key, material);
      return material;
    };
    const common = {
      names: names.map(({ match, certificate, origin }) => ({ match, certificate: read(certificate, origin) })),
      folder: folder === null ? null : { path: folder, ciphers: folderCiphers },
      ticketKeys: this.#ticketKeys,
      sessionSeconds: rest.sessionSeconds,
      sessionContext: rest.sessionContext,
      opensslOptions: rest.opensslOptions,
      isVerbose: rest.isVerbose,
    };
    for (const listener of listeners) {
      if (listener.tls === null) continue;
      found.set(listener, { certificate: read(listener.tls, listener.origin), ...common });
    }
    this.#known = known;
    return found;
  }

  /** A certificate, its key and its authorities belong together: they are read anew, or all of them stay. */
  #readOrKeep(setting: CertificateSetting, origin: Origin, before: CertificateMaterial | null): CertificateMaterial {
    const { certificateFile, keyFile, clientCaFile, ciphers, requiresClient } = setting;
    try {
      return {
        cert: readPem('certificate', certificateFile, origin),
        key: readPem('key', keyFile, origin),
        clientCa: clientCaFile === null ? null : readPem('list of client authorities', clientCaFile, origin),
        ciphers,
        requiresClient,
      };
    } catch (error) {
      if (before === null || !(error instanceof EngineError) || !isForbidden(error.cause)) throw error;
      this.#log(`${error.message} The certificate that was read before stays in use.`);
      return { ...before, ciphers, requiresClient };
    }
  }
}

function readPem(what: string, path: string, origin: Origin): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    const code = codeOf(error);
    const reason =
      code === 'ENOENT' ? 'is not there' : isForbidden(error) ? 'may not be read' : `can not be read (${code})`;
    throw new EngineError('certificate-unusable', `The ${what} ${path} ${reason}.`, origin, { cause: error });
  }
}

function isForbidden(error: unknown): boolean {
  return codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function checkMaterial(
  { certificateFile, keyFile, clientCaFile }: CertificateSetting,
  { cert, key, clientCa, ciphers }: CertificateMaterial,
  origin: Origin,
  secureOptions: number,
): void {
  tried(`The certificate ${certificateFile} can not be used`, origin, () => createSecureContext({ cert }));
  tried(`The key ${keyFile} does not go with the certificate ${certificateFile}`, origin, () =>
    createSecureContext({ cert, key }),
  );
  if (clientCa !== null) {
    tried(`The list of client authorities ${clientCaFile ?? ''} can not be used`, origin, () =>
      createSecureContext({ ca: clientCa }),
    );
  }
  if (ciphers !== null) {
    tried(`The ciphers '${ciphers}' can not be used`, origin, () => createSecureContext({ ciphers, secureOptions }));
  }
}

function tried(message: string, origin: Origin, attempt: () => unknown): void {
  try {
    attempt();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EngineError('certificate-unusable', `${message} (${reason}).`, origin, { cause: error });
  }
}
