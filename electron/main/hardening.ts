/**
 * What no page of this app may do, whatever it is made to try: leave the app's own origin, open windows, embed web
 * views, use a permission or a device. https://www.electronjs.org/docs/latest/tutorial/security
 */
import { isAppUrl } from './app-scheme.ts';
import type { NavigationLike, SessionLike, WebContentsLike } from './electron-port.ts';

/** Copying text to the clipboard is all that the page needs. */
const GRANTED = 'clipboard-sanitized-write';

export function hardenContents(contents: WebContentsLike): void {
  contents.on('will-navigate', stayInApp);
  contents.on('will-frame-navigate', (event) => {
    // The app has no frames; a frame of its own is none either.
    if (!event.isMainFrame || !isAppUrl(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', stayInApp);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

function stayInApp(event: NavigationLike): void {
  if (!isAppUrl(event.url)) event.preventDefault();
}

export function hardenSession(session: SessionLike): void {
  session.setPermissionRequestHandler((_contents, permission, callback) => callback(permission === GRANTED));
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === GRANTED && isAppUrl(origin.endsWith('/') ? origin : `${origin}/`),
  );
  session.setDevicePermissionHandler(() => false);
}
