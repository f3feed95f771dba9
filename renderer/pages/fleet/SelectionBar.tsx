/** What is selected in the fleet, the plan of a rolling reload in words, and what can be done to all of it. */
import { BellOff, GitCompare, RefreshCw, Tag, X } from 'lucide-react';
import type { Instance } from '../../../electron/contract/model.ts';
import { runAction } from '../../commands/run-action.ts';
import { formatCount, formatRate, quantityText } from '../../format/quantity.ts';
import { NARROW, useMedia } from '../../shell/use-media.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useSettings, useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { drawer } from '../config/drawer/drawer-layout.ts';
import { totalsOf } from './fleet-model.ts';
import { planWords, rollingOrder, usualWaveSize } from './selection.ts';

const ICON = { size: 13, strokeWidth: 1.75, 'aria-hidden': true } as const;
const MUTED_FOR_MS = 3_600_000;

export function SelectionBar({ instances, onRolling }: { instances: readonly Instance[]; onRolling: () => void }) {
  const { ui, router, settings, clock } = useStores();
  const isNarrow = useMedia(NARROW);
  const mutedUntilMs = useSettings((state) => state.mutedUntilMs);
  const ids = instances.map(({ id }) => id);
  const totals = totalsOf(instances);
  const hosts = new Set(instances.map(({ machine }) => machine)).size;
  const nowMs = clock.exactNow();
  const areMuted = ids.every((id) => (mutedUntilMs[id] ?? 0) > nowMs);
  const names = rollingOrder(instances).map(({ name }) => name);
  // Only those whose file is known can be compared, two at a time.
  const [first, second] = instances.filter(({ configPath }) => configPath !== null);

  function mute() {
    const others = Object.entries(mutedUntilMs).filter(([id, untilMs]) => !ids.includes(id) && untilMs > nowMs);
    const ours: [string, number][] = areMuted ? [] : ids.map((id) => [id, nowMs + MUTED_FOR_MS]);
    runAction(settings.change({ mutedUntilMs: Object.fromEntries([...others, ...ours]) }));
  }

  function compare() {
    if (first === undefined) return;
    if (second === undefined) drawer.show('drift');
    else drawer.compare({ instanceId: first.id, other: { id: second.id, name: second.name } });
    router.go(instanceRoute(first.id, 'config'));
  }

  return (
    <div className="selection-bar" role="region" aria-label="Selection">
      <span className="md">{formatCount(instances.length)} selected</span>
      <span className="s2 ell">
        {totals.workers} workers, {quantityText(formatRate(totals.reqPerSec))},{' '}
        {hosts === 1 ? '1 host' : `${hosts} hosts`}
      </span>
      {isNarrow ? null : <span className="plan ell s2">{planWords(names, true, usualWaveSize(names.length))}</span>}
      <span className="grow" />
      <Button
        size="sm"
        variant="quiet"
        icon={<GitCompare {...ICON} />}
        hint={first === undefined || second === undefined ? null : `${first.name} with ${second.name}`}
        disabledReason={first === undefined ? 'Of none of them the configuration file is known.' : null}
        onClick={compare}
      >
        Compare config
      </Button>
      <Button
        size="sm"
        variant="quiet"
        icon={<Tag {...ICON} />}
        onClick={() => ui.openDialog({ type: 'tags', instanceIds: ids })}
      >
        Tag…
      </Button>
      <Button size="sm" variant="quiet" icon={<BellOff {...ICON} />} onClick={mute}>
        {areMuted ? 'Unmute' : 'Mute 1 h'}
      </Button>
      <Button variant="primary" icon={<RefreshCw {...ICON} />} onClick={onRolling}>
        Rolling reload…
      </Button>
      <IconButton label="Clear the selection" size="sm" icon={<X {...ICON} />} onClick={() => ui.select([])} />
    </div>
  );
}
