/**
 * Hosts behind SSH without a network: each goes one step of its way a second, asks what its script says, and is ready,
 * waits or fails. For tests and `?fake` only.
 */
import type { Params, Result } from '../../electron/contract/api.ts';
import type { HostEntry, HostState, SshQuestion } from '../../electron/contract/hosts-model.ts';
import type { Discovered } from '../../electron/contract/model.ts';
import { RpcError } from '../../electron/rpc/errors.ts';

interface Handlers {
  'hosts.list': () => Result<'hosts.list'>;
  'hosts.resolve': (params: Params<'hosts.resolve'>) => Result<'hosts.resolve'>;
  'hosts.connect': (params: Params<'hosts.connect'>) => HostState;
  'hosts.disconnect': (params: Params<'hosts.disconnect'>) => Result<'hosts.disconnect'>;
  'hosts.forget': (params: Params<'hosts.forget'>) => Result<'hosts.forget'>;
  'hosts.keys': () => Result<'hosts.keys'>;
  'hosts.forgetKey': (params: Params<'hosts.forgetKey'>) => Result<'hosts.forgetKey'>;
  'ssh.questions': () => Result<'ssh.questions'>;
  'ssh.answer': (params: Params<'ssh.answer'>) => Result<'ssh.answer'>;
}

export interface FakeHosts {
  handlers: Handlers;
  /** Servers of a host. */
  discover(machine: string): Discovered[];
  /** One step of a second; the hosts that changed. */
  step(atMs: number): HostState[];
}

export interface FakeHostsOptions {
  onQuestions: (questions: SshQuestion[]) => void;
  onHosts: (hosts: HostState[]) => void;
}

type About = SshQuestion['about'];

interface Failing {
  status: 'waiting' | 'failed';
  code: string;
  reason: string;
  hint: string;
  offersSystem?: boolean;
}

interface Script {
  user: string;
  via: string[];
  note: string | null;
  instances: number;
  asks: About[];
  fails: Failing | null;
}

const HOST_KEY: About = {
  kind: 'host-key',
  keyType: 'ED25519',
  fingerprint: 'SHA256:q3Vb8mJxt0LwKcR5yZ1nHo9EdPf2aUs7Gi4TxWb60Qk',
  command: 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub',
};
const PASSPHRASE: About = {
  kind: 'secrets',
  title: 'Passphrase of ~/.ssh/id_ed25519',
  instructions: null,
  prompts: [{ label: 'Passphrase', echo: false }],
  keepIn: 'keychain',
};
const CODES: About = {
  kind: 'secrets',
  title: 'The server asks',
  instructions: 'Two steps: your password, then the number on your device.',
  prompts: [
    { label: 'Password:', echo: false },
    { label: 'Verification code:', echo: true },
  ],
  keepIn: null,
};
const NO_ANSWER: Failing = {
  status: 'waiting',
  code: 'ssh-no-answer',
  reason: 'staging does not answer on port 22.',
  hint: 'A firewall or a VPN may be in the way.',
};
const CHANGED: Failing = {
  status: 'failed',
  code: 'ssh-host-key-changed',
  reason:
    'The host key of job-01.ams is not the known one. It sent SHA256:q3Vb8mJxt0LwKcR5yZ1nHo9EdPf2aUs7Gi4TxWb60Qk; ~/.ssh/known_hosts:14 has SHA256:8mJxt0LwKcR5yZ1nHo9EdPf2aUs7Gi4TxWb60Qkq3Vb. No credential was sent.',
  hint: 'Someone may be in between, or the host was set up anew. Ask who runs it. If the new key is right, remove the old one from ~/.ssh/known_hosts:14 and connect again.',
};
const CERTIFICATE: Failing = {
  status: 'failed',
  code: 'ssh-auth-failed',
  reason: 'us-gw refused all that was offered; its configuration names a certificate.',
  hint: "The system's ssh can sign in with certificates.",
  offersSystem: true,
};

function script(via: string[], part: Partial<Script> = {}): Script {
  return { user: 'deploy', via, note: null, instances: 0, asks: [], fails: null, ...part };
}

const SCRIPTS: ReadonlyMap<string, Script> = new Map([
  ['web-03.ams', script(['bastion.ams'], { asks: [HOST_KEY, PASSPHRASE] })],
  ['web-04.ams', script(['bastion.ams'], { instances: 7, asks: [CODES] })],
  ['web-05.ams', script(['bastion.ams'], { instances: 6 })],
  ['web-06.ams', script(['bastion.ams'], { instances: 4 })],
  ['job-01.ams', script(['job-gw'], { instances: 5, fails: CHANGED })],
  ['bastion.ams', script([], { user: 'ops', note: 'port 2222' })],
  ['us-gw', script([], { user: 'ops', note: 'ProxyCommand cloudflared', fails: CERTIFICATE })],
  ['web-11.iad', script(['us-gw', 'bastion.iad'])],
  ['staging', script([], { fails: NO_ANSWER })],
]);

