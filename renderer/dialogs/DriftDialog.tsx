/**
 * Drift over many instances: whose server runs something else than what its file says now. Read when asked for, a few at
 * a time; what stands on a line leads to the Drift tab of that instance.
 */
import { useEffect, useState } from 'react';
import { failureOf } from '../client.ts';
import { drawer } from '../pages/config/drawer/drawer-layout.ts';
import { instanceRoute } from '../stores/router.ts';
import { useInstances, useSettings, useStores } from '../stores/use-stores.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { HealthGlyph } from '../ui/Glyph.tsx';
import { type DriftFound, driftGroups, driftWords } from './drift-model.ts';

/** Files that are read together. */
const AT_A_TIME = 4;

export function DriftDialog({ instanceIds, onClose }: { instanceIds: readonly string[]; onClose: () => void }) {
  const { client, router } = useStores();
  const byId = useInstances((state) => state.byId);
  const groupBy = useSettings((state) => state.fleet.groupBy);
  const [found, setFound] = useState<ReadonlyMap<string, DriftFound>>(new Map());

  useEffect(() => {
    const closed = new AbortController();
    const waiting = [...instanceIds];
    const next = async (): Promise<void> => {
      for (let id = waiting.shift(); id !== undefined && !closed.signal.aborted; id = waiting.shift()) {
        const one = id;
        const result = await client.call('config.drift', { instanceId: one }).then(
          (drift): DriftFound => ({ type: 'found', drift }),
          (error: unknown): DriftFound => ({ type: 'failed', reason: failureOf(error).message }),
        );
        if (!closed.signal.aborted) setFound((now) => new Map(now).set(one, result));
      }
    };
    for (let count = 0; count < AT_A_TIME; count += 1) void next();
    return () => closed.abort();
  }, [client, instanceIds]);

  const instances = instanceIds.flatMap((id) => byId[id] ?? []);
  const groups = driftGroups(instances, found, groupBy);

  function show(instanceId: string) {
    onClose();
    drawer.show('drift');
    router.go(instanceRoute(instanceId, 'config'));
  }

  return (
    <Dialog
      title="Drift: what runs against what is on the disk"
      opened
      widthPx={1000}
      onClose={onClose}
      note={<span role="status">{driftWords(groups, found.size, instances.length)}</span>}
      actions={
        <Button data-autofocus onClick={onClose}>
          Close
        </Button>
      }
    >
      <div className="dlg-list drift-list">
        {groups.map(({ title, drifted, lines }) => (
          <section key={title} aria-label={title}>
            <h3 className="drift-group">
              <span className="md">{title}</span> <span className="m q">{lines.length}</span>
              {drifted > 0 ? <span className="warn"> {drifted} with drift</span> : null}
            </h3>
            {lines.map(({ instance, level, words }) => (
              <div key={instance.id} className="drift-line">
                <HealthGlyph level={level} silent />
                <span className="md ell">{instance.name}</span>
                <span className="m s2 ell">{instance.machine === 'local' ? 'this machine' : instance.hostName}</span>
                <span className={level === 'warn' ? 'said' : 'said s2'}>{words}</span>
                <button
                  type="button"
                  className="btn-link"
                  aria-label={`Show the drift of ${instance.name}`}
                  onClick={() => show(instance.id)}
                >
                  Show
                </button>
              </div>
            ))}
          </section>
        ))}
      </div>
    </Dialog>
  );
}
