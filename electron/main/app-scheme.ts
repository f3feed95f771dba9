/**
 * The scheme under which the window gets its page: `reeve://app/…` is the built renderer, with the same policy and the
 * same refusals as over HTTP. A scheme of its own gives the page an origin that no other program can serve.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fillNonce, securityHeaders } from '../web/content-policy.ts';
import { findRendererFile, readPage } from '../web/renderer-files.ts';
import type { ElectronPort, SessionLike } from './electron-port.ts';

const SCHEME = 'reeve';
const APP_ORIGIN = `${SCHEME}://app`;
export const APP_URL = `${APP_ORIGIN}/`;

/** True for an address of the app's own page. `new URL(…).origin` is "null" for schemes of one's own. */
export function isAppUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.protocol === `${SCHEME}:` && url.host === 'app' && url.username === '';
}

/** Must be called before the app is ready. */
export function registerAppScheme(protocol: ElectronPort['protocol']): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

export function serveAppScheme(session: SessionLike, rendererFolder: string): void {
  session.protocol.handle(SCHEME, async (request) => answerAppRequest(request, rendererFolder));
}

/** Answers one request of the page: 404 for what is not there or not allowed, 405 for anything but GET. */
export async function answerAppRequest(request: Request, rendererFolder: string): Promise<Response> {
  const nonce = randomBytes(16).toString('base64url');
  const headers = securityHeaders({ nonce, connect: [] });
  if (request.method !== 'GET') return new Response('method not allowed', { status: 405, headers });
  const file = isAppUrl(request.url)
    ? await findRendererFile(rendererFolder, new URL(request.url).pathname)
    : { status: 'refused' as const };
  if (file.status !== 'found') return new Response('not found', { status: 404, headers });
  const body = file.isPage ? fillNonce(await readPage(file.path), nonce) : new Uint8Array(await readFile(file.path));
  return new Response(body, { headers: { ...headers, 'Content-Type': file.contentType } });
}
