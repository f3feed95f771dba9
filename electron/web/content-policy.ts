/**
 * The headers with which both hosts serve the renderer: a strict Content-Security-Policy (no inline script, styles
 * only from the package or with the nonce of this answer) and their companions. The nonce goes to the page through
 * `<meta name="csp-nonce" content="__CSP_NONCE__">`, because Mantine and CodeMirror add style elements at run time.
 * https://www.w3.org/TR/CSP3/
 */

const NONCE_PLACEHOLDER = '__CSP_NONCE__';

export interface PolicyOptions {
  nonce: string;
  /** Where the page may connect to beside its own origin, e.g. `ws://127.0.0.1:4717`. */
  connect: readonly string[];
}

/** The value of the Content-Security-Policy header. */
export function contentSecurityPolicy({ nonce, connect }: PolicyOptions): string {
  return [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    ['connect-src', `'self'`, ...connect].join(' '),
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
    `object-src 'none'`,
  ].join('; ');
}

/** Every header of a page or file of the renderer except its type, length and caching. */
export function securityHeaders(options: PolicyOptions): Record<string, string> {
  return {
    'Content-Security-Policy': contentSecurityPolicy(options),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  };
}

/** Puts the nonce of this answer into a page of the renderer. */
export function fillNonce(html: string, nonce: string): string {
  return html.replaceAll(NONCE_PLACEHOLDER, nonce);
}
