/**
 * The rail: Fleet, Alerts, the tree of instances by group, Settings. Folded (or in a narrow window) only icons.
 * The tree has one tab stop; arrows move, Right and Left open and close a group, Enter opens.
 */
import { Bell, ChevronDown, ChevronRight, LayoutList, Plus, Server, Settings, Tag } from 'lucide-react';
import { type KeyboardEvent, memo, type ReactNode, useRef, useState } from 'react';
import type { Instance } from '../../electron/contract/model.ts';
import { runCommand } from '../commands/commands.ts';
import { formatCount, formatRailRate, UNKNOWN_TEXT } from '../format/quantity.ts';
import { filterOfGroup, inTrouble } from '../stores/instances.ts';
import { fleetRoute, instanceRoute } from '../stores/router.ts';
import { useInstances, useRoute, useSettings, useSlowNow, useStores, useUi } from '../stores/use-stores.ts';
import { HealthGlyph } from '../ui/Glyph.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { MenuButton } from '../ui/MenuButton.tsx';
import { Tip } from '../ui/Tip.tsx';
import { type RailGroup, type RailLine, railGroups, railLines, treeMove } from './rail-model.ts';

export function Rail({ isFolded }: { isFolded: boolean }) {
  const { router } = useStores();
  const route = useRoute();
  const byId = useInstances((state) => state.byId);
  const instances = Object.values(byId);
  const mutedUntilMs = useSettings((settings) => settings.mutedUntilMs);
  const trouble = inTrouble(instances, mutedUntilMs, useSlowNow());
  const worst = trouble[0]?.health.level;
  const badge =
    trouble.length > 0 ? (
      <span className={worst === 'crit' ? 'badge c' : worst === 'warn' ? 'badge' : 'badge l'}>{trouble.length}</span>
    ) : null;
  const item = { isFolded };
  return (
    <nav className="rail" aria-label="Main">
      <RailItem
        {...item}
        title="Fleet"
        icon={<LayoutList size={isFolded ? 16 : 14} strokeWidth={1.75} aria-hidden />}
        isActive={route.page === 'fleet'}
        end={<span className="n">{instances.length}</span>}
        onOpen={() => router.go(fleetRoute())}
      />
      <RailItem
        {...item}
        title="Alerts"
        icon={<Bell size={isFolded ? 16 : 14} strokeWidth={1.75} aria-hidden />}
        isActive={route.page === 'alerts'}
        end={
          isFolded && worst ? (
            <span className="mark-dot">
              <HealthGlyph level={worst} size={8} />
            </span>
          ) : (
            badge
          )
        }
        onOpen={() => router.go({ page: 'alerts' })}
      />
      {isFolded ? (
        <RailItem
          {...item}
          title="Instances"
          icon={<Server size={16} strokeWidth={1.75} aria-hidden />}
          isActive={route.page === 'instance'}
          onOpen={() => {
            const [first] = trouble.length > 0 ? trouble : instances;
            router.go(first && route.page !== 'instance' ? instanceRoute(first.id) : fleetRoute());
          }}
        />
      ) : (
        <InstanceTree />
      )}
      {isFolded ? <span className="grow" /> : null}
      <RailItem
        {...item}
        title="Settings"
        icon={<Settings size={isFolded ? 16 : 14} strokeWidth={1.75} aria-hidden />}
        isActive={route.page === 'settings'}
        onOpen={() => router.go({ page: 'settings' })}
      />
    </nav>
  );
}

interface RailItemProps {
  title: string;
  icon: ReactNode;
  isActive: boolean;
  isFolded: boolean;
  end?: ReactNode;
  onOpen: () => void;
}

function RailItem({ title, icon, isActive, isFolded, end, onOpen }: RailItemProps) {
  const button = (
    <button
      type="button"
      className={`ri${isActive ? ' on' : ''}${isFolded ? ' icon-only' : ''}`}
      aria-current={isActive ? 'page' : undefined}
      aria-label={isFolded ? title : undefined}
      onClick={onOpen}
    >
      {icon}
      {isFolded ? null : title}
      {isFolded && title === 'Fleet' ? null : end}
    </button>
  );
  return isFolded ? (
    <Tip label={title} position="right">
      {button}
    </Tip>
  ) : (
    button
  );
}

