/** An instance in few words: where it answers, what it is, and where to look when it is in trouble. Pure. */
import type { Instance } from '../../../electron/contract/model.ts';
import type { InstanceTab } from '../../stores/router.ts';

const ENGINE = /^reeve-/;

/** `127.0.0.1:8080`: where it serves HTTP, else the file Reeve runs, else its stats address. */
export function addressOf(instance: Pick<Instance, 'kind' | 'url' | 'configPath' | 'statsAddress'>): string {
  const { kind, url, configPath, statsAddress } = instance;
  if (url !== null) return url.replace(/^https?:\/\//, '').replace(/\/$/, '');
  return kind === 'engine' && configPath !== null ? configPath : statsAddress;
}

/** Whether there is an address to watch it by; of a vassal that does not run the configuration alone may be known. */
export function hasAddress({ kind, statsAddress }: Pick<Instance, 'kind' | 'statsAddress'>): boolean {
  return kind === 'engine' || (statsAddress !== '' && !/^ssh:\/\/[^/]*$/.test(statsAddress));
}

/** The version the stats document gives, as a program and its number: `Reeve engine 0.1.0`, `uWSGI 2.0.21`. */
export function serverOf(version: string): { program: string; number: string } {
  const program = ENGINE.test(version) ? 'Reeve engine' : 'uWSGI';
  return { program, number: version.replace(ENGINE, '') };
}

/** Where the reason of its trouble is shown. */
export function whereToLook({ health, engine, kind }: Pick<Instance, 'health' | 'engine' | 'kind'>): {
  title: string;
  tab: InstanceTab;
} {
  if (engine?.status === 'failed') return { title: 'Show the error', tab: 'overview' };
  if (health.level === 'lost') return { title: 'Show what was tried', tab: 'overview' };
  if (kind === 'emperor') return { title: 'Show vassals', tab: 'emperor' };
  return { title: 'Show requests', tab: 'requests' };
}