/** Its gateway does not answer: instances behind it have no link. */
const LOST: HostState = {
  id: 'web-11.iad',
  status: 'waiting',
  code: 'ssh-timeout',
  reason: 'us-gw does not answer on port 2222: nothing within 4 s.',
  hint: 'It does not refuse either: a firewall, a VPN that is off, or the machine is down.',
  nextTryAtMs: Date.now() + 90_000,
  hops: [
    { name: 'us-gw', user: 'ops', host: '198.51.100.7', port: 2222, status: 'failed', text: 'Nothing within 4 s.' },
    { name: 'bastion.iad', user: 'ops', host: '10.30.0.2', port: 22, status: 'not-reached', text: null },
    { name: 'web-11.iad', user: 'deploy', host: '10.30.1.11', port: 22, status: 'not-reached', text: null },
  ],
  transport: 'ssh2',
  offersSystem: false,
  readBy: 'streamlocal',
  connectedSinceMs: null,
  tries: [
    { atMs: Date.now() - 30_000, ok: false, text: 'Keep-alive to us-gw unanswered, connection closed' },
    { atMs: Date.now() - 20_000, ok: false, text: 'Try 1: us-gw: nothing within 4 s' },
  ],
};

function scriptOf(id: string): Script {
  return SCRIPTS.get(id) ?? script([]);
}

export function createFakeHosts({ onQuestions, onHosts }: FakeHostsOptions): FakeHosts {
  const states = new Map<string, HostState>([[LOST.id, LOST]]);
  const asked = new Map<string, number>();
  let question: SshQuestion | null = null;
  let questionCount = 0;
  let keys = [
    {
      name: '[198.51.100.7]:2222',
      keyType: 'ssh-ed25519',
      fingerprint: 'SHA256:8mJxt0LwKcR5yZ1nHo9EdPf2aUs7Gi4TxWb60Qkq3Vb',
      sinceMs: Date.now() - 40 * 86_400_000,
    },
  ];

  function keep(state: HostState): HostState {
    states.set(state.id, state);
    return state;
  }

  function setQuestion(next: SshQuestion | null): void {
    question = next;
    onQuestions(next === null ? [] : [next]);
  }

  function entryOf(id: string): HostEntry {
    const { user, via, note, instances } = scriptOf(id);
    const source = SCRIPTS.has(id) ? 'ssh-config' : 'used';
    return { id, source, user, via, note, instances, state: states.get(id) ?? null };
  }

  function stepHost(state: HostState, atMs: number): HostState {
    const { asks, fails, via } = scriptOf(state.id);
    const index = state.hops.findIndex(({ status }) => status === 'trying');
    const isLast = index === state.hops.length - 1;
    const said = asked.get(state.id) ?? 0;
    const about = asks[said];
    const mark = (status: HostState['hops'][number]['status'], text: string | null) =>
      state.hops.map((hop, at) =>
        at === index
          ? { ...hop, status, text }
          : at === index + 1 && status === 'ready'
            ? { ...hop, status: 'trying' as const }
            : hop,
      );
    if (!isLast) return { ...state, hops: mark('ready', 'Host key known since 4 Mar. Signed in with id_ed25519.') };
    if (fails) {
      const { status, code, reason, hint, offersSystem = false } = fails;
      const tries = [...state.tries, { atMs, ok: false, text: reason }].slice(-20);
      const nextTryAtMs = status === 'waiting' ? atMs + 22_000 : null;
      return { ...state, status, code, reason, hint, offersSystem, nextTryAtMs, tries, hops: mark('failed', reason) };
    }
    if (about) {
      asked.set(state.id, said + 1);
      questionCount += 1;
      const hops = mark(
        'asking',
        about.kind === 'host-key' ? 'Host key not seen before. Nothing has been sent to it.' : about.title,
      );
      const hop = hops.at(-1);
      if (hop) setQuestion({ id: `question-${questionCount}`, machineId: state.id, hop, through: via, about });
      return { ...state, status: 'asking', hops };
    }
    return {
      ...state,
      status: 'ready',
      reason: null,
      hint: null,
      code: null,
      nextTryAtMs: null,
      readBy: 'streamlocal',
      connectedSinceMs: atMs,
      tries: [...state.tries, { atMs, ok: true, text: `Signed in to ${state.id}` }].slice(-20),
      hops: mark('ready', 'Host key known since 4 Mar. Signed in with id_ed25519.'),
    };
  }

  const handlers: Handlers = {
    'hosts.list': () => ({ entries: [...new Set([...SCRIPTS.keys(), ...states.keys()])].map(entryOf) }),
    'hosts.resolve': ({ destination }) => {
      if (/\s/.test(destination))
        throw new RpcError({
          code: 'ssh-destination',
          message: `${destination} is not a host.`,
          hint: 'Write an alias of ~/.ssh/config, host, user@host or user@host:port.',
        });
      const { user, via, note } = scriptOf(destination);
      return {
        destination,
        resolvedBy: `ssh -G ${destination}`,
        hostName: '10.20.1.13',
        user,
        port: note === 'port 2222' ? 2222 : 22,
        proxyJump: via,
        proxyCommand: note?.startsWith('ProxyCommand') ? 'cloudflared access ssh --hostname us-gw' : null,
        identities: ['~/.ssh/id_ed25519'],
        usesAgent: true,
        strictHostKeyChecking: 'ask',
        warnings: [],
      };
    },
    'hosts.connect': ({ destination, transport = 'ssh2' }) => {
      const { user, via } = scriptOf(destination);
      const before = states.get(destination);
      if (before?.status === 'ready') return before;
      asked.delete(destination);
      const names = [...via, destination];
      return keep({
        id: destination,
        status: 'connecting',
        reason: null,
        hint: null,
        code: null,
        nextTryAtMs: null,
        hops: names.map((name, index) => ({
          name,
          user: index < via.length ? 'ops' : user,
          host: index < via.length ? '198.51.100.7' : '10.20.1.13',
          port: index < via.length ? 2222 : 22,
          status: index === 0 ? 'trying' : 'not-reached',
          text: null,
        })),
        transport,
        offersSystem: false,
        readBy: null,
        connectedSinceMs: null,
        tries: before?.tries ?? [],
      });
    },
    'hosts.disconnect': ({ machine }) => {
      const state = states.get(machine);
      if (state) onHosts([keep({ ...state, status: 'idle', reason: 'You disconnected it.', nextTryAtMs: null })]);
      return {};
    },
    'hosts.forget': ({ machine }) => {
      states.delete(machine);
      return {};
    },
    'hosts.keys': () => ({ keys }),
    'hosts.forgetKey': ({ name, keyType }) => {
      keys = keys.filter((key) => key.name !== name || key.keyType !== keyType);
      return {};
    },
    'ssh.questions': () => ({ questions: question === null ? [] : [question] }),
    'ssh.answer': ({ questionId, answer }) => {
      if (question?.id !== questionId)
        throw new RpcError({ code: 'ssh-question-gone', message: 'This question was taken back.', hint: null });
      const state = states.get(question.machineId);
      setQuestion(null);
      if (!state) return {};
      const hops = state.hops.map((hop) => (hop.status === 'asking' ? { ...hop, status: 'trying' as const } : hop));
      const next: HostState =
        answer.kind === 'cancel'
          ? {
              ...state,
              status: 'failed',
              code: 'ssh-cancelled',
              reason: 'You did not answer.',
              hint: 'Connect to be asked again.',
              hops: state.hops.map((hop) =>
                hop.status === 'asking' ? { ...hop, status: 'failed', text: 'Not answered.' } : hop,
              ),
            }
          : { ...state, status: 'authenticating', hops };
      onHosts([keep(next)]);
      return {};
    },
  };

  return {
    handlers,
    discover: (machine) => (states.get(machine)?.status === 'ready' ? serversOf(machine) : []),
    step: (atMs) =>
      [...states.values()]
        .filter(({ status }) => status === 'connecting' || status === 'authenticating')
        .map((state) => keep(stepHost(state, atMs))),
  };
}

