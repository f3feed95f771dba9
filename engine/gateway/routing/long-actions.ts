/** The actions that need more than the request: files, passwords, caches and metrics, functions, other servers. */
import type { FileServer } from '../file-server.ts';
import { basicAuthActions } from './basic-auth.ts';
import { cacheActions } from './cache-actions.ts';
import { callActions } from './call-actions.ts';
import type { CommonsClient } from './commons-client.ts';
import { EXPIRES } from './expires-action.ts';
import { fileActions } from './file-actions.ts';
import { hashAction } from './hash-action.ts';
import { PROXY_ACTIONS } from './proxy-actions.ts';
import type { LongActions } from './route-program.ts';
import { toFileAction } from './tofile-action.ts';
import type { WorkerCalls } from './worker-calls.ts';

export function longActions(commons: CommonsClient, calls: WorkerCalls, server: FileServer): LongActions {
  return {
    actions: {
      ...fileActions(server),
      ...basicAuthActions(),
      ...cacheActions(commons),
      ...PROXY_ACTIONS,
      ...callActions((values, at) => calls.call(values, at)),
      expires: EXPIRES,
      hash: hashAction(),
      tofile: toFileAction(),
      'to-file': toFileAction(),
    },
    isInCache: (cache, key) => commons.cacheHas(cache, key),
    metric: async (name) => (await commons.metric(name)) ?? '0',
  };
}
