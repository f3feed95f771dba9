/** Width of an element, by one ResizeObserver; charts are told their size, they never measure themselves. */
import { type RefObject, useEffect, useRef, useState } from 'react';

export function useWidth<E extends HTMLElement>(): { ref: RefObject<E | null>; widthPx: number } {
  const ref = useRef<E>(null);
  const [widthPx, setWidthPx] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidthPx(Math.floor(entry.contentRect.width));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, widthPx };
}
