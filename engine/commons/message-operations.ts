/** Messages over the wire: a push returns at once, a pull when there is a message or its time is over. */
import { waitable } from '../longest-wait.ts';
import type { Receiver } from './mailboxes.ts';
import type { Operation } from './operations.ts';
import { doneIf, encodeAnswer, NOTHING, Op, Status } from './wire.ts';

const FOR_EVER = 0xffff_ffff;

/** text mailbox | bytes message; `nothing` when it is full */
const push: Operation = ({ mailboxes }, _session, request) => {
  const mailbox = request.text();
  return doneIf(mailboxes.push(mailbox, request.rest()));
};

/** u32 milliseconds | u8 count | text mailbox each; the value is u8 which one | bytes message; `nothing` when it is over */
const pull: Operation = ({ mailboxes }, session, request) => {
  const timeoutMs = request.u32();
  const names = Array.from({ length: request.u8() }, () => request.text());
  let timer: NodeJS.Timeout | undefined;
  let answer: Buffer | null = null;
  let isWaiting = false;
  const over = (frame: Buffer): void => {
    clearTimeout(timer);
    session.whenEnded = null;
    if (isWaiting) session.answer(frame);
    else answer = frame;
  };
  const receiver: Receiver = {
    mailboxes: names,
    receive: (mailbox, message) => over(encodeAnswer(Status.done, Buffer.concat([Buffer.of(mailbox), message]))),
  };
  if (mailboxes.pull(receiver)) return answer;
  if (timeoutMs === 0) {
    mailboxes.cancel(receiver);
    return NOTHING;
  }
  isWaiting = true;
  const cancel = (): void => {
    clearTimeout(timer);
    mailboxes.cancel(receiver);
  };
  session.whenEnded = cancel;
  if (timeoutMs !== FOR_EVER) {
    timer = setTimeout(() => {
      cancel();
      over(NOTHING);
    }, waitable(timeoutMs));
  }
  return null;
};

export const messageOperations: readonly [number, Operation][] = [
  [Op.messagePush, push],
  [Op.messagePull, pull],
];
