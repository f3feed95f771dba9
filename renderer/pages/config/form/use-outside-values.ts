/** What included files set: asked of the core a moment after the text has changed, and only when it reads other files. */
import { useEffect, useMemo, useState } from 'react';
import type { ConfigContext } from '../../../../electron/contract/editor-model.ts';
import type { FormHost } from './form-host.ts';
import type { OutsideValue } from './form-model.ts';
import { includesFiles, outsideValues } from './outside-values.ts';

const ASK_AFTER_MS = 500;
const NOTHING: ReadonlyMap<string, OutsideValue> = new Map();

export function useOutsideValues(host: FormHost, path: string, text: string): ReadonlyMap<string, OutsideValue> {
  const [context, setContext] = useState<ConfigContext | null>(null);
  const asks = useMemo(() => includesFiles(text), [text]);
  useEffect(() => {
    if (!asks) return undefined;
    let isOver = false;
    const ask = async (): Promise<void> => {
      const answer = await host.contextOf(text);
      if (!isOver) setContext(answer);
    };
    // Without an answer the form shows this file alone; the check of the text says what is wrong.
    const timer = setTimeout(() => void ask().catch(() => setContext(null)), ASK_AFTER_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [host, asks, text]);
  return useMemo(() => (asks && context ? outsideValues(context, path) : NOTHING), [asks, context, path]);
}
