/**
 * When requests are given up and workers replaced.
 */
import { flag, number, type OptionSection } from './section.ts';

export const recyclingOptions: OptionSection = {
  data: `
harakiri | seconds | works | 0 | Ends a request that takes longer: the client gets 504 and the worker is replaced.
harakiri-verbose | flag | works | false | Logs where the request stood when harakiri ended it.
harakiri-no-arh | flag | none: the engine runs no code after the response | | Ends harakiri before the after-request hooks.
harakiri-graceful-timeout | seconds | no | | Time a worker gets to end by itself at harakiri.
max-requests | int | works | 0 | Requests after which a worker is replaced; 0 means never.
max-requests-delta | int | no | 0 | Spreads 'max-requests' over the workers by this number times their id.
min-worker-lifetime | seconds | works | 60 | Shortest life of a worker before 'max-requests' may replace it.
max-worker-lifetime | seconds | no | | Replaces a worker after this time.
worker-reload-mercy | seconds | works | 60 | Time a worker gets to finish its requests at a reload or stop.
reload-mercy | seconds | no | | Time the master gives workers at a stop; write 'worker-reload-mercy'.
reload-on-rss | mb | no | | Replaces a worker whose memory is larger than this.
reload-on-as | mb | no | | Replaces a worker whose address space is larger than this.
evil-reload-on-rss | mb | no | | Kills a worker whose memory is larger than this.
`,
  readers: {
    harakiri: number('harakiriSeconds'),
    'harakiri-verbose': flag('harakiriVerbose'),
    'max-requests': number('maxRequests'),
    'min-worker-lifetime': number('minWorkerLifetimeSeconds'),
    'worker-reload-mercy': number('workerReloadMercySeconds'),
  },
};
