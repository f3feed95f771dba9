/**
 * Every action of the console, once: id, title, shortcut, why it can't run now, what it does.
 * Palette, keyboard, menus and buttons are served from here, so that they never disagree. The list is made anew from the
 * stores each time it is asked for; it holds no state.
 */
import type { Instance } from '../../electron/contract/model.ts';
import { failureOf } from '../client.ts';
import { type ConfigRequest, configRequests } from '../pages/config/config-requests.ts';
import { type DrawerTab, drawer } from '../pages/config/drawer/drawer-layout.ts';
import { reference } from '../pages/config/reference/reference-store.ts';
import { isLinkDown } from '../pages/instance/link-down.ts';
import type { AppStores } from '../stores/app.ts';
import { byTrouble } from '../stores/instances.ts';
import { fleetRoute, hasTab, type InstanceTab, instanceRoute, TAB_TITLES, tabsOfKind } from '../stores/router.ts';
import { showToast } from '../ui/toast.tsx';
import { actionCommands } from './action-commands.ts';
import { emperorCommands } from './emperor-commands.ts';
import { fleetCommands } from './fleet-commands.ts';
import { hostCommands } from './host-commands.ts';
import { runAction } from './run-action.ts';

export interface Command {
  id: string;
  title: string;
  /** Quiet words after the title. */
  detail?: string;
  /** `Mod+K`: held together; `G F`: one after the other. */
  shortcut?: string;
  /** Other words that find it. */
  keywords?: string;
  /** Why it can't run now; null: it can. */
  whyNot: string | null;
  /** Works while one is typing, too. */
  worksInFields?: boolean;
  run: () => void;
}

const TAB_KEYWORDS: { readonly [Tab in InstanceTab]?: string } = {
  emperor: 'emperor blacklist vassal',
  spooler: 'tasks queue',
  background: 'cron timers mules farms caches locks metrics signals daemons alarms',
};
const NO_TAB: { readonly [Tab in InstanceTab]?: string } = {
  spooler: "It has no spooler: 'spooler' names a folder of tasks.",
  background: 'It has no crons, mules, caches, daemons, alarms or metrics.',
};

const NO_INSTANCE = 'Open an instance first.';

export function listCommands(stores: AppStores): Command[] {
  return [
    ...goCommands(stores),
    ...instanceCommands(stores),
    ...fleetCommands(stores),
    ...hostCommands(stores),
    ...appCommands(stores),
  ];
}

export function findCommand(stores: AppStores, id: string): Command | undefined {
  return listCommands(stores).find((command) => command.id === id);
}

/** Runs a command by its id, as a menu or a button does; one that can't run says why. */
export function runCommand(stores: AppStores, id: string): void {
  const command = findCommand(stores, id);
  if (!command) return;
  if (command.whyNot === null) command.run();
  else showToast({ level: 'info', text: command.whyNot, kind: `why-not:${id}` });
}

/** The instance that is open; null on other pages. */
export function currentInstance(stores: AppStores): Instance | null {
  const { route } = stores.router.getState();
  return route.page === 'instance' ? (stores.instances.getState().byId[route.instanceId] ?? null) : null;
}

function goCommands(stores: AppStores): Command[] {
  const { router, instances } = stores;
  const openId = currentInstance(stores)?.id;
  const all = Object.values(instances.getState().byId).sort(byTrouble);
  return [
    {
      id: 'go.fleet',
      title: 'Go to the fleet',
      shortcut: 'G F',
      keywords: 'instances list',
      whyNot: null,
      run: () => router.go(fleetRoute()),
    },
    {
      id: 'go.alerts',
      title: 'Go to the alerts',
      shortcut: 'G A',
      whyNot: null,
      run: () => router.go({ page: 'alerts' }),
    },
    {
      id: 'go.settings',
      title: 'Go to the settings',
      shortcut: 'G S',
      keywords: 'theme about',
      whyNot: null,
      run: () => router.go({ page: 'settings' }),
    },
    ...all.map(
      (instance): Command => ({
        id: `go.instance.${instance.id}`,
        title: instance.name,
        detail: [instance.group, instance.health.word].join(', '),
        keywords: `${instance.group} ${instance.statsAddress}`,
        whyNot: null,
        run: () => router.go(instanceRoute(instance.id)),
      }),
    ),
    ...all
      .filter((instance) => instance.id !== openId && instance.kind !== 'emperor')
      .map(
        (instance): Command => ({
          id: `reload.${instance.id}`,
          title: `Reload ${instance.name}…`,
          detail: instance.group,
          whyNot: instance.link.status === 'attached' ? null : 'There is no link to it.',
          run: () => router.go(instanceRoute(instance.id, 'reload')),
        }),
      ),
  ];
}

