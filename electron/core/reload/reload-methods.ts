/**
 * The ways to reload an instance: what each does, exactly what would be done, and why it can't be used. Chosen from
 * what its configuration says. Pure: what had to be looked at comes in as Findings.
 */
import type { ReloadMethod } from '../../contract/model.ts';
import type { EffectiveConfig } from '../config/effective-config.ts';
import type { FifoCheck } from './fifo.ts';

export interface Findings {
  config: EffectiveConfig | null;
  masterPid: number;
  /** Of the first `master-fifo`; null when none is configured. */
  fifo: { path: string; check: FifoCheck } | null;
  /** Of the first `touch-reload`; null when none is configured. */
  touch: { path: string; exists: boolean; trouble: string | null } | null;
  /** null: the master can be signalled. */
  signalTrouble: string | null;
  /** The bundled engine: a new generation loads beside the old one, nothing starts anew. */
  isReeveEngine: boolean;
  workers: number;
}

/** In the order of preference; the first that is enabled is recommended. */
export function listMethods(findings: Findings): ReloadMethod[] {
  return [
    fifoMethod(findings, 'fifo-graceful'),
    fifoMethod(findings, 'fifo-chain'),
    fifoMethod(findings, 'fifo-workers'),
    touchMethod(findings),
    signalMethod(findings),
  ];
}

/** The letter that a method writes into the FIFO; null: it uses none. */
export function letterOf(id: ReloadMethod['id']): string | null {
  switch (id) {
    case 'fifo-graceful':
      return 'r';
    case 'fifo-chain':
      return 'c';
    case 'fifo-workers':
      return 'w';
    case 'touch':
    case 'signal':
      return null;
  }
}

type FifoId = 'fifo-graceful' | 'fifo-chain' | 'fifo-workers';

const FIFO_TITLES: Record<FifoId, string> = {
  'fifo-graceful': 'Full reload',
  'fifo-chain': 'Chain reload',
  'fifo-workers': 'Reload of the workers',
};

function fifoMethod(findings: Findings, id: FifoId): ReloadMethod {
  const letter = letterOf(id) ?? '';
  const whyNot =
    fifoTrouble(findings) ?? (id === 'fifo-graceful' ? configTrouble(findings) : partialTrouble(findings, id));
  return makeMethod({
    id,
    title: FIFO_TITLES[id],
    option: `master-fifo, ${letter}`,
    explanation: explain(findings, id),
    whyNot,
    action:
      findings.fifo === null
        ? []
        : [`open ${findings.fifo.path}`, '  write-only, non-blocking, never create', `write "${letter}", close`],
  });
}

function touchMethod(findings: Findings): ReloadMethod {
  const { touch } = findings;
  const whyNot =
    touch === null ? "The configuration has no 'touch-reload'." : (touch.trouble ?? configTrouble(findings));
  return makeMethod({
    id: 'touch',
    title: 'Touch file',
    option: 'touch-reload',
    explanation: 'The same as a full reload; the master looks at the file about once a second.',
    whyNot,
    action:
      touch === null
        ? []
        : [touch.exists ? `set the time of ${touch.path} to now` : `make the empty file ${touch.path}`],
  });
}

function signalMethod(findings: Findings): ReloadMethod {
  return makeMethod({
    id: 'signal',
    title: 'Signal',
    option: 'SIGHUP',
    explanation: 'The same as a full reload. In uWSGI it also interrupts what a worker waits for at that moment.',
    whyNot: findings.signalTrouble ?? configTrouble(findings),
    action: [`check that process ${findings.masterPid} is the master`, `send it SIGHUP`],
  });
}

function explain({ isReeveEngine, config }: Findings, id: FifoId): string {
  const lazy = config?.lazyApps === true;
  switch (id) {
    case 'fifo-graceful':
      return isReeveEngine
        ? 'Reads the configuration again and loads the application beside the old one, which serves until the new workers are ready.'
        : 'Reads the configuration again. The master starts anew with its open sockets; new requests wait in the listen queue meanwhile.';
    case 'fifo-chain':
      return `One worker at a time; does not read the configuration.${lazy || isReeveEngine ? '' : ' Without lazy-apps the code stays the old one.'}`;
    case 'fifo-workers':
      return `All workers at once, the master stays; does not read the configuration.${lazy || isReeveEngine ? '' : ' Without lazy-apps the code stays the old one.'}`;
  }
}

function fifoTrouble({ fifo, config }: Findings): string | null {
  if (config === null) return 'The configuration is not known.';
  if (fifo === null) return "The configuration has no 'master-fifo'.";
  return fifo.check.status === 'unusable' ? fifo.check.error.message : null;
}

/** A uWSGI master that can't read its configuration any more ends; the bundled engine then keeps the old one. */
function configTrouble({ config, isReeveEngine }: Findings): string | null {
  const [error] = config?.errors ?? [];
  if (error === undefined || isReeveEngine || config?.otherFormat === true) return null;
  return `The configuration can not be read, so the server would not come back: ${error}`;
}

function partialTrouble({ workers }: Findings, id: FifoId): string | null {
  return id === 'fifo-chain' && workers < 2 ? 'There is only one worker: nobody would serve meanwhile.' : null;
}

function makeMethod(method: Omit<ReloadMethod, 'enabled'>): ReloadMethod {
  return { ...method, enabled: method.whyNot === null };
}
