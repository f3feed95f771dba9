/** Right part of the fleet's toolbar: group by, saved filters, columns, import and export, adding instances. */
import { Popover } from '@mantine/core';
import { ChevronDown, ChevronUp, Columns3, Ellipsis, GitCompare, Plus, Save, X } from 'lucide-react';
import type { FleetView } from '../../../electron/contract/fleet-model.ts';
import { runCommand } from '../../commands/commands.ts';
import { runAction } from '../../commands/run-action.ts';
import { NARROW, useMedia } from '../../shell/use-media.ts';
import type { GroupBy } from '../../stores/instances.ts';
import { useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { MenuButton, type MenuEntry } from '../../ui/MenuButton.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { arrangedColumns, type Column, changedColumn, keptColumns, movedColumn } from './fleet-columns.ts';

const ICON = { size: 12, strokeWidth: 1.75, 'aria-hidden': true } as const;

export interface FleetToolsProps {
  view: FleetView;
  filter: string;
  isFilterSound: boolean;
  onFilter: (filter: string) => void;
  /** Those in the table whose file is known. */
  comparable: readonly string[];
}

export function FleetTools({ view, filter, isFilterSound, onFilter, comparable }: FleetToolsProps) {
  const stores = useStores();
  const isNarrow = useMedia(NARROW);
  const change = (part: Partial<FleetView>) => runAction(stores.settings.change({ fleet: { ...view, ...part } }));
  const noDrift = comparable.length === 0 ? 'Of none of those shown the configuration file is known.' : null;
  const showDrift = () => stores.ui.openDialog({ type: 'drift', instanceIds: comparable });
  const entries: MenuEntry[] = [
    ...(isNarrow ? view.filters.map((kept) => filterEntry(kept, onFilter)) : []),
    ...(isNarrow && noDrift === null ? [{ id: 'fleet.drift', title: 'Drift…', onSelect: showDrift }] : []),
    ...['fleet.import', 'fleet.export-csv', 'fleet.export-json', 'rolling.show', 'app.open'].map((id, index) => ({
      id,
      title: MENU_TITLES[id] ?? id,
      divider: index === 3 || (index === 0 && isNarrow && view.filters.length > 0),
      onSelect: () => runCommand(stores, id),
    })),
  ];
  return (
    <>
      {isNarrow ? null : <span className="q">Group</span>}
      <Segmented<GroupBy>
        label="Group by"
        options={[
          { id: 'tag', label: 'Tag' },
          { id: 'host', label: 'Host' },
        ]}
        value={view.groupBy}
        onChange={(groupBy) => change({ groupBy })}
      />
      {isNarrow ? null : (
        <SavedFilters
          view={view}
          filter={filter}
          onFilter={onFilter}
          onForget={(name) => change({ filters: view.filters.filter((kept) => kept.name !== name) })}
        />
      )}
      {filter.trim() !== '' && isFilterSound && !view.filters.some((kept) => kept.filter === filter.trim()) ? (
        <Button
          size="sm"
          variant="quiet"
          icon={<Save {...ICON} />}
          onClick={() => stores.ui.openDialog({ type: 'save-filter', filter: filter.trim() })}
        >
          Save
        </Button>
      ) : null}
      <span className="grow" />
      {isNarrow ? null : (
        <Button
          size="sm"
          variant="quiet"
          icon={<GitCompare {...ICON} />}
          hint="Whose server runs something else than what its file says"
          disabledReason={noDrift}
          onClick={showDrift}
        >
          Drift…
        </Button>
      )}
      <ColumnsButton isIcon={isNarrow} view={view} onChange={(columns) => change({ columns: keptColumns(columns) })} />
      <Button size="sm" icon={<Plus {...ICON} />} onClick={() => runCommand(stores, 'app.attach')}>
        Attach…
      </Button>
      <MenuButton entries={entries}>
        <IconButton label="More" size="sm" icon={<Ellipsis {...ICON} size={14} />} />
      </MenuButton>
    </>
  );
}

const MENU_TITLES: Readonly<Record<string, string>> = {
  'fleet.import': 'Import a list…',
  'fleet.export-csv': 'Export as CSV',
  'fleet.export-json': 'Export as JSON',
  'rolling.show': 'Rolling reloads',
  'app.open': 'Open a folder…',
};

function filterEntry({ name, filter }: FleetView['filters'][number], onFilter: (filter: string) => void): MenuEntry {
  return { id: `filter:${name}`, title: `${name}: ${filter}`, onSelect: () => onFilter(filter) };
}

interface SavedFiltersProps {
  view: FleetView;
  filter: string;
  onFilter: (filter: string) => void;
  onForget: (name: string) => void;
}

/** Most that stand in the toolbar; the others are in a menu. */
const MOST_SHOWN = 3;

function SavedFilters({ view: { filters }, filter, onFilter, onForget }: SavedFiltersProps) {
  if (filters.length === 0) return null;
  const rest = filters.slice(MOST_SHOWN);
  return (
    <span className="row g3 saved">
      <span className="q">Saved</span>
      {filters.slice(0, MOST_SHOWN).map((kept) => {
        const isOn = kept.filter === filter.trim();
        return (
          <span key={kept.name} className="row">
            <Button
              size="sm"
              variant="quiet"
              aria-pressed={isOn}
              hint={kept.filter}
              onClick={() => onFilter(isOn ? '' : kept.filter)}
            >
              {kept.name}
            </Button>
            {isOn ? (
              <IconButton
                label={`Forget the filter ${kept.name}`}
                size="sm"
                icon={<X {...ICON} />}
                onClick={() => onForget(kept.name)}
              />
            ) : null}
          </span>
        );
      })}
      {rest.length > 0 ? (
        <MenuButton entries={rest.map((kept) => filterEntry(kept, onFilter))}>
          <Button size="sm" variant="quiet">
            {rest.length} more
          </Button>
        </MenuButton>
      ) : null}
    </span>
  );
}

interface ColumnsButtonProps {
  view: FleetView;
  /** Where there is no room for the word. */
  isIcon: boolean;
  onChange: (columns: readonly Column[]) => void;
}

function ColumnsButton({ view, isIcon, onChange }: ColumnsButtonProps) {
  const columns = arrangedColumns(view.columns);
  return (
    <Popover position="bottom-end" offset={4} withinPortal trapFocus transitionProps={{ duration: 0 }}>
      <Popover.Target>
        {isIcon ? (
          <IconButton label="Columns" size="sm" icon={<Columns3 {...ICON} />} />
        ) : (
          <Button size="sm" variant="quiet" icon={<Columns3 {...ICON} />}>
            Columns
          </Button>
        )}
      </Popover.Target>
      <Popover.Dropdown className="rv-menu columns-menu" aria-label="Columns">
        {columns.map((column, index) => (
          <div key={column.id} className="row g3">
            <label className="grow row g3">
              <input
                type="checkbox"
                className="cb"
                checked={!column.isHidden}
                disabled={column.id === 'name'}
                onChange={() => onChange(changedColumn(columns, column.id, { isHidden: !column.isHidden }))}
              />
              {column.title}
            </label>
            <IconButton
              label={`Move ${column.title} to the left`}
              size="sm"
              hint={null}
              icon={<ChevronUp {...ICON} />}
              disabledReason={index === 0 ? 'It is the first.' : null}
              onClick={() => onChange(movedColumn(columns, column.id, -1))}
            />
            <IconButton
              label={`Move ${column.title} to the right`}
              size="sm"
              hint={null}
              icon={<ChevronDown {...ICON} />}
              disabledReason={index === columns.length - 1 ? 'It is the last.' : null}
              onClick={() => onChange(movedColumn(columns, column.id, 1))}
            />
          </div>
        ))}
        <button type="button" className="btn-link" onClick={() => onChange(arrangedColumns([]))}>
          As they were
        </button>
      </Popover.Dropdown>
    </Popover>
  );
}
