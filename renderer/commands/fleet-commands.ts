/** Commands of the fleet: what can be done to the selection, lists in and out, how rows are grouped. */
import type { ExportFormat } from '../../electron/contract/fleet-model.ts';
import type { AppStores } from '../stores/app.ts';
import { fleetRoute } from '../stores/router.ts';
import type { Command } from './commands.ts';
import { offerFile } from './offer-file.ts';
import { runAction } from './run-action.ts';

export function fleetCommands(stores: AppStores): Command[] {
  const { ui, router, settings, instances, client } = stores;
  const { byId } = instances.getState();
  const selected = ui.getState().selected.filter((id) => byId[id] !== undefined);
  const { fleet } = settings.getState().settings;
  const { route } = router.getState();
  const open = route.page === 'instance' && byId[route.instanceId] ? [route.instanceId] : [];
  const chosen = selected.length > 0 && route.page === 'fleet' ? selected : open;
  const none = selected.length === 0 ? 'Select instances on the Fleet page first.' : null;
  const exportAs = (format: ExportFormat) => () =>
    runAction(client.call('fleet.export', { format }).then(({ fileName, text }) => offerFile(fileName, text)));
  const hasInstances = Object.keys(byId).length > 0 ? null : 'There are no instances yet.';
  return [
    {
      id: 'rolling.start',
      title: 'Rolling reload of the selected instances…',
      keywords: 'restart many wave canary deploy fleet',
      whyNot: none,
      run: () => ui.openDialog({ type: 'rolling', instanceIds: selected }),
    },
    {
      id: 'rolling.show',
      title: 'Show rolling reloads',
      keywords: 'waves progress report fleet',
      whyNot: null,
      run: () => router.go({ page: 'rolling', rollingId: null }),
    },
    {
      id: 'fleet.tag',
      title: chosen === open && open.length > 0 ? 'Tags of this instance…' : 'Tags of the selected instances…',
      keywords: 'label group read-only',
      whyNot: chosen.length === 0 ? 'Open an instance, or select some on the Fleet page.' : null,
      run: () => ui.openDialog({ type: 'tags', instanceIds: chosen }),
    },
    {
      id: 'fleet.import',
      title: 'Import a list of instances…',
      detail: 'SSH configuration, CSV, Ansible',
      keywords: 'inventory add many hosts',
      whyNot: null,
      run: () => ui.openDialog({ type: 'import' }),
    },
    {
      id: 'fleet.export-csv',
      title: 'Export the list of instances as CSV',
      keywords: 'save download',
      whyNot: hasInstances,
      run: exportAs('csv'),
    },
    {
      id: 'fleet.export-json',
      title: 'Export the list of instances as JSON',
      keywords: 'save download',
      whyNot: hasInstances,
      run: exportAs('json'),
    },
    {
      id: 'fleet.group',
      title: fleet.groupBy === 'tag' ? 'Group instances by host' : 'Group instances by tag',
      keywords: 'rail fleet',
      whyNot: null,
      run: () => runAction(settings.change({ fleet: { ...fleet, groupBy: fleet.groupBy === 'tag' ? 'host' : 'tag' } })),
    },
    ...fleet.filters.map(
      ({ name, filter }): Command => ({
        id: `fleet.filter.${name}`,
        title: `Show ${name} in the fleet`,
        detail: filter,
        keywords: 'saved filter',
        whyNot: null,
        run: () => router.go(fleetRoute(filter)),
      }),
    ),
  ];
}
