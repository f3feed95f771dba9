/**
 * The keys that a hop is offered, in OpenSSH's order (ssh_config(5), IdentityFile and IdentitiesOnly): keys of the agent
 * that the configuration names, the agent's other keys, then key files. What can't be used is left out with a word.
 */
import { existsSync } from 'node:fs';
import type { ParsedKey } from 'ssh2';
import { describe } from '../errors.ts';
import { type AgentKey, listAgentKeys } from './agent-keys.ts';
import type { HopSettings } from './hop-settings.ts';
import { type KeyFile, nameOfKey, readKeyFile } from './key-files.ts';

export type Offer =
  | { from: 'agent'; name: string; key: AgentKey }
  | { from: 'file'; name: string; path: string; key: ParsedKey }
  | { from: 'locked-file'; name: string; path: string; publicKey: ParsedKey | null; content: string };

export interface Identities {
  offers: Offer[];
  /** Sentences: `id_dsa was left out: …`. */
  notes: string[];
  /** One of those left out could be used by the system's ssh. */
  needsSystem: boolean;
}

export async function findIdentities(settings: HopSettings): Promise<Identities> {
  const notes: string[] = [];
  let needsSystem = false;
  const files: Exclude<KeyFile, { status: 'absent' | 'unusable' }>[] = [];
  for (const { path, isDefault } of settings.identityFiles) {
    const file = await readKeyFile(path);
    if (existsSync(`${path}-cert.pub`)) {
      notes.push(`${nameOfKey(path)}-cert.pub was left out: only the system’s ssh signs in with certificates.`);
      needsSystem = true;
    }
    if (file.status === 'absent') {
      if (!isDefault) notes.push(`${nameOfKey(path)} was left out: it does not exist.`);
    } else if (file.status === 'unusable') {
      notes.push(`${nameOfKey(path)} was left out: ${file.reason}.`);
      needsSystem ||= file.needsSystem;
    } else files.push(file);
  }
  const agentKeys = await askAgent(settings.agentAddress, notes);
  const isAccepted = (key: ParsedKey | null): boolean => accepts(settings.acceptedKeyTypes, key);
  const offers: Offer[] = [];
  const inAgent = (key: ParsedKey | null): AgentKey | undefined =>
    key === null ? undefined : agentKeys.find((held) => isSame(held.key, key));
  for (const file of files) {
    const held = inAgent(publicOf(file));
    if (held !== undefined && isAccepted(held.key)) offers.push(agentOffer(held));
  }
  if (!settings.identitiesOnly) {
    const named = new Set(offers.flatMap((offer) => (offer.from === 'agent' ? [offer.key] : [])));
    for (const held of agentKeys) if (!named.has(held) && isAccepted(held.key)) offers.push(agentOffer(held));
  }
  for (const file of files) {
    const { path } = file;
    const name = nameOfKey(path);
    if (inAgent(publicOf(file)) !== undefined || !isAccepted(publicOf(file))) continue;
    if (file.status === 'open') offers.push({ from: 'file', name, path, key: file.key });
    else if (file.status === 'locked') {
      offers.push({ from: 'locked-file', name, path, publicKey: file.publicKey, content: file.content });
    } else notes.push(`${name} was left out: only its public half is here, and the agent does not have it.`);
  }
  return { offers, notes, needsSystem };
}

async function askAgent(address: string | null, notes: string[]): Promise<AgentKey[]> {
  if (address === null) return [];
  try {
    return await listAgentKeys(address);
  } catch (error) {
    notes.push(`The agent was left out: ${describe(error)}.`);
    return [];
  }
}

function agentOffer(key: AgentKey): Offer {
  return { from: 'agent', name: `${key.key.comment || key.key.type} of the agent`, key };
}

function publicOf(file: Exclude<KeyFile, { status: 'absent' | 'unusable' }>): ParsedKey | null {
  return file.status === 'open' ? file.key : file.publicKey;
}

function isSame(a: ParsedKey, b: ParsedKey): boolean {
  return a.getPublicSSH().equals(b.getPublicSSH());
}

/** PubkeyAcceptedAlgorithms names signatures; those of RSA have other names than the key. Unknown keys are tried. */
function accepts(types: readonly string[] | null, key: ParsedKey | null): boolean {
  if (types === null || key === null) return true;
  return types.some((type) => type === key.type || (key.type === 'ssh-rsa' && type.startsWith('rsa-sha2-')));
}
