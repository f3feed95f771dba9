/**
 * What a gateway needs to speak TLS on a listener: contents of files, not their paths, so that a key which only root
 * may read is read once, by the master. Sent to the gateways with `listen` and `renew`.
 */

/** PEM texts of a certificate and what is asked of clients. */
export interface CertificateMaterial {
  cert: string;
  key: string;
  ciphers: string | null;
  clientCa: string | null;
  requiresClient: boolean;
}

export interface TlsMaterial {
  certificate: CertificateMaterial;
  /** The first that fits the name a client asks for is used. */
  names: { match: { type: 'name' | 'pattern'; text: string }; certificate: CertificateMaterial }[];
  /** `sni-dir`. */
  folder: { path: string; ciphers: string | null } | null;
  /** 48 bytes, the same for all gateways: a client may take up its session at any of them. */
  ticketKeys: Uint8Array;
  /** 0: OpenSSL's own. */
  sessionSeconds: number;
  sessionContext: string | null;
  opensslOptions: number;
  isVerbose: boolean;
}
