/**
 * What a listener is called: in the log by the option that makes it, in the stats document by uWSGI's name of what is
 * spoken there.
 */
import type { ListenerKind, ListenerSetting } from './settings.ts';

type Named = Pick<ListenerSetting, 'kind' | 'tls' | 'redirects'>;

/** `http`, `https-socket`, `http-to-https`, `fastcgi-nph` ... */
export function listenerLabel({ kind, tls, redirects }: Named): string {
  if (redirects) return 'http-to-https';
  if (tls === null) return kind;
  return kind === 'uwsgi' ? 'suwsgi' : kind.replace('http', 'https');
}

const PROTOCOL_NAMES: Readonly<Record<ListenerKind, string>> = {
  http: 'http',
  'http-socket': 'http',
  'http11-socket': 'http11',
  uwsgi: 'uwsgi',
  fastcgi: 'fastcgi',
  'fastcgi-nph': 'fastcgi-nph',
  scgi: 'scgi',
  'scgi-nph': 'scgi-nph',
};

/** uWSGI's `proto`. */
export function protocolName({ kind, tls }: Named): string {
  if (tls === null) return PROTOCOL_NAMES[kind];
  return kind === 'uwsgi' ? 'suwsgi' : 'https';
}
