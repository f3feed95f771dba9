/** At most one line under the tabs: what is wrong, in one sentence, and where to look. The rest is on the Alerts page. */
import type { Instance } from '../../../electron/contract/model.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useStores, useWatch } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';

export function AttentionBar({ instance }: { instance: Instance }) {
  const { router } = useStores();
  const { level, sentence } = instance.health;
  const longest = useWatch((state) => (state.instanceId === instance.id ? longestWorker(state.requests) : null));
  if (sentence === null || (level !== 'warn' && level !== 'crit')) return null;
  return (
    <div className={level === 'crit' ? 'att crit' : 'att'} role="status">
      <HealthGlyph level={level} />
      <span className="grow">{sentence}</span>
      {longest === null ? null : (
        <Button size="sm" onClick={() => router.go(instanceRoute(instance.id, 'requests', { worker: longest }))}>
          Show request
        </Button>
      )}
    </div>
  );
}

function longestWorker(requests: readonly { wid: number; elapsedMs: number | null }[]): number | null {
  const [longest] = [...requests].sort((a, b) => (b.elapsedMs ?? 0) - (a.elapsedMs ?? 0));
  return longest?.wid ?? null;
}
