/**
 * What the configuration of a host means to Reeve: names and values become settings with types, and what Reeve does
 * otherwise than ssh becomes a warning. Pure.
 */
import type { Algorithms } from 'ssh2';
import {
  type ConfigValues,
  expandPath,
  expandTokens,
  isOn,
  numberOf,
  splitWords,
  type TokenValues,
  valueOf,
} from './config-values.ts';
import { configuredAlgorithms } from './configured-algorithms.ts';

export interface IdentityFile {
  path: string;
  /** One of those that ssh tries by itself: it need not exist. */
  isDefault: boolean;
}

export interface HopSettings {
  hostName: string;
  port: number;
  user: string;
  /** `a,user@b:22`, nearest first. */
  proxyJump: string | null;
  proxyCommand: string | null;
  algorithms: Algorithms;
  connectTimeoutMs: number | null;
  keepAliveMs: number | null;

  identityFiles: IdentityFile[];
  identitiesOnly: boolean;
  /** Socket or pipe of the agent; null: none is asked. */
  agentAddress: string | null;
  /** Key types that may sign in; null: all. */
  acceptedKeyTypes: string[] | null;
  allows: { publicKey: boolean; keyboardInteractive: boolean; password: boolean };
  /** Of the methods, when the configuration says so. */
  preferredMethods: string[] | null;
  passwordPrompts: number;
  /** BatchMode: nothing may be asked. */
  neverAsks: boolean;
  /** Something is configured that only the system's ssh can sign in with. */
  needsSystem: string | null;

  hostKeyAlias: string | null;
  strictHostKeys: 'yes' | 'no' | 'ask' | 'accept-new';
  userKnownHosts: string[];
  globalKnownHosts: string[];
  hashKnownHosts: boolean;
  revokedHostKeys: string | null;

  warnings: string[];
}

const DEFAULT_IDENTITIES = ['id_rsa', 'id_ecdsa', 'id_ecdsa_sk', 'id_ed25519', 'id_ed25519_sk', 'id_xmss', 'id_dsa'];
const WINDOWS_AGENT = String.raw`\\.\pipe\openssh-ssh-agent`;

export interface SettingsSurroundings {
  tokens: Omit<TokenValues, 'hostName' | 'port' | 'user' | 'hostKeyAlias' | 'proxyJump'>;
  platform: string;
  /** Of ssh without any configuration: what differs from it was configured. null: no ssh was asked. */
  defaults: ConfigValues | null;
}

export function readHopSettings(values: ConfigValues, surroundings: SettingsSurroundings): HopSettings {
  const { platform, defaults } = surroundings;
  const user = valueOf(values, 'user') ?? surroundings.tokens.localUser;
  const port = numberOf(values, 'port') ?? 22;
  const hostKeyAlias = valueOf(values, 'hostkeyalias');
  const proxyJump = valueOf(values, 'proxyjump');
  const before = { ...surroundings.tokens, user, port, hostKeyAlias, proxyJump: proxyJump ?? '' };
  const { name } = surroundings.tokens;
  const written = expandTokens(valueOf(values, 'hostname') ?? name, { ...before, hostName: name });
  // As ssh does it: names of hosts have no case.
  const hostName = written.toLowerCase();
  const tokens: TokenValues = { ...before, hostName };
  const proxyCommand = proxyJump === null ? valueOf(values, 'proxycommand') : null;
  const paths = (option: string): string[] =>
    (values.get(option) ?? [])
      .flatMap(splitWords)
      .filter((path) => path !== 'none')
      .map((path) => expandPath(path, tokens));
  const { algorithms, warnings } = configuredAlgorithms(values, defaults);
  const seconds = numberOf(values, 'connecttimeout');
  const aliveSeconds = numberOf(values, 'serveraliveinterval');
  const revoked = valueOf(values, 'revokedhostkeys');
  const preferred = valueOf(values, 'preferredauthentications');
  return {
    hostName,
    port,
    user,
    proxyJump,
    proxyCommand: proxyCommand === null ? null : expandTokens(proxyCommand, tokens),
    algorithms,
    connectTimeoutMs: seconds === null ? null : seconds * 1000,
    // 0 is what ssh has when nothing is configured; Reeve's own interval counts then.
    keepAliveMs: aliveSeconds === null || aliveSeconds === 0 ? null : aliveSeconds * 1000,
    identityFiles: identities(values, tokens),
    identitiesOnly: isOn(values, 'identitiesonly', false),
    agentAddress: agentAddress(values, tokens, platform),
    acceptedKeyTypes: acceptedKeyTypes(values, defaults),
    allows: {
      // `unbound` and `host-bound` mean yes, too.
      publicKey: !['no', 'false'].includes(valueOf(values, 'pubkeyauthentication') ?? 'yes'),
      keyboardInteractive: isOn(values, 'kbdinteractiveauthentication', true),
      password: isOn(values, 'passwordauthentication', true),
    },
    preferredMethods: preferred === null ? null : preferred.split(','),
    passwordPrompts: numberOf(values, 'numberofpasswordprompts') ?? 3,
    neverAsks: isOn(values, 'batchmode', false),
    needsSystem: needsSystem(values),
    hostKeyAlias,
    strictHostKeys: strictness(valueOf(values, 'stricthostkeychecking')),
    userKnownHosts: values.has('userknownhostsfile')
      ? paths('userknownhostsfile')
      : ['~/.ssh/known_hosts', '~/.ssh/known_hosts2'].map((path) => expandPath(path, tokens)),
    globalKnownHosts: values.has('globalknownhostsfile')
      ? paths('globalknownhostsfile')
      : ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
    hashKnownHosts: isOn(values, 'hashknownhosts', false),
    revokedHostKeys: revoked === null ? null : expandPath(revoked, tokens),
    warnings: [...warnings, ...differences(values)],
  };
}

