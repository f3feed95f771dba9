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
  /** By path: what was read last. */
  #files = new Map<string, string>();

  constructor(log: (text: string) => void) {
    this.#log = log;
  }

  /** What the gateways need for each listener with TLS. @throws EngineError when a file can not be used */
  load(settings: EngineSettings): Map<ListenerSetting, TlsMaterial> {
    const listeners = settings.listeners.filter(({ tls }) => tls !== null);
    const found = new Map<ListenerSetting, TlsMaterial>();
    if (listeners.length === 0) return found;
    const { names, folder, folderCiphers, ...rest } = settings.tls;
    const files = new Map<string, string>();
    const read = (setting: CertificateSetting, origin: Origin): CertificateMaterial =>
      this.#material(setting, origin, files, settings.tls.opensslOptions);
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
    this.#files = files;
    return found;
  }

  #material(
    setting: CertificateSetting,
    origin: Origin,
    files: Map<string, string>,
    secureOptions: number,
  ): CertificateMaterial {
    const { certificateFile, keyFile, clientCaFile, ciphers, requiresClient } = setting;
    const cert = this.#read('certificate', certificateFile, origin, files);
    const key = this.#read('key', keyFile, origin, files);
    const clientCa =
      clientCaFile === null ? null : this.#read('list of client authorities', clientCaFile, origin, files);
    tried(`The certificate ${certificateFile} can not be used`, origin, () => createSecureContext({ cert }));
    tried(`The key ${keyFile} does not go with the certificate ${certificateFile}`, origin, () =>
      createSecureContext({ cert, key }),
    );
    if (clientCa !== null) {
      tried(`The list of client authorities ${clientCaFile} can not be used`, origin, () =>
        createSecureContext({ ca: clientCa }),
      );
    }
    if (ciphers !== null) {
      tried(`The ciphers '${ciphers}' can not be used`, origin, () => createSecureContext({ ciphers, secureOptions }));
    }
    return { cert, key, ciphers, clientCa, requiresClient };
  }

  #read(what: string, path: string, origin: Origin, files: Map<string, string>): string {
    try {
      const text = readFileSync(path, 'latin1');
      files.set(path, text);
      return text;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      const before = this.#files.get(path);
      if ((code === 'EACCES' || code === 'EPERM') && before !== undefined) {
        this.#log(`the ${what} ${path} may not be read any more; the engine goes on with what it has read before`);
        files.set(path, before);
        return before;
      }
      const reason =
        code === 'ENOENT' ? 'is not there' : code === 'EACCES' ? 'may not be read' : `can not be read (${code})`;
      throw new EngineError('certificate-unusable', `The ${what} ${path} ${reason}.`, origin, { cause: error });
    }
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
