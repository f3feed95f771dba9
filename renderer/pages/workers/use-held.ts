/** The value as it was when the page was put on hold, and the value of now otherwise. */
import { useState } from 'react';
import { useUi } from '../../stores/use-stores.ts';

export function useHeld<T>(value: T): T {
  const isHeld = useUi((state) => state.isHeld);
  const [shown, setShown] = useState(value);
  if (isHeld) return shown;
  if (!Object.is(shown, value)) setShown(value);
  return value;
}
