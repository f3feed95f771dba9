/**
 * Locks over the wire. A connection holds at most one lock, and holds it as long as it stands: a client that dies, or gives
 * up waiting, gives it back by that. A thread that asks for what it holds itself would wait for ever: it gets an error.
 */
import type { Operation } from './operations.ts';
import type { Session } from './session.ts';
import type { CommonsState } from './state.ts';
import { DONE, encodeAnswer, encodeError, NOTHING, Op, Status } from './wire.ts';

/** text name */
const lock: Operation = (state, session, request) => {
  const name = request.text();
  if (!state.locks.has(name)) return NOTHING;
  if (state.locks.isHeldBy(name, session)) return encodeError(`this thread holds the lock '${name}' already`);
  session.whenEnded = () => release(state, name, session);
  return state.locks.acquire(name, session) ? DONE : null;
};

/** text name; only the connection that holds it can. */
const unlock: Operation = (state, session, request) => {
  const name = request.text();
  if (!state.locks.has(name)) return NOTHING;
  if (state.locks.isHeldBy(name, session)) {
    release(state, name, session);
    session.whenEnded = null;
  }
  return DONE;
};

/** text name; the value is a byte, 1 when it is */
const isLocked: Operation = (state, _session, request) => {
  const name = request.text();
  if (!state.locks.has(name)) return NOTHING;
  return encodeAnswer(Status.done, Uint8Array.of(state.locks.holderPid(name) === 0 ? 0 : 1));
};

export const lockOperations: readonly [number, Operation][] = [
  [Op.lock, lock],
  [Op.unlock, unlock],
  [Op.isLocked, isLocked],
];

function release(state: CommonsState, name: string, session: Session): void {
  state.locks.release(name, session)?.answer(DONE);
}