function serversOf(machine: string): Discovered[] {
  const common = { machine, user: 'deploy', cwd: '/srv', emperorPid: null, unit: null, pidfile: null };
  return [
    {
      ...common,
      pid: 18_204,
      role: 'server',
      unit: 'checkout.service',
      pidfile: '/run/uwsgi/checkout.pid',
      command: 'uwsgi --ini /etc/uwsgi/checkout.ini',
      configPath: '/etc/uwsgi/checkout.ini',
      statsAddress: `ssh://${machine}/run/uwsgi/checkout.stats`,
      masterFifo: '/run/uwsgi/checkout.fifo',
      instanceId: null,
      missing: null,
    },
    {
      ...common,
      pid: 900,
      role: 'emperor',
      unit: 'emperor.uwsgi.service',
      command: 'uwsgi --emperor /etc/uwsgi/vassals',
      configPath: null,
      statsAddress: `ssh://${machine}/127.0.0.1:1799`,
      masterFifo: null,
      instanceId: null,
      missing: null,
    },
    {
      ...common,
      pid: 944,
      role: 'vassal',
      emperorPid: 900,
      command: 'uwsgi --ini blog.ini',
      configPath: '/etc/uwsgi/vassals/blog.ini',
      statsAddress: null,
      masterFifo: null,
      instanceId: null,
      missing:
        'It has no stats server. Add `stats = /run/uwsgi/blog.stats` to /etc/uwsgi/vassals/blog.ini and reload it.',
    },
  ];
}
