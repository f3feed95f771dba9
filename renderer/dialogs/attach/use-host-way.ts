/** One host in the attach dialog: what its configuration says, the way to it as it goes on, and what it asks. */
import { useCallback, useEffect, useState } from 'react';
import type { HostResolved, HostState, TransportChoice } from '../../../electron/contract/hosts-model.ts';
import type { Failure } from '../../client.ts';
import { questionOf } from '../../stores/hosts.ts';
import { useHosts, useStores } from '../../stores/use-stores.ts';
import { useCall } from '../use-call.ts';
import { type QuestionEdit, useQuestion } from './use-question.ts';

export interface HostWay {
  destination: string;
  /** Known from the first answer on: the destination in its one spelling. */
  machine: string;
  host: HostState | undefined;
  resolved: HostResolved | null;
  /** The destination itself is refused. */
  failure: Failure | null;
  question: QuestionEdit | null;
  connect: (transport?: TransportChoice) => void;
}

export interface HostWayOptions {
  /** Connects as soon as the host is chosen. */
  isAtOnce: boolean;
  /** Hears of machines that this dialog began to connect to; the same function each time. */
  onUsed: (machine: string) => void;
}

/** `destination` null: no host is chosen. */
export function useHostWay(destination: string | null, { isAtOnce, onUsed }: HostWayOptions): HostWay | null {
  const { client, hosts } = useStores();
  const [read, setRead] = useState<{ of: string; resolved: HostResolved } | null>(null);
  const resolved = read?.of === destination ? read.resolved : null;
  const [spelling, setSpelling] = useState<{ of: string; machine: string } | null>(null);
  const machine = spelling?.of === destination ? spelling.machine : (destination ?? '');
  const host = useHosts((state) => state.byId[machine]);
  const questions = useHosts((state) => state.questions);
  const question = useQuestion(destination === null ? null : questionOf(questions, host));
  const resolving = useCall();
  const connecting = useCall();

  const { run: runConnect, reset: resetConnect } = connecting;
  const connect = useCallback(
    (transport?: TransportChoice) => {
      if (destination === null) return;
      runConnect(
        () => hosts.connect(destination, transport),
        ({ id }) => {
          setSpelling({ of: destination, machine: id });
          onUsed(id);
        },
      );
    },
    [runConnect, hosts, destination, onUsed],
  );

  const { run: runResolve } = resolving;
  useEffect(() => {
    resetConnect();
    if (destination === null) return;
    runResolve(
      () => client.call('hosts.resolve', { destination }),
      (answer) => setRead({ of: destination, resolved: answer }),
    );
    const status = hosts.getState().byId[destination]?.status;
    // What waits or failed is shown as it is; its user says when it is tried again.
    if (isAtOnce && (status === undefined || status === 'idle')) connect();
  }, [destination, runResolve, resetConnect, client, hosts, connect, isAtOnce]);

  if (destination === null) return null;
  return { destination, machine, host, resolved, failure: connecting.failure ?? resolving.failure, question, connect };
}
