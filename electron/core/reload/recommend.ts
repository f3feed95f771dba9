/**
 * Which way to reload is proposed, and why. With lazy-apps a chain replaces the workers one at a time and nobody
 * waits, but it does not read the configuration: where that has changed, and without lazy-apps, only a full reload
 * brings what is new. Pure.
 */
import type { ReloadMethod } from '../../contract/reload-model.ts';
import { type Findings, isChain, isFull, type MethodId } from './reload-methods.ts';

const FULL: readonly MethodId[] = ['fifo-graceful', 'touch', 'emperor-touch', 'systemd', 'signal'];
const CHAIN: readonly MethodId[] = ['fifo-chain', 'touch-chain'];
/** A brutal reload is never proposed: it is for who knows why. */
const REST: readonly MethodId[] = ['fifo-workers', 'touch-workers'];

/** null: none can be used. */
export function recommend(
  methods: readonly ReloadMethod[],
  findings: Findings,
): { method: ReloadMethod; why: string } | null {
  const { isReeveEngine, config, configChanged } = findings;
  const lazy = config?.lazyApps === true;
  const chainFirst = !isReeveEngine && lazy && !configChanged;
  const order = chainFirst ? [...CHAIN, ...FULL, ...REST] : [...FULL, ...CHAIN, ...REST];
  const method = order
    .map((id) => methods.find((candidate) => candidate.id === id && candidate.enabled))
    .find((candidate) => candidate !== undefined);
  return method === undefined ? null : { method, why: whyOf(method, findings) };
}

function whyOf(
  { id, title, option }: ReloadMethod,
  { config, configChanged, isReeveEngine, workers }: Findings,
): string {
  const way = `${title} (${option})`;
  const lazy = config?.lazyApps === true;
  if (isChain(id)) {
    if (configChanged) return `${way}: the only way that can be used; it does not read the changed configuration.`;
    return lazy
      ? `${way}: lazy-apps is set and the configuration is as it was loaded, so one worker after the other is replaced and no request waits.`
      : `${way}: no full reload can be used; the code stays the old one.`;
  }
  if (!isFull(id, null)) return `${way}: no full reload and no chain can be used.`;
  if (isReeveEngine) return `${way}: the new workers load beside the old ones, so no request waits.`;
  if (configChanged) {
    return isFull(id, config)
      ? `${way}: the configuration has changed, and only a full reload reads it.`
      : `${way}: with 'lazy' it replaces the workers only; the changed configuration takes a restart.`;
  }
  if (config === null) return `${way}: the configuration is not known, and this works without it.`;
  if (!lazy) return `${way}: without lazy-apps only a full reload brings new code.`;
  return workers < 2
    ? `${way}: with one worker a chain would leave nobody to serve.`
    : `${way}: no chain reload is configured.`;
}
