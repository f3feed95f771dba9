/** The actions that need more than the request: files, passwords, caches and metrics, other servers. */
import type { FileServer } from '../file-server.ts';
import { basicAuthActions } from './basic-auth.ts';
import { cacheActions } from './cache-actions.ts';
import type { CommonsClient } from './commons-client.ts';
import { EXPIRES } from './expires-action.ts';
import { fileActions } from './file-actions.ts';
import { PROXY_ACTIONS } from './proxy-actions.ts';
import type { LongActions } from './route-program.ts';

export function longActions(commons: CommonsClient, server: FileServer): LongActions {
  return {
    actions: {
      ...fileActions(server),
      ...basicAuthActions(),
      ...cacheActions(commons),
      ...PROXY_ACTIONS,
      expires: EXPIRES,
    },
    isInCache: (cache, key) => commons.cacheHas(cache, key),
    metric: async (name) => (await commons.metric(name)) ?? '0',
  };
}
