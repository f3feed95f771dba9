/** What clients can ask for, by number. Each topic has its own module; this one finds the handler. */
import { cacheOperations } from './cache-operations.ts';
import { lockOperations } from './lock-operations.ts';
import { messageOperations } from './message-operations.ts';
import { metricOperations } from './metric-operations.ts';
import { queueOperations } from './queue-operations.ts';
import type { Session } from './session.ts';
import type { CommonsState } from './state.ts';
import type { RequestReader } from './wire.ts';

/** The answer, or null: it comes later, by `session.answer`. May throw WireError. */
export type Operation = (state: CommonsState, session: Session, request: RequestReader) => Buffer | null;

export const operations: ReadonlyMap<number, Operation> = new Map([
  ...lockOperations,
  ...cacheOperations,
  ...queueOperations,
  ...metricOperations,
  ...messageOperations,
]);
