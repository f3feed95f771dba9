/** Above the table: a cell for each instance by group, and the sums over what answers. */
import type { Instance } from '../../../electron/contract/model.ts';
import { formatBytes, formatCount, formatPerMinute, formatRate, type Quantity } from '../../format/quantity.ts';
import { NARROW, useMedia } from '../../shell/use-media.ts';
import { byGroupName, type GroupBy, groupOf } from '../../stores/instances.ts';
import { useStores, useUi } from '../../stores/use-stores.ts';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { totalsOf } from './fleet-model.ts';

/** The map is worth its place only when there is something to overlook. */
const LEAST_FOR_MAP = 4;
const TIGHT = '(max-width: 1279px)';
const MOST_LARGE_CELLS = 80;
const MOST_SMALL_CELLS = 240;

export function FleetSums({ instances, groupBy }: { instances: readonly Instance[]; groupBy: GroupBy }) {
  const totals = totalsOf(instances);
  const isNarrow = useMedia(NARROW);
  return (
    <div className="fleet-sums">
      {instances.length >= LEAST_FOR_MAP && !isNarrow ? <FleetMap instances={instances} groupBy={groupBy} /> : null}
      <span className="grow" />
      <dl className="row g7">
        <Sum name="requests" of={formatRate(totals.reqPerSec)} />
        <Sum
          name="busy"
          of={{ text: formatCount(totals.busy), unit: `/ ${formatCount(totals.workers)}`, isZero: totals.busy === 0 }}
        />
        <Sum name="memory" of={formatBytes(totals.rssBytes)} />
        <Sum name="exceptions" of={formatPerMinute(totals.exceptionsPerMin)} />
        <Sum name="harakiri" of={{ text: formatCount(totals.harakiri), unit: '/h', isZero: totals.harakiri === 0 }} />
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

function FleetMap({ instances, groupBy }: { instances: readonly Instance[]; groupBy: GroupBy }) {
  const { ui } = useStores();
  const selected = useUi((state) => state.selected);
  const chosen = new Set(selected);
  const isTight = useMedia(TIGHT);
  const groups = [...Map.groupBy(instances, (instance) => groupOf(instance, groupBy))].sort(([a], [b]) =>
    byGroupName(a, b),
  );
  return (
    <div className={mapClass(instances.length, isTight)} role="group" aria-label="Map of the fleet">
      {groups.map(([group, members]) => (
        <div key={group}>
          <span className="t11 s2">
            {group} <span className="m q">{members.length}</span>
          </span>
          <div className="cells">
            {members.map((instance) => (
              <MapCell
                key={instance.id}
                instance={instance}
                isSelected={chosen.has(instance.id)}
                onShow={() => ui.showInstance(instance.id)}
              />
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}

/** More instances than fit in two rows of large cells get smaller ones, sooner where there is less room. */
function mapClass(count: number, isTight: boolean): string {
  const room = isTight ? 0.4 : 1;
  if (count <= MOST_LARGE_CELLS * room) return 'map';
  return count > MOST_SMALL_CELLS * room ? 'map tiny' : 'map small';
}

/** Fill tells how busy it is; a shape only in trouble. */
function MapCell({
  instance: { name, health, figures },
  isSelected,
  onShow,
}: {
  instance: Instance;
  isSelected: boolean;
  onShow: () => void;
}) {
  const isTrouble = health.level === 'crit' || health.level === 'warn' || health.level === 'lost';
  const busy = figures && figures.workers > 0 ? Math.round((figures.busy / figures.workers) * 80) : 0;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={isSelected ? 'sel' : undefined}
      style={isTrouble ? undefined : { background: `color-mix(in srgb, var(--st-busy) ${busy}%, var(--bg-4))` }}
      title={`${name}, ${health.word}`}
      aria-label={`${name}, ${health.word}`}
      onClick={onShow}
    >
      {isTrouble ? <HealthGlyph level={health.level} silent /> : null}
    </button>
  );
}
