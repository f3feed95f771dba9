/** Width of an element as it changes; 0 until it is known. */
import { type RefCallback, useCallback, useState } from 'react';

export function useWidth(): [number, RefCallback<HTMLElement>] {
  const [widthPx, setWidthPx] = useState(0);
  const ref = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidthPx(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [widthPx, ref];
}
