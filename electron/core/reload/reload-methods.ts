/**
 * The ways to reload an instance: what each does, exactly what would be done, and why it can't be used. Chosen from
 * what its configuration says. Pure: what had to be looked at comes in as Findings.
 */
import type { ReloadMethod } from '../../contract/reload-model.ts';
import type { EffectiveConfig } from '../config/effective-config.ts';
import { systemdArgv, touchArgv } from '../control/control.ts';
import { fifoLines, onMachine, signalLines } from '../control/control-words.ts';
import type { FifoCheck } from '../control/local-fifo.ts';

export type MethodId = ReloadMethod['id'];
type FifoId = 'fifo-graceful' | 'fifo-chain' | 'fifo-workers' | 'fifo-force';
export type TouchId = 'touch' | 'touch-workers' | 'touch-chain';

/** A file whose touch reloads; `trouble`: why it can't be touched. */
export interface TouchFile {
  path: string;
  exists: boolean;
  trouble: string | null;
}

export interface Findings {
  config: EffectiveConfig | null;
  masterPid: number;
  /** Of the first `master-fifo`; null when none is configured. `owner`: name of its user. */
  fifo: { path: string; check: FifoCheck; owner: string | null } | null;
  /** The first file of each option; none where the option is not set. */
  touch: Partial<Record<TouchId, TouchFile>>;
  /** null: the master can be signalled. */
  signalTrouble: string | null;
  /** The unit that the master is the main process of; null: none is known. */
  systemd: { unit: string; trouble: string | null } | null;
  /** The file that makes it a vassal of an emperor; null: it is none. */
  vassal: { path: string; trouble: string | null } | null;
  /** The bundled engine: a new generation loads beside the old one, nothing starts anew. */
  isReeveEngine: boolean;
  workers: number;
  /** A file of the configuration is younger than what the server has loaded. */
  configChanged: boolean;
  /** null: this machine. */
  machineName: string | null;
  sudo: boolean;
}

/** In the order they are shown in. */
export function listMethods(findings: Findings): ReloadMethod[] {
  const { touch, systemd, vassal } = findings;
  return [
    fifoMethod(findings, 'fifo-graceful'),
    fifoMethod(findings, 'fifo-chain'),
    fifoMethod(findings, 'fifo-workers'),
    touchMethod(findings, 'touch'),
    ...(touch['touch-chain'] === undefined ? [] : [touchMethod(findings, 'touch-chain')]),
    ...(touch['touch-workers'] === undefined ? [] : [touchMethod(findings, 'touch-workers')]),
    ...(vassal === null ? [] : [vassalMethod(findings, vassal)]),
    ...(systemd === null ? [] : [systemdMethod(findings, systemd)]),
    signalMethod(findings),
    fifoMethod(findings, 'fifo-force'),
  ];
}

/** The letter that a method writes into the FIFO; null: it uses none. */
export function letterOf(id: MethodId): string | null {
  return Object.entries(LETTERS).find(([name]) => name === id)?.[1] ?? null;
}

/** The master itself starts anew, and with it reads its configuration; in `lazy` mode only a brutal reload does that. */
export function isFull(id: MethodId, config: EffectiveConfig | null): boolean {
  if (config?.lazy === true) return id === 'fifo-force';
  return !isChain(id) && id !== 'fifo-workers' && id !== 'touch-workers';
}

/** One worker after the other. */
export function isChain(id: MethodId): boolean {
  return id === 'fifo-chain' || id === 'touch-chain';
}

const LETTERS: Record<FifoId, string> = {
  'fifo-graceful': 'r',
  'fifo-chain': 'c',
  'fifo-workers': 'w',
  'fifo-force': 'R',
};
const FIFO_TITLES: Record<FifoId, string> = {
  'fifo-graceful': 'Full reload',
  'fifo-chain': 'Chain reload',
  'fifo-workers': 'Reload of the workers',
  'fifo-force': 'Brutal reload',
};
const TOUCHES: Record<TouchId, { title: string; option: string; like: FifoId }> = {
  touch: { title: 'Touch file', option: 'touch-reload', like: 'fifo-graceful' },
  'touch-chain': { title: 'Touch file, chain', option: 'touch-chain-reload', like: 'fifo-chain' },
  'touch-workers': { title: 'Touch file, workers', option: 'touch-workers-reload', like: 'fifo-workers' },
};
const SAME_AS: Record<FifoId, string> = {
  'fifo-graceful': 'The same as a full reload',
  'fifo-chain': 'The same as a chain reload',
  'fifo-workers': 'The same as a reload of the workers',
  'fifo-force': 'The same as a brutal reload',
};

