/** Which server a file is for, asked once: defaults and effects differ here and there. uWSGI until it is known. */
import { useEffect, useState } from 'react';
import type { FormHost } from './form-host.ts';
import type { ServerKind } from './form-words.ts';

export function useServerKind(host: FormHost): ServerKind {
  const [server, setServer] = useState<ServerKind>('uwsgi');
  useEffect(() => {
    let isOver = false;
    const ask = async (): Promise<void> => {
      const kind = await host.serverKind();
      if (!isOver) setServer(kind);
    };
    // Without an answer the form goes on speaking of uWSGI.
    void ask().catch(() => null);
    return () => {
      isOver = true;
    };
  }, [host]);
  return server;
}
