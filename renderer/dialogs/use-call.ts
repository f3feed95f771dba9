/** One call of a dialog at a time: running, failed with its reason, or neither. A dialog that was closed hears nothing. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { type Failure, failureOf } from '../client.ts';

export interface CallState {
  isRunning: boolean;
  failure: Failure | null;
}

export interface Call extends CallState {
  /** Runs the call; `then` gets its result unless the dialog is gone or another call was started. */
  run: <T>(call: () => Promise<T>, then: (result: T) => void) => void;
  reset: () => void;
}

const IDLE: CallState = { isRunning: false, failure: null };

export function useCall(): Call {
  const [state, setState] = useState<CallState>(IDLE);
  const current = useRef(0);
  useEffect(
    () => () => {
      current.current = -1;
    },
    [],
  );
  const run = useCallback(<T>(call: () => Promise<T>, then: (result: T) => void) => {
    current.current += 1;
    const mine = current.current;
    setState({ isRunning: true, failure: null });
    async function wait() {
      try {
        const result = await call();
        if (current.current !== mine) return;
        setState(IDLE);
        then(result);
      } catch (error) {
        if (current.current === mine) setState({ isRunning: false, failure: failureOf(error) });
      }
    }
    void wait();
  }, []);
  const reset = useCallback(() => setState(IDLE), []);
  return { ...state, run, reset };
}