function InstanceTree() {
  const stores = useStores();
  const route = useRoute();
  const byId = useInstances((state) => state.byId);
  const isReady = useInstances((state) => state.status === 'ready');
  const folded = useUi((state) => state.foldedGroups);
  const groupBy = useSettings((settings) => settings.fleet.groupBy);
  const groups = railGroups(Object.values(byId), folded, groupBy);
  const lines = railLines(groups);
  const tree = useRef<HTMLDivElement>(null);
  const current = route.page === 'instance' ? `instance:${route.instanceId}` : '';
  const [cursor, setCursor] = useState('');
  const tabStop = [cursor, current, lines[0]?.key ?? ''].find((key) => lines.some((line) => line.key === key)) ?? '';

  function open(line: RailLine) {
    setCursor(line.key);
    if (line.type === 'instance') stores.router.go(instanceRoute(line.instanceId));
    else if (line.type === 'more') stores.router.go(fleetRoute(filterOfGroup(line.group, groupBy)));
    else stores.ui.setGroupFolded(line.group, !line.isFolded);
  }

  function onKeyDown(event: KeyboardEvent) {
    const move = treeMove(lines, tabStop, event.key);
    if (!move) return;
    event.preventDefault();
    if (move.type === 'fold') {
      stores.ui.setGroupFolded(move.group, move.folded);
      return;
    }
    setCursor(move.key);
    tree.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(move.key)}"]`)?.focus();
  }

  return (
    <>
      <div className="rh">
        <span>Instances</span>
        <span className="grow" />
        <IconButton
          label={groupBy === 'tag' ? 'Group by host' : 'Group by tag'}
          size="sm"
          icon={
            groupBy === 'tag' ? (
              <Tag size={13} strokeWidth={1.75} aria-hidden />
            ) : (
              <Server size={13} strokeWidth={1.75} aria-hidden />
            )
          }
          onClick={() => runCommand(stores, 'fleet.group')}
        />
        <MenuButton
          entries={[
            { id: 'open', title: 'Open a folder…', shortcut: 'O', onSelect: () => runCommand(stores, 'app.open') },
            {
              id: 'attach',
              title: 'Attach to a server…',
              shortcut: 'A',
              onSelect: () => runCommand(stores, 'app.attach'),
            },
            { id: 'import', title: 'Import a list…', onSelect: () => runCommand(stores, 'fleet.import') },
          ]}
        >
          <IconButton label="Add an instance" size="sm" icon={<Plus size={14} strokeWidth={1.75} aria-hidden />} />
        </MenuButton>
      </div>
      <div className="rail-tree" role="tree" aria-label="Instances" ref={tree} onKeyDown={onKeyDown}>
        {groups.length === 0 && isReady ? <div className="ri q">None yet.</div> : null}
        {groups.map((group) => (
          <GroupLines key={group.name} group={group} current={current} tabStop={tabStop} open={open} />
        ))}
      </div>
    </>
  );
}

interface GroupLinesProps {
  group: RailGroup;
  current: string;
  tabStop: string;
  open: (line: RailLine) => void;
}

function GroupLines({ group, current, tabStop, open }: GroupLinesProps) {
  const key = `group:${group.name}`;
  const Chevron = group.isFolded ? ChevronRight : ChevronDown;
  return (
    <div role="none">
      <button
        type="button"
        role="treeitem"
        aria-level={1}
        aria-expanded={!group.isFolded}
        aria-selected={false}
        className="ri grp"
        data-key={key}
        tabIndex={tabStop === key ? 0 : -1}
        aria-label={`${group.name}, ${group.count}`}
        onClick={() => open({ type: 'group', key, group: group.name, isFolded: group.isFolded })}
      >
        <Chevron className="q" size={12} strokeWidth={1.75} aria-hidden />
        <span className="ell">{group.name}</span>
        <span className="n">{group.count}</span>
      </button>
      <div role="none">
        {group.instances.map((instance) => {
          const line = {
            type: 'instance',
            key: `instance:${instance.id}`,
            group: group.name,
            instanceId: instance.id,
          } as const;
          return (
            <InstanceLine
              key={instance.id}
              line={line}
              name={instance.name}
              level={instance.health.level}
              rate={railFigure(instance)}
              isCurrent={current === line.key}
              isTabStop={tabStop === line.key}
              open={open}
            />
          );
        })}
        {group.hidden > 0 ? (
          <button
            type="button"
            role="treeitem"
            aria-level={2}
            aria-selected={false}
            className="ri more"
            data-key={`more:${group.name}`}
            tabIndex={tabStop === `more:${group.name}` ? 0 : -1}
            onClick={() => open({ type: 'more', key: `more:${group.name}`, group: group.name })}
          >
            {group.hidden} more
          </button>
        ) : null}
      </div>
    </div>
  );
}

/** Requests per second; of an emperor how many vassals it has. */
function railFigure({ link, emperor, figures }: Instance): string {
  if (link.status !== 'attached') return UNKNOWN_TEXT;
  return emperor === null ? formatRailRate(figures?.reqPerSec ?? null) : formatCount(emperor.vassals);
}

interface InstanceLineProps {
  line: RailLine & { type: 'instance' };
  name: string;
  level: React.ComponentProps<typeof HealthGlyph>['level'];
  rate: string;
  isCurrent: boolean;
  isTabStop: boolean;
  open: (line: RailLine) => void;
}

const InstanceLine = memo(
  function InstanceLine({ line, name, level, rate, isCurrent, isTabStop, open }: InstanceLineProps) {
    return (
      <button
        type="button"
        role="treeitem"
        aria-level={2}
        className={isCurrent ? 'ri sub on' : 'ri sub'}
        data-key={line.key}
        aria-selected={isCurrent}
        tabIndex={isTabStop ? 0 : -1}
        onClick={() => open(line)}
      >
        <HealthGlyph level={level} />
        <span className="ell">{name}</span>
        <span className="n">{rate}</span>
      </button>
    );
  },
  // `line` and `open` are new objects on each render and mean the same while the key does.
  (a, b) =>
    a.line.key === b.line.key &&
    a.name === b.name &&
    a.level === b.level &&
    a.rate === b.rate &&
    a.isCurrent === b.isCurrent &&
    a.isTabStop === b.isTabStop,
);
