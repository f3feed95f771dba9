/** What the attach dialog says and composes: lines of the list of hosts, fingerprints, stats addresses. Pure. */
import type { Hop, HostEntry, HostState, SshQuestion } from '../../../electron/contract/hosts-model.ts';
import type { Discovered } from '../../../electron/contract/model.ts';

/** `deploy, via bastion.ams`, `ops, port 2222`. */
export function hostLine({ user, via, note }: Pick<HostEntry, 'user' | 'via' | 'note'>): string {
  const way = via.length > 0 ? `via ${via.join(', ')}` : note === null ? 'direct' : null;
  return [user, way, note].filter((part) => part !== null).join(', ');
}

/** Hosts that a text is in: their name, user or a machine in front of them. */
export function filterHosts(entries: readonly HostEntry[], text: string): HostEntry[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [...entries];
  return entries.filter(({ id, user, via }) =>
    [id, user ?? '', ...via].some((word) => word.toLowerCase().includes(wanted)),
  );
}

/** `deploy@10.20.1.13:22` */
export function hopAddress({ user, host, port }: Pick<Hop, 'user' | 'host' | 'port'>): string {
  return `${user === '' ? '' : `${user}@`}${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export function destinationOf({ host, user, port }: { host: string; user: string; port: string }): string {
  const name = host.trim();
  const bracketed = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
  return `${user.trim() === '' ? '' : `${user.trim()}@`}${bracketed}${port.trim() === '' ? '' : `:${port.trim()}`}`;
}

/** `SHA256:` and the rest of a fingerprint in groups of four, to read aloud. */
export function fingerprintGroups(fingerprint: string): { prefix: string; groups: string[] } {
  const [, prefix = '', rest = ''] = /^(\w+:)?(.*)$/.exec(fingerprint) ?? [];
  return { prefix, groups: rest.match(/.{1,4}/g) ?? [] };
}

/** Fingerprints named in a text, each once. */
export function fingerprintsIn(text: string): string[] {
  return [...new Set(text.match(/SHA256:[A-Za-z\d+/]{43}/g) ?? [])];
}

/** Removes the key of a machine from the user's known_hosts; null: the known key is not there. */
export function removeKeyCommand({ host, port }: Pick<Hop, 'host' | 'port'>, reason: string): string | null {
  if (!/\.ssh\/known_hosts\b/.test(reason)) return null;
  return `ssh-keygen -R ${port === 22 ? host : `'[${host}]:${port}'`}`;
}

/**
 * Compares a fingerprint with what was pasted: the bare fingerprint with or without its prefix, in groups, or a whole
 * line of `ssh-keygen -l`.
 */
export function compareFingerprint(pasted: string, fingerprint: string): 'empty' | 'identical' | 'different' {
  if (pasted.trim() === '') return 'empty';
  const inLine = /SHA256:\s*([A-Za-z\d+/]{43})(?![A-Za-z\d+/])/.exec(pasted)?.[1];
  const bare =
    inLine ??
    pasted
      .replace(/\s+/g, '')
      .replace(/^SHA256:/i, '')
      .replace(/=+$/, '');
  return bare === fingerprint.replace(/^SHA256:/, '') ? 'identical' : 'different';
}

export const ADDRESS_KINDS = ['unix', 'tcp', 'abstract', 'http'] as const;
export type AddressKind = (typeof ADDRESS_KINDS)[number];

export const ADDRESS_EXAMPLES: Record<AddressKind, string> = {
  unix: '/run/app.stats',
  tcp: '127.0.0.1:1717',
  abstract: '@app-stats',
  http: 'http://127.0.0.1:1717',
};

/** What a text can only be; null: it fits several kinds. */
export function kindOf(text: string): AddressKind | null {
  const plain = text.trim();
  if (/^https?:/i.test(plain)) return 'http';
  if (plain.startsWith('@')) return 'abstract';
  if (plain.startsWith('/') || plain.startsWith('~/')) return 'unix';
  return /^[^/\s]*:\d+$/.test(plain) ? 'tcp' : null;
}

/** The stats address as the core takes it. A text that names its machine already stays as it is. */
export function statsAddressOn(machine: string | null, kind: AddressKind, text: string): string {
  const plain = text.trim();
  if (/^ssh:\/\//i.test(plain)) return plain;
  const address =
    kind === 'abstract' && !plain.startsWith('@')
      ? `@${plain}`
      : kind === 'http' && !/^https?:/i.test(plain)
        ? `http://${plain}`
        : plain;
  if (machine === null) return address;
  return `ssh://${machine}${address.startsWith('/') ? '' : '/'}${address}`;
}

/** A stats address without its machine. */
export function withoutMachine(address: string): string {
  const rest = /^ssh:\/\/[^/]*(\/.*)$/s.exec(address)?.[1];
  if (rest === undefined) return address;
  return kindOf(rest.slice(1)) === null || rest.startsWith('//') ? rest : rest.slice(1);
}

/** The file's name, or the folder's where the file is called like every other. */
export function suggestName({ cwd, configPath }: Pick<Discovered, 'cwd' | 'configPath'>): string {
  const parts = (configPath ?? '').split(/[/\\]/);
  const file = parts.at(-1)?.replace(/\.\w+$/, '') ?? '';
  const folder = parts.at(-2) ?? cwd?.split(/[/\\]/).at(-1) ?? '';
  return file === '' || file === 'uwsgi' ? folder : file;
}

const RANK: Record<Discovered['role'], number> = { server: 0, emperor: 1, vassal: 2 };

/** Pid of the emperor; servers by themselves are one family. */
function familyOf({ role, pid, emperorPid }: Discovered): number {
  return role === 'server' ? 0 : (emperorPid ?? pid);
}

/** Servers by themselves first, then each emperor with its vassals below it. */
export function inOrder(found: readonly Discovered[]): Discovered[] {
  return [...found].sort((a, b) => {
    const bySort = Number(a.role !== 'server') - Number(b.role !== 'server');
    return bySort || familyOf(a) - familyOf(b) || RANK[a.role] - RANK[b.role] || a.pid - b.pid;
  });
}

/** The line that a sentence quotes in backticks; null: none. */
export function quotedLine(sentence: string): string | null {
  return /`([^`]+)`/.exec(sentence)?.[1] ?? null;
}

/** `ssh-ed25519` as it is called: `ED25519`. */
export function keyTypeName(keyType: string): string {
  const plain = keyType.replace(/^(ssh|sk-ssh|sk-ecdsa|ecdsa)-/, '').replace(/@.*$/, '');
  return keyType.includes('ecdsa') ? 'ECDSA' : plain.toUpperCase();
}

/** `Is this the key of web-03.ams?`, in one line for the bar. */
export function questionTitle({ hop, about }: Pick<SshQuestion, 'hop' | 'about'>): string {
  return about.kind === 'host-key' ? `Is this the key of ${hop.name}?` : `${hop.name}: ${about.title}`;
}

/** What goes on now, with the step, while a way is being made. */
export function progressWords({ status, hops }: HostState): string {
  const at = hops.findIndex((hop) => hop.status === 'trying' || hop.status === 'asking');
  const hop = hops[at];
  const step = hop ? ` ${hop.name}${hops.length > 1 ? `, ${at + 1} of ${hops.length}` : ''}` : '';
  return `${status === 'authenticating' ? 'Signing in to' : 'Connecting to'}${step}`;
}