function instanceCommands(stores: AppStores): Command[] {
  const { router, ui, client } = stores;
  const instance = currentInstance(stores);
  const none = instance === null ? NO_INSTANCE : null;
  const name = instance?.name ?? 'the instance';
  const engine = instance?.engine ?? null;
  const notEngine =
    none ?? (engine === null ? `Reeve does not run ${name} itself; stop it where it was started.` : null);
  const isUp = engine?.status === 'running' || engine?.status === 'starting';
  const go = (tab: InstanceTab) => () => {
    if (instance) router.go(instanceRoute(instance.id, tab));
  };
  const call = (method: 'engine.start' | 'engine.stop' | 'engine.restart') => () => {
    if (instance) runAction(callEngine(stores, method, instance));
  };
  const inDrawer = (tab: DrawerTab) => () => {
    drawer.show(tab);
    if (instance) router.go(instanceRoute(instance.id, 'config'));
  };
  const inConfig = (request: ConfigRequest) => () => {
    if (!instance) return;
    configRequests.ask(instance.id, request);
    router.go(instanceRoute(instance.id, 'config'));
  };
  const tabs = tabsOfKind(instance?.sections ?? [])
    .filter((tab) => tab !== 'reload')
    .map(
      (tab, index): Command => ({
        id: `tab.${tab}`,
        title: `Show ${TAB_TITLES[tab].toLowerCase()} of ${name}`,
        shortcut: String(index + 1),
        keywords: TAB_KEYWORDS[tab] ?? '',
        whyNot: none ?? (hasTab(tab, instance?.sections ?? []) ? null : (NO_TAB[tab] ?? null)),
        run: go(tab),
      }),
    );
  const url = instance?.url ?? null;
  return [
    {
      id: 'instance.reload',
      title: `Reload ${name}…`,
      shortcut: 'R',
      keywords: 'restart graceful',
      whyNot: none ?? (instance?.kind === 'emperor' ? 'An emperor has no workers: reload its vassals.' : null),
      run: go('reload'),
    },
    {
      id: 'instance.edit',
      title: `Edit the configuration of ${name}`,
      shortcut: 'E',
      keywords: 'ini config',
      whyNot: none,
      run: inConfig({ type: 'focus' }),
    },
    {
      id: 'config.compare',
      title: `Compare the configuration of ${name} with another…`,
      keywords: 'diff drift instance file ini',
      whyNot: none,
      run: inDrawer('drift'),
    },
    {
      id: 'config.history',
      title: `Show the history of the configuration of ${name}`,
      keywords: 'versions restore ini',
      whyNot: none,
      run: inDrawer('history'),
    },
    {
      id: 'config.effective',
      title: `Show the effective configuration of ${name}`,
      keywords: 'resolved origins include ini',
      whyNot: none,
      run: inDrawer('effective'),
    },
    {
      id: 'config.rehearse',
      title: `Rehearse the configuration of ${name} here`,
      detail: 'on the bundled engine, in a scratch folder',
      keywords: 'try run test ini',
      whyNot: none,
      run: inConfig({ type: 'rehearse' }),
    },
    {
      id: 'config.problems',
      title: `Show the problems of the configuration of ${name}`,
      keywords: 'errors warnings diagnostics check ini',
      whyNot: none,
      run: inConfig({ type: 'problems' }),
    },
    {
      id: 'config.presets',
      title: `Presets for the configuration of ${name}…`,
      keywords: 'template django flask docker ini',
      whyNot: none,
      run: inConfig({ type: 'presets' }),
    },
    {
      id: 'config.format',
      title: `Format the configuration of ${name}`,
      keywords: 'document spaces tidy ini',
      whyNot: none,
      run: inConfig({ type: 'edit', action: 'format' }),
    },
    {
      id: 'config.outline',
      title: `Outline of the configuration of ${name}`,
      keywords: 'sections go ini',
      whyNot: none,
      run: inConfig({ type: 'outline' }),
    },
    ...tabs,
    ...emperorCommands(stores, instance),
    ...actionCommands(stores, instance, none),
    {
      id: 'instance.hold',
      title: ui.getState().isHeld ? 'Go on live' : 'Hold the charts',
      shortcut: 'P',
      keywords: 'pause live',
      whyNot: none,
      run: () => ui.toggleHold(),
    },
    {
      id: 'instance.browser',
      title: `Open ${name} in the browser`,
      detail: url ?? '',
      whyNot: none ?? (url === null ? 'It has no HTTP address that is known.' : null),
      run: () => {
        if (url !== null) runAction(client.call('shell.openUrl', { url }));
      },
    },
    {
      id: 'instance.retry',
      title: `Try the link to ${name} now`,
      whyNot: none ?? (instance?.link.status === 'attached' ? 'The link is up.' : null),
      run: () => {
        if (instance) runAction(client.call('instances.retry', { instanceId: instance.id }));
      },
    },
    {
      id: 'instance.pause',
      title: `Stop trying the link to ${name}`,
      whyNot: none ?? (instance && isLinkDown(instance) ? whyNotPause(instance) : 'The link is not lost.'),
      run: () => {
        if (instance) runAction(client.call('instances.pause', { instanceId: instance.id }));
      },
    },
    {
      id: 'engine.start',
      title: `Start ${name}`,
      whyNot: notEngine ?? (isUp ? `${name} runs already.` : null),
      run: call('engine.start'),
    },
    {
      id: 'engine.stop',
      title: `Stop ${name}`,
      whyNot: notEngine ?? (isUp ? null : `${name} does not run.`),
      run: call('engine.stop'),
    },
    {
      id: 'engine.restart',
      title: `Restart ${name}`,
      detail: 'stops it first: requests are refused until it is back',
      whyNot: notEngine,
      run: call('engine.restart'),
    },
    {
      id: 'instance.rename',
      title: `Rename ${name}…`,
      whyNot: none,
      run: () => {
        if (instance) ui.openDialog({ type: 'rename', instanceId: instance.id });
      },
    },
    {
      id: 'instance.remove',
      title: `Remove ${name} from the list…`,
      whyNot: none,
      run: () => {
        if (instance) ui.openDialog({ type: 'remove', instanceId: instance.id });
      },
    },
  ];
}

