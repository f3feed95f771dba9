/** Status bar: the hosts that instances are on, how many of each answer; choosing one shows its instances. */
import type { HostState } from '../../electron/contract/hosts-model.ts';
import type { Health, Instance } from '../../electron/contract/model.ts';
import { isLinkDown } from '../pages/instance/link-down.ts';
import { fleetRoute } from '../stores/router.ts';
import { useHosts, useInstances, useStores } from '../stores/use-stores.ts';
import { HealthGlyph } from '../ui/Glyph.tsx';
import { MenuButton, type MenuEntry } from '../ui/MenuButton.tsx';

export interface HostTally {
  id: string;
  name: string;
  level: Health['level'];
  up: number;
  down: number;
}

export function HostMenu() {
  const { router } = useStores();
  const byId = useInstances((state) => state.byId);
  const states = useHosts((state) => state.byId);
  const tallies = tallyHosts(Object.values(byId), states);
  if (tallies.length === 0) return null;
  const lost = tallies.filter(({ level }) => level !== 'ok').length;
  const entries: MenuEntry[] = [
    ...tallies.map(
      ({ id, name, level, up, down }): MenuEntry => ({
        id,
        title: `${name}: ${up} up${down > 0 ? `, ${down} down` : ''}`,
        icon: <HealthGlyph level={level} />,
        onSelect: () => router.go(fleetRoute(`host:${name}`)),
      }),
    ),
    { id: '', title: 'Hosts in the settings', divider: true, onSelect: () => router.go({ page: 'settings' }) },
  ];
  return (
    <MenuButton entries={entries}>
      <button type="button">
        <HealthGlyph level={worst(tallies)} silent />
        <span className="m">{tallies.length}</span> {tallies.length === 1 ? 'host' : 'hosts'}
        {lost > 0 ? (
          <>
            , <span className="m">{lost}</span> without a link
          </>
        ) : null}
      </button>
    </MenuButton>
  );
}

/** Hosts with instances on them, those in trouble first. */
export function tallyHosts(
  instances: readonly Pick<Instance, 'machine' | 'hostName' | 'link' | 'engine'>[],
  states: Readonly<Record<string, HostState>>,
): HostTally[] {
  const tallies = new Map<string, HostTally>();
  for (const instance of instances) {
    const { machine, hostName } = instance;
    if (machine === 'local') continue;
    const tally = tallies.get(machine) ?? {
      id: machine,
      name: hostName,
      level: levelOf(states[machine]),
      up: 0,
      down: 0,
    };
    const isDown = isLinkDown(instance);
    tallies.set(machine, { ...tally, up: tally.up + Number(!isDown), down: tally.down + Number(isDown) });
  }
  return [...tallies.values()].sort((a, b) => ORDER[a.level] - ORDER[b.level] || a.name.localeCompare(b.name));
}

const ORDER: Record<Health['level'], number> = { crit: 0, warn: 1, lost: 2, ok: 3, off: 4 };

function worst(tallies: readonly HostTally[]): Health['level'] {
  return tallies[0]?.level ?? 'ok';
}

function levelOf(state: HostState | undefined): Health['level'] {
  if (state?.status === 'ready') return 'ok';
  return state?.status === 'asking' ? 'warn' : 'lost';
}
