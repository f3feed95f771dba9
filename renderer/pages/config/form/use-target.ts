/** The server a file is for, asked once: options, defaults and effects differ. null until it is known. */
import { useEffect, useState } from 'react';
import type { ConfigTarget } from '../../../../electron/contract/model.ts';
import type { FormHost } from './form-host.ts';

export function useTarget(host: FormHost): ConfigTarget | null {
  const [target, setTarget] = useState<ConfigTarget | null>(null);
  useEffect(() => {
    let isOver = false;
    const ask = async (): Promise<void> => {
      const found = await host.target();
      if (!isOver) setTarget(found);
    };
    // Without an answer the form goes on speaking of uWSGI.
    void ask().catch(() => null);
    return () => {
      isOver = true;
    };
  }, [host]);
  return target;
}
