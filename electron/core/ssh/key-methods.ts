/** Public keys as things to try, one after the other; a locked key's passphrase is asked for when the server takes it. */
import type { ParsedKey, SigningRequestOptions } from 'ssh2';
import { OneKeyAgent, offerAgentKey } from './agent-keys.ts';
import type { Asker, Attempt } from './attempt.ts';
import type { HopSettings } from './hop-settings.ts';
import { findIdentities, type Offer } from './identities.ts';
import { unlock } from './key-files.ts';
import type { SecretMemory } from './secret-memory.ts';

const MOST_TRIES = 3;

type LockedOffer = Extract<Offer, { from: 'locked-file' }>;

/** `notes` gets a sentence for each key that is left out. */
export async function* keyMethods(
  user: string,
  settings: HopSettings,
  asker: Asker,
  secrets: SecretMemory,
  notes: string[],
  onNeedsSystem: () => void,
): AsyncGenerator<Attempt> {
  const found = await findIdentities(settings);
  notes.push(...found.notes);
  if (found.needsSystem) onNeedsSystem();
  for (const offer of found.offers) {
    if (offer.from === 'agent') yield byAgent(user, offer.name, offerAgentKey(offer.key));
    else if (offer.from === 'file') yield byKey(user, offer.name, async () => offer.key);
    else {
      const open = async (): Promise<ParsedKey | null> => openKey(offer, asker, secrets, notes);
      const { publicKey } = offer;
      if (publicKey === null) yield byKey(user, offer.name, open);
      else yield byAgent(user, offer.name, signingLater(publicKey, open));
    }
  }
}

function byKey(username: string, name: string, open: () => Promise<ParsedKey | null>): Attempt {
  return {
    type: 'publickey',
    name,
    make: async () => {
      const key = await open();
      return key === null ? null : { type: 'publickey', username, key };
    },
  };
}

function byAgent(username: string, name: string, agent: OneKeyAgent): Attempt {
  return {
    type: 'agent',
    name,
    make: async () => ({ type: 'agent', username, agent }),
    mayBePartial: () => agent.hasSigned,
  };
}

function signingLater(publicKey: ParsedKey, open: () => Promise<ParsedKey | null>): OneKeyAgent {
  return new OneKeyAgent(publicKey, async (data: Buffer, { hash }: SigningRequestOptions) => {
    const key = await open();
    if (key === null) throw new Error('the key was not opened');
    const signature: unknown = key.sign(data, hash);
    if (!Buffer.isBuffer(signature)) throw new Error('the key did not sign');
    return signature;
  });
}

/** null: no passphrase opened it. */
async function openKey(
  { name, path, content }: LockedOffer,
  asker: Asker,
  secrets: SecretMemory,
  notes: string[],
): Promise<ParsedKey | null> {
  const opened = secrets.openedKeys.get(content);
  if (opened !== undefined) return opened;
  const secretKey = `ssh-passphrase ${path}`;
  const held = await secrets.get(secretKey);
  if (held !== null) {
    const key = unlock(content, held);
    if (key !== null) {
      secrets.openedKeys.set(content, key);
      return key;
    }
    await secrets.forget(secretKey);
  }
  for (let i = 0; i < MOST_TRIES; i++) {
    const instructions = i === 0 ? null : 'This was not its passphrase. Try again.';
    const prompts = [{ label: 'Passphrase', echo: false }];
    const about = { title: `Passphrase of ${path}`, instructions, prompts, keepIn: secrets.keepIn };
    const answer = await asker.ask(about, `passphrase ${path}`);
    if (answer === null) break;
    const [passphrase = ''] = answer.values;
    const key = unlock(content, passphrase);
    if (key === null) continue;
    secrets.openedKeys.set(content, key);
    await secrets.keep(secretKey, passphrase, answer.keep);
    return key;
  }
  notes.push(`${name} was left out: it was not opened by a passphrase.`);
  return null;
}