function identities(values: ConfigValues, tokens: TokenValues): IdentityFile[] {
  const defaults = new Set(DEFAULT_IDENTITIES.map((name) => `~/.ssh/${name}`));
  const given = values.get('identityfile') ?? [...defaults];
  const isDefault = given.every((path) => defaults.has(path));
  return given
    .filter((path) => path !== 'none')
    .map((path) => ({ path: expandPath(path.replace(/^"(.*)"$/, '$1'), tokens), isDefault }));
}

/** IdentityAgent of ssh_config(5): `none`, `SSH_AUTH_SOCK`, `$VARIABLE`, or a path. */
function agentAddress(values: ConfigValues, tokens: TokenValues, platform: string): string | null {
  const written = values.get('identityagent')?.[0];
  const usual = tokens.env.SSH_AUTH_SOCK ?? (platform === 'win32' ? WINDOWS_AGENT : null);
  if (written === undefined || written === 'SSH_AUTH_SOCK') return usual === '' ? null : usual;
  if (written.toLowerCase() === 'none') return null;
  const variable = /^\$(\w+)$/.exec(written)?.[1];
  if (variable !== undefined) return tokens.env[variable] ?? null;
  return expandPath(written, tokens);
}

/** Changes to a list of ssh's own (`+`, `-`, `^`) are not narrowed down: ssh2 offers what the server takes. */
function acceptedKeyTypes(values: ConfigValues, defaults: ConfigValues | null): string[] | null {
  const accepted = valueOf(values, 'pubkeyacceptedalgorithms') ?? valueOf(values, 'pubkeyacceptedkeytypes');
  const usual = defaults === null ? null : valueOf(defaults, 'pubkeyacceptedalgorithms');
  return accepted === null || accepted === usual || /^[+^-]/.test(accepted) ? null : accepted.split(',');
}

/** `ask` also for a value that is not known: it fails to the safe side. */
function strictness(value: string | null): HopSettings['strictHostKeys'] {
  switch (value?.toLowerCase() ?? '') {
    case 'yes':
    case 'true':
      return 'yes';
    case 'no':
    case 'off':
    case 'false':
      return 'no';
    case 'accept-new':
      return 'accept-new';
    default:
      return 'ask';
  }
}

function needsSystem(values: ConfigValues): string | null {
  if (valueOf(values, 'certificatefile') !== null) return 'a certificate (CertificateFile)';
  if (valueOf(values, 'pkcs11provider') !== null) return 'a smart card (PKCS11Provider)';
  if (isOn(values, 'hostbasedauthentication', false)) return 'the key of this machine (HostbasedAuthentication)';
  if (isOn(values, 'gssapiauthentication', false)) return 'Kerberos (GSSAPIAuthentication)';
  return null;
}

function differences(values: ConfigValues): string[] {
  const found: string[] = [];
  const only = 'only the system’s ssh does it';
  if (valueOf(values, 'certificatefile') !== null) found.push(`CertificateFile is left out: ${only}.`);
  if (valueOf(values, 'pkcs11provider') !== null) found.push(`PKCS11Provider is left out: ${only}.`);
  if (isOn(values, 'hostbasedauthentication', false)) found.push(`HostbasedAuthentication is left out: ${only}.`);
  if (isOn(values, 'proxyusefdpass', false)) found.push(`ProxyUseFdpass is left out: ${only}.`);
  if (valueOf(values, 'bindaddress') !== null) found.push(`BindAddress is left out: ${only}.`);
  if (valueOf(values, 'bindinterface') !== null) found.push(`BindInterface is left out: ${only}.`);
  if (valueOf(values, 'knownhostscommand') !== null) found.push(`KnownHostsCommand is left out: ${only}.`);
  const family = valueOf(values, 'addressfamily');
  if (family !== null && family !== 'any') found.push(`AddressFamily ${family} is left out: ${only}.`);
  if (isOn(values, 'verifyhostkeydns', false)) {
    found.push('VerifyHostKeyDNS is left out: a new host key is asked about instead.');
  }
  if (isOn(values, 'forwardagent', false)) found.push('ForwardAgent is left out: Reeve never forwards the agent.');
  return found;
}
