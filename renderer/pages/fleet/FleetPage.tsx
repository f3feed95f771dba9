/**
 * The fleet: all instances in one table, trouble on top, filter, sort, selection, keyboard. One virtual row an instance,
 * so that a thousand cost what is on screen. Without instances it says how to get one.
 */
import { FolderOpen, Play, Plug, Plus, Upload } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Health, Instance } from '../../../electron/contract/model.ts';
import { runCommand } from '../../commands/commands.ts';
import { fleetRoute } from '../../stores/router.ts';
import { useInstances, useSettings, useStores, useUi } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterField } from '../../ui/Field.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { FleetGrid } from './FleetGrid.tsx';
import { FleetSums } from './FleetSums.tsx';
import { FleetTools } from './FleetTools.tsx';
import './fleet.css';
import { parseFilter } from './fleet-filter.ts';
import type { Sort } from './fleet-model.ts';
import { SelectionBar } from './SelectionBar.tsx';

const ICON = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;
type LevelFilter = 'all' | Health['level'];

export function FleetPage({ filter }: { filter: string }) {
  const { router, ui } = useStores();
  const byId = useInstances((state) => state.byId);
  const status = useInstances((state) => state.status);
  const view = useSettings((settings) => settings.fleet);
  const selected = useUi((state) => state.selected);
  const instances = useMemo(() => Object.values(byId), [byId]);
  const parsed = useMemo(() => parseFilter(filter), [filter]);
  const [level, setLevel] = useState<LevelFilter>('all');
  const [sort, setSort] = useState<Sort>({ key: 'rps', isDescending: true });

  if (status === 'ready' && instances.length === 0) return <NoInstances />;
  const shown = instances.filter(
    (instance) => (level === 'all' || instance.health.level === level) && parsed.matches(instance),
  );
  const chosen = instances.filter(({ id }) => selected.includes(id));
  const setFilter = (text: string) => router.replace(fleetRoute(text));
  const clear = () => {
    setFilter('');
    setLevel('all');
  };
  const roll = () => ui.openDialog({ type: 'rolling', instanceIds: chosen.map(({ id }) => id) });
  return (
    <>
      <FleetSums instances={instances} groupBy={view.groupBy} />
      <div className="tool fleet-tool">
        <FilterField
          label="Filter"
          placeholder="tag:prod avg>200ms"
          value={filter}
          onChange={setFilter}
          problem={parsed.problem}
        />
        <LevelChoice instances={instances} value={level} onChange={setLevel} />
        <FleetTools
          view={view}
          filter={filter}
          isFilterSound={parsed.problem === null}
          onFilter={setFilter}
          comparable={shown.flatMap(({ id, configPath }) => (configPath === null ? [] : [id]))}
        />
      </div>
      {parsed.problem === null ? null : (
        <p className="filter-problem" role="status">
          {parsed.problem}
        </p>
      )}
      {shown.length === 0 && instances.length > 0 ? (
        <p className="calm">
          No instance matches {filter ? <span className="m">{filter}</span> : 'this state'}. {instances.length} are
          hidden.{' '}
          <button type="button" className="btn-link" onClick={clear}>
            Clear filter
          </button>
        </p>
      ) : (
        <FleetGrid
          instances={shown}
          view={view}
          sort={sort}
          onSort={setSort}
          wish={`${filter}|${level}`}
          onRolling={roll}
        />
      )}
      {chosen.length > 0 ? <SelectionBar instances={chosen} onRolling={roll} /> : null}
    </>
  );
}

function LevelChoice({
  instances,
  value,
  onChange,
}: {
  instances: readonly Instance[];
  value: LevelFilter;
  onChange: (level: LevelFilter) => void;
}) {
  const count = (level: Health['level']) => instances.filter(({ health }) => health.level === level).length;
  const shape = (level: Health['level'], name: string) => ({
    id: level,
    name: `${name}, ${count(level)}`,
    label: <HealthGlyph level={level} size={9} silent />,
    count: count(level),
  });
  return (
    <Segmented<LevelFilter>
      label="State"
      options={[
        { id: 'all', label: 'All', count: instances.length },
        shape('crit', 'critical'),
        shape('warn', 'warning'),
        shape('lost', 'link lost'),
      ]}
      value={value}
      onChange={onChange}
    />
  );
}

function AddButtons() {
  const stores = useStores();
  return (
    <>
      <Button size="sm" icon={<FolderOpen {...ICON} size={12} />} onClick={() => runCommand(stores, 'app.open')}>
        Open a folder…
      </Button>
      <Button size="sm" icon={<Plus {...ICON} size={12} />} onClick={() => runCommand(stores, 'app.attach')}>
        Attach…
      </Button>
    </>
  );
}

function NoInstances() {
  const stores = useStores();
  return (
    <>
      <div className="tool">
        <span className="md">Fleet</span>
        <span className="grow" />
        <AddButtons />
      </div>
      <div aria-hidden="true">
        {[1, 0.6, 0.3].map((opacity) => (
          <div className="ghost" key={opacity} style={{ opacity }}>
            {[14, 96, 84, 44, 90, 34, 50, 62, 180].map((width) => (
              <i key={width} style={{ width }} />
            ))}
          </div>
        ))}
      </div>
      <EmptyState
        title="No instances yet"
        text="An instance is one uWSGI master, here or on a server. Start with any of these."
        actions={[
          {
            id: 'open',
            icon: <FolderOpen {...ICON} size={16} />,
            title: 'Run a project on this machine',
            text: 'A folder with a uwsgi.ini, on the bundled engine.',
            control: (
              <>
                <kbd>O</kbd>
                <Button variant="primary" onClick={() => runCommand(stores, 'app.open')}>
                  Open a folder…
                </Button>
              </>
            ),
          },
          {
            id: 'attach',
            icon: <Plug {...ICON} size={16} />,
            title: 'Attach to a server',
            text: 'A uWSGI that runs already. It needs a stats address.',
            control: (
              <>
                <kbd>A</kbd>
                <Button onClick={() => runCommand(stores, 'app.attach')}>Attach…</Button>
              </>
            ),
          },
          {
            id: 'import',
            icon: <Upload {...ICON} size={16} />,
            title: 'Import a list',
            text: 'Hosts of your SSH configuration, a CSV file or an Ansible inventory.',
            control: <Button onClick={() => runCommand(stores, 'fleet.import')}>Import…</Button>,
          },
          {
            id: 'sample',
            icon: <Play {...ICON} size={16} />,
            title: 'Start the sample again',
            text: 'The app you saw at the first start.',
            control: <Button onClick={() => runCommand(stores, 'app.sample')}>Start</Button>,
          },
        ]}
      />
    </>
  );
}
