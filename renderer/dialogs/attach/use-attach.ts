/**
 * What is attached on one machine: servers that were found and chosen, and an address by hand, with name and tags.
 * They are attached one after another; those that fail stay, each with its reason, the others leave the choice.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Discovered, Instance } from '../../../electron/contract/model.ts';
import { type Failure, failureOf } from '../../client.ts';
import { useStores } from '../../stores/use-stores.ts';
import { type Call, useCall } from '../use-call.ts';
import { type AddressKind, inOrder, kindOf, statsAddressOn, suggestName } from './attach-words.ts';

export interface AttachTarget {
  kind: AddressKind;
  text: string;
  name: string;
  tags: readonly string[];
}

export interface AttachEdit {
  target: AttachTarget;
  change: (part: Partial<AttachTarget>) => void;
  found: readonly Discovered[] | null;
  search: Call;
  lookAgain: () => void;
  /** Pids. */
  chosen: ReadonlySet<number>;
  toggle: (server: Discovered) => void;
  /** How many would be attached. */
  count: number;
  /** What is being attached now. */
  running: string | null;
  failures: readonly { address: string; failure: Failure }[];
  submit: () => void;
}

const NOTHING: AttachTarget = { kind: 'unix', text: '', name: '', tags: [] };

/** `machine`: a MachineId, null for this one. `isReady`: it can be asked. */
export function useAttach(
  machine: string | null,
  isReady: boolean,
  onDone: (attached: readonly Instance[]) => void,
): AttachEdit {
  const { client, instances } = useStores();
  const [target, setTarget] = useState(NOTHING);
  const [seen, setSeen] = useState<{ on: string | null; servers: readonly Discovered[] } | null>(null);
  const found = seen !== null && seen.on === machine ? seen.servers : null;
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [running, setRunning] = useState<string | null>(null);
  const [failures, setFailures] = useState<AttachEdit['failures']>([]);
  const isGone = useRef(false);
  const [choosingOn, setChoosingOn] = useState(machine);
  if (choosingOn !== machine) {
    // What was chosen on one machine means nothing on another.
    setChoosingOn(machine);
    setChosen(new Set());
    setFailures([]);
  }
  const search = useCall();

  const { run } = search;
  const lookAgain = useCallback(
    () =>
      run(
        () => client.call('instances.discover', machine === null ? {} : { machine }),
        (servers) => setSeen({ on: machine, servers: inOrder(servers) }),
      ),
    [run, client, machine],
  );
  useEffect(() => {
    if (isReady) lookAgain();
  }, [isReady, lookAgain]);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);

  const servers = (found ?? []).filter(({ pid }) => chosen.has(pid));
  const byHand = target.text.trim() === '' ? null : statsAddressOn(machine, target.kind, target.text);

  async function attachAll(): Promise<void> {
    const wanted = [
      ...servers.flatMap(({ statsAddress, configPath, cwd, pid }) =>
        statsAddress === null ? [] : [{ pid, statsAddress, configPath, suggested: suggestName({ cwd, configPath }) }],
      ),
      ...(byHand === null ? [] : [{ pid: null, statsAddress: byHand, configPath: null, suggested: '' }]),
    ];
    const attached: Instance[] = [];
    const failed: { address: string; failure: Failure }[] = [];
    setFailures([]);
    for (const { pid, statsAddress, configPath, suggested } of wanted) {
      setRunning(statsAddress);
      const name = wanted.length === 1 && target.name.trim() !== '' ? target.name.trim() : suggested;
      try {
        const instance = await client.call('instances.attach', {
          statsAddress,
          ...(name === '' ? {} : { name }),
          ...(configPath === null ? {} : { configPath }),
          ...(target.tags.length > 0 ? { tags: [...target.tags] } : {}),
        });
        instances.adopt(instance);
        attached.push(instance);
      } catch (error) {
        failed.push({ address: statsAddress, failure: failureOf(error) });
        continue;
      }
      if (isGone.current) return;
      if (pid === null) setTarget((before) => ({ ...before, text: '' }));
      else setChosen((before) => new Set([...before].filter((other) => other !== pid)));
    }
    if (isGone.current) return;
    setRunning(null);
    setFailures(failed);
    if (failed.length === 0) onDone(attached);
    else if (attached.length > 0) lookAgain();
  }

  return {
    target,
    change: (part) => {
      setFailures([]);
      const kind = part.text === undefined ? null : kindOf(part.text);
      setTarget({ ...target, ...part, ...(kind === null ? {} : { kind }) });
    },
    found,
    search,
    lookAgain,
    chosen,
    toggle: ({ pid }) => {
      setFailures([]);
      setChosen(chosen.has(pid) ? new Set([...chosen].filter((other) => other !== pid)) : new Set([...chosen, pid]));
    },
    count: servers.length + (byHand === null ? 0 : 1),
    running,
    failures,
    submit: () => {
      if (running === null && (servers.length > 0 || byHand !== null)) void attachAll();
    },
  };
}
