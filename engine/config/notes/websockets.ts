/** Notes about websockets; see option-notes.ts for their form. */
export const websocketsNotes = `
websockets-ping-freq
  Finds clients that vanished without a word, and keeps proxies on the way from closing a silent connection: nginx does
  so after a minute. uWSGI pings while the application waits in uwsgi.websocket_recv(); the engine's gateway does it,
  whatever the application is at.
websockets-pong-tolerance
  Mobile clients that wake up need a moment: 3 seconds are short for them. Anything that the client sends counts as its
  answer here, on uWSGI only a pong.
websockets-max-size
  A client that sends more is closed with 1009. It holds for all frames of a message together, and not for what the
  application sends.
`;
