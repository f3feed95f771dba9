/** What the log knows of a plain GET, for tests that make a request without a client. */
import type { RequestFacts } from '../request.ts';

export function plainFacts(uri: string): RequestFacts {
  return {
    method: 'GET',
    uri,
    protocol: 'HTTP/1.1',
    remoteAddress: '',
    forwardedFor: '',
    remoteUser: '',
    contentLength: 0,
    varCount: 0,
    varBytes: 0,
    statusBytes: 15,
    variables: null,
  };
}
