/**
 * Getting to a host before a command begins its work there. Signing in takes as long as its user does: what the host
 * asks is asked in the terminal, deadlines of calls count from there, and Ctrl-C ends the wait in order.
 */
import type { HostState } from '../contract/hosts-model.ts';
import type { RpcClient } from '../rpc/client.ts';
import { answerInTerminal, type QuestionSource } from './answer-questions.ts';
import { CommandError, type Terminal } from './terminal.ts';

/** Resolves when the host of a core is reached; throws why it is not. */
export async function signIn(client: RpcClient, destination: string, terminal: Terminal): Promise<void> {
  const questions: QuestionSource = {
    onChanged: null,
    answer: (questionId, answer) => {
      client.call('ssh.answer', { questionId, answer }).catch((error: unknown) => terminal.err(String(error)));
    },
  };
  answerInTerminal(questions, terminal);
  client.on('ssh.questions', (open) => questions.onChanged?.(open.questions));
  const settled = Promise.withResolvers<HostState>();
  const settle = (host: HostState): void => {
    const isOver = host.status === 'ready' || host.status === 'waiting' || host.status === 'failed';
    if (host.id === destination && isOver) settled.resolve(host);
  };
  client.on('hosts.changed', ({ hosts }) => hosts.forEach(settle));
  settle(await client.call('hosts.connect', { destination }));
  const { status, reason, hint } = await settled.promise;
  if (status !== 'ready') throw new CommandError(reason ?? `${destination} can not be reached.`, hint);
}

/** The result of `work`; throws as soon as its user stops the command. */
export async function unlessStopped<T>(stopped: Promise<void>, work: Promise<T>): Promise<T> {
  const given = stopped.then((): never => {
    throw new CommandError('Stopped before it began; nothing was done.', null);
  });
  return Promise.race([work, given]);
}