/** A file that runs commands nobody has accepted is shown instead of started. */
async function callEngine(
  { client, instances, ui }: AppStores,
  method: 'engine.start' | 'engine.stop' | 'engine.restart',
  { id, configPath }: Instance,
): Promise<void> {
  try {
    instances.adopt(await client.call(method, { instanceId: id }));
  } catch (error) {
    if (failureOf(error).code !== 'trust-needed' || configPath === null) throw error;
    ui.openDialog({ type: 'open', path: configPath });
  }
}

function whyNotPause({ link }: Instance): string | null {
  return link.status === 'idle' ? 'It is not tried now.' : null;
}

function appCommands({ ui, settings, client, router, instances }: AppStores): Command[] {
  const { theme, railFolded, sampleLoad } = settings.getState().settings;
  const startSample = async () => {
    const instance = await client.call('engine.sample', {});
    instances.adopt(instance);
    router.go(instanceRoute(instance.id));
  };
  const hasSample = Object.values(instances.getState().byId).some((instance) => instance.sample);
  return [
    {
      id: 'app.open',
      title: 'Open a folder…',
      detail: 'run a project on the bundled engine',
      shortcut: 'O',
      keywords: 'run ini file',
      whyNot: null,
      run: () => ui.openDialog({ type: 'open' }),
    },
    {
      id: 'app.attach',
      title: 'Attach to a server…',
      detail: 'any uWSGI here or behind SSH',
      shortcut: 'A',
      keywords: 'connect discover ssh host stats address',
      whyNot: null,
      run: () => ui.openDialog({ type: 'attach' }),
    },
    {
      id: 'app.sample',
      title: hasSample ? 'Go to the sample' : 'Start the sample again',
      whyNot: null,
      run: () => runAction(startSample()),
    },
    {
      id: 'app.sample-load',
      title: sampleLoad ? 'Switch the sample load off' : 'Switch the sample load on',
      whyNot: hasSample ? null : 'There is no sample.',
      run: () => runAction(settings.setSampleLoad(!sampleLoad)),
    },
    ...(['dark', 'light', 'system'] as const).map(
      (choice): Command => ({
        id: `theme.${choice}`,
        title: choice === 'system' ? 'Use the theme of the system' : `Use the ${choice} theme`,
        keywords: 'colour appearance',
        whyNot: theme === choice ? 'It is in use.' : null,
        run: () => runAction(settings.change({ theme: choice })),
      }),
    ),
    {
      id: 'app.fold-rail',
      title: railFolded ? 'Unfold the rail' : 'Fold the rail',
      shortcut: '[',
      whyNot: null,
      run: () => runAction(settings.change({ railFolded: !railFolded })),
    },
    {
      id: 'app.palette',
      title: 'Search or run a command',
      shortcut: 'Mod+K',
      worksInFields: true,
      whyNot: null,
      run: () => ui.setPaletteOpen(true),
    },
    {
      id: 'app.reference',
      title: 'Look up an option',
      detail: 'all options, what they do, what the checks say',
      shortcut: 'F1',
      keywords: 'reference docs documentation help manual',
      worksInFields: true,
      whyNot: null,
      run: () => {
        ui.setPaletteOpen(false);
        reference.open({ type: 'index' });
      },
    },
    {
      id: 'app.shortcuts',
      title: 'Show all keys',
      shortcut: '?',
      keywords: 'help keyboard',
      whyNot: null,
      run: () => ui.openDialog({ type: 'shortcuts' }),
    },
  ];
}