function fifoMethod(findings: Findings, id: FifoId): ReloadMethod {
  const letter = LETTERS[id];
  const { fifo } = findings;
  return makeMethod(findings, {
    id,
    title: FIFO_TITLES[id],
    option: `master-fifo, ${letter}`,
    explanation: explain(findings, id),
    whyNot: fifoTrouble(findings) ?? likeTrouble(findings, id),
    action: fifo === null ? [] : fifoLines(fifo.path, letter),
  });
}

function touchMethod(findings: Findings, id: TouchId): ReloadMethod {
  const file = findings.touch[id];
  const { title, option, like } = TOUCHES[id];
  const whyNot =
    file === undefined ? `The configuration has no '${option}'.` : (file.trouble ?? likeTrouble(findings, like));
  return makeMethod(findings, {
    id,
    title,
    option,
    explanation: `${SAME_AS[like]}; the master looks at the file about once a second.`,
    whyNot,
    action: file === undefined ? [] : touchLines(findings, file),
  });
}

/** The emperor sees the new time of the vassal's file and reloads it. */
function vassalMethod(findings: Findings, { path, trouble }: NonNullable<Findings['vassal']>): ReloadMethod {
  return makeMethod(findings, {
    id: 'emperor-touch',
    title: 'Touch for the emperor',
    option: 'emperor',
    explanation: 'The emperor sees that the file of its vassal is younger and reloads it, as with a full reload.',
    whyNot: trouble ?? configTrouble(findings),
    action: touchLines(findings, { path, exists: true }),
  });
}

function systemdMethod(findings: Findings, { unit, trouble }: NonNullable<Findings['systemd']>): ReloadMethod {
  return makeMethod(findings, {
    id: 'systemd',
    title: 'systemd',
    option: `reload ${unit}`,
    explanation: 'systemd sends the signal that its unit names: the same as a full reload.',
    whyNot: trouble ?? configTrouble(findings),
    action: [systemdArgv(unit).join(' ')],
  });
}

function signalMethod(findings: Findings): ReloadMethod {
  return makeMethod(findings, {
    id: 'signal',
    title: 'Signal',
    option: 'SIGHUP',
    explanation: 'The same as a full reload. In uWSGI it also interrupts what a worker waits for at that moment.',
    whyNot: findings.signalTrouble ?? configTrouble(findings),
    action: signalLines(findings.masterPid, 'HUP', 'the master'),
  });
}

function touchLines({ machineName, sudo }: Findings, { path, exists }: Pick<TouchFile, 'path' | 'exists'>): string[] {
  if (machineName !== null || sudo) return [touchArgv(path, exists).join(' ')];
  return [exists ? `set the time of ${path} to now` : `make the empty file ${path}`];
}

function explain({ isReeveEngine, config }: Findings, id: FifoId): string {
  const lazy = config?.lazyApps === true;
  switch (id) {
    case 'fifo-graceful':
      if (config?.lazy === true && !isReeveEngine) {
        return "All workers at once; with 'lazy' the master stays and does not read the configuration.";
      }
      return isReeveEngine
        ? 'Reads the configuration again and loads the application beside the old one, which serves until the new workers are ready.'
        : 'Reads the configuration again. The master starts anew with its open sockets; new requests wait in the listen queue meanwhile.';
    case 'fifo-chain':
      return `One worker at a time; does not read the configuration.${lazy || isReeveEngine ? '' : ' Without lazy-apps the code stays the old one.'}`;
    case 'fifo-workers':
      return `All workers at once, the master stays; does not read the configuration.${lazy || isReeveEngine ? '' : ' Without lazy-apps the code stays the old one.'}`;
    case 'fifo-force':
      return 'As a full reload, but running requests are cut off at once: for workers that never finish.';
  }
}

function fifoTrouble({ fifo, config }: Findings): string | null {
  if (config === null) return 'The configuration is not known.';
  if (fifo === null) return "The configuration has no 'master-fifo'.";
  return fifo.check.status === 'unusable' ? fifo.check.error.message : null;
}

/** What stands in the way of a reload of this kind, however it is asked for. */
function likeTrouble(findings: Findings, id: FifoId): string | null {
  if (id === 'fifo-chain' && findings.workers < 2) return 'There is only one worker: nobody would serve meanwhile.';
  return id === 'fifo-graceful' || id === 'fifo-force' ? configTrouble(findings) : null;
}

/** A uWSGI master that can't read its configuration any more ends; the bundled engine then keeps the old one. */
function configTrouble({ config, isReeveEngine }: Findings): string | null {
  const [error] = config?.errors ?? [];
  if (error === undefined || isReeveEngine || config?.otherFormat === true) return null;
  return `The configuration can not be read, so the server would not come back: ${error}`;
}

function makeMethod({ machineName, sudo }: Findings, method: Omit<ReloadMethod, 'enabled'>): ReloadMethod {
  const action = method.action.length === 0 ? [] : [...onMachine(machineName, sudo), ...method.action];
  return { ...method, action, enabled: method.whyNot === null };
}
