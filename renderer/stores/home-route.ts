/** Where the console opens when the address names no page. Pure. */
import type { InstancesState } from './instances.ts';
import { fleetRoute, instanceRoute, type Route } from './router.ts';
import type { SettingsState } from './settings.ts';

/** The sample at the first start, the only instance, otherwise the fleet; null while that is not known yet. */
export function homeRoute(
  { status, byId }: InstancesState,
  { status: settingsStatus, settings }: SettingsState,
): Route | null {
  if (status !== 'ready' || settingsStatus === 'loading') return null;
  const all = Object.values(byId);
  const sample = all.find((instance) => instance.sample);
  const [only] = all;
  if (sample && !settings.firstRunClosed) return instanceRoute(sample.id);
  return only && all.length === 1 ? instanceRoute(only.id) : fleetRoute();
}
