/** Above the table: a cell for each instance by group, and the sums over what answers. */
import type { Instance } from '../../../electron/contract/model.ts';
import { formatBytes, formatCount, formatPerMinute, formatRate, type Quantity } from '../../format/quantity.ts';
import { NARROW, useMedia } from '../../shell/use-media.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useStores } from '../../stores/use-stores.ts';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { totalsOf } from './fleet-model.ts';

/** The map is worth its place only when there is something to overlook. */
const LEAST_FOR_MAP = 4;

export function FleetSums({ instances }: { instances: readonly Instance[] }) {
  const totals = totalsOf(instances);
  const isNarrow = useMedia(NARROW);
  return (
    <div className="fleet-sums">
      {instances.length >= LEAST_FOR_MAP && !isNarrow ? <FleetMap instances={instances} /> : null}
      <span className="grow" />
      <dl className="row g7">
        <Sum name="requests" of={formatRate(totals.reqPerSec)} />
        <Sum
          name="busy"
          of={{ text: formatCount(totals.busy), unit: `/ ${formatCount(totals.workers)}`, isZero: totals.busy === 0 }}
        />
        <Sum name="memory" of={formatBytes(totals.rssBytes)} />
        <Sum name="exceptions" of={formatPerMinute(totals.exceptionsPerMin)} />
        <Sum name="harakiri" of={{ text: formatCount(totals.harakiri), unit: '', isZero: totals.harakiri === 0 }} />
      </dl>
    </div>
  );
}

function Sum({ name, of: { text, unit, isZero } }: { name: string; of: Quantity }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={isZero ? 'z' : undefined}>
        {text}
        {unit ? <span className="u">{unit}</span> : null}
      </dd>
    </div>
  );
}

function FleetMap({ instances }: { instances: readonly Instance[] }) {
  const { router } = useStores();
  const groups = [...Map.groupBy(instances, ({ group }) => group)];
  return (
    <div className="map" role="group" aria-label="Map of the fleet">
      {groups.map(([group, members]) => (
        <div key={group}>
          <span className="t11 s2">
            {group} <span className="m q">{members.length}</span>
          </span>
          <div className="cells">
            {members.map(({ id, name, health, figures }) => {
              const isTrouble = health.level === 'crit' || health.level === 'warn' || health.level === 'lost';
              const busy = figures && figures.workers > 0 ? Math.round((figures.busy / figures.workers) * 80) : 0;
              return (
                <button
                  key={id}
                  type="button"
                  tabIndex={-1}
                  style={
                    isTrouble ? undefined : { background: `color-mix(in srgb, var(--st-busy) ${busy}%, var(--bg-4))` }
                  }
                  title={`${name}, ${health.word}`}
                  aria-label={`${name}, ${health.word}`}
                  onClick={() => router.go(instanceRoute(id))}
                >
                  {isTrouble ? <HealthGlyph level={health.level} silent /> : null}
                </button>
              );
            })}
          </div>
        </div>
      ))}
    </div>
  );
}
