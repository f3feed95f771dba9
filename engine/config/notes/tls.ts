/** Notes about TLS; see option-notes.ts for their form. */
export const tlsNotes = `
https
  The router with TLS: ADDRESS,CERTIFICATE,KEY, then ciphers and a CA for client certificates if wanted. A renewed
  certificate needs a reload. With 'uid' that reload runs as that user, and uWSGI ends when only root may read the key; port
  443 needs 'shared-socket' from the start. Give the certificate file the whole chain, or mobile clients complain.
https2
  As 'https' with named parts, which reads better when ciphers or a client CA are given. Its 'spdy' is of no use any
  more: no browser speaks it.
https-socket
  TLS in the workers themselves: a slow handshake holds a worker. For clients from outside use 'https', which has a
  process of its own for it, or a web server in front.
suwsgi-socket
  The uwsgi protocol inside TLS, for front servers on another machine. It encrypts, but does not say who may connect
  unless a client CA is given with '!': on uWSGI whoever may connect may run code.
http-to-https
  Answers HTTP with a redirect to HTTPS on the same host. Browsers send their first request in the clear, with cookies
  that are not marked as secure; add a Strict-Transport-Security header with 'add-header'.
https-session-context
  Needed when client certificates are asked for and sessions are to be taken up again: OpenSSL refuses that without a
  name. Two servers with the same name and cache share their sessions.
https-export-cert
  Gives the application the client's certificate in HTTPS_CC. Check HTTPS_DN as well as the CA: any certificate of that
  CA gets through.
sni
  One certificate per name on the same address; clients that send no name get that of 'https'. After a certificate was
  renewed, a reload is needed.
sni-regexp
  For many names with one certificate, such as those of a wildcard. Anchor the expression: 'shop\\.example' also matches
  a name that only contains it.
sni-dir
  Looks for NAME.crt and NAME.key when a client asks for a name, so that new names need no reload. Nobody but root and
  the server's user may write there: the name comes from the client.
ssl-option
  Adds bits of OpenSSL's SSL_OP options as a number, to switch old versions off for example. The numbers differ between
  OpenSSL releases; look at ssl.h of the one in use.
ssl-enable3
  Switches SSL 3 on, which can be decrypted (POODLE) and which current OpenSSL does not have any more. Leave it out.
ssl-enable-tlsv1
  Switches TLS 1.0 on for very old clients. It fails audits, and current browsers do not need it; leave it out.
ssl-sessions-use-cache
  Lets several router processes, or a server after a reload, take TLS sessions up again from a cache of 'cache2'. Not
  every build has it: it was left out where OpenSSL is newer than 1.0, whose session tickets do the same.
ssl-verify-depth
  How long the chain from a client's certificate to the CA may be. With an intermediate CA 1 is too short, and clients
  are refused for no visible reason; 'ssl-verbose' logs it.
ssl-verbose
  Logs handshakes that fail, with OpenSSL's reason. Port scanners fill the log with it; switch it on to find a problem.
`;
