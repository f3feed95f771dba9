/** The way to a host, hop by hop, as far as it has come; and what the configuration says about it. */
import { Check, Laptop } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Hop, HostResolved, HostState } from '../../../electron/contract/hosts-model.ts';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { hopAddress } from './attach-words.ts';

export function WayThere({ destination, host, resolved, isKeyAsked }: WayProps) {
  const hops = host !== undefined && host.hops.length > 0 ? host.hops : resolved ? plannedHops(resolved) : [];
  return (
    <section className="way" aria-label="Way there">
      <div className="q label">Way there</div>
      <ol>
        <Stop icon={<Laptop size={14} strokeWidth={1.75} aria-hidden />} name="this machine" address={null}>
          {keysText(resolved)}
        </Stop>
        {hops.map((hop) => (
          <Stop
            key={`${hop.name} ${hop.port}`}
            icon={<HopGlyph status={hop.status} />}
            name={hop.name}
            address={hop.port === 0 ? null : hopAddress(hop)}
            tone={hop.status === 'asking' ? 'warn' : hop.status === 'failed' ? 'crit' : null}
          >
            {/* The card below says why it failed. */}
            {hop.status === 'asking' && isKeyAsked
              ? 'Host key not seen before. Nothing has been sent to it.'
              : hop.text === null || hop.text === host?.reason
                ? HOP_WORDS[hop.status]
                : hop.text}
          </Stop>
        ))}
        {hops.length === 0 ? (
          <Stop icon={<HopGlyph status="not-reached" />} name={destination} address={null}>
            {HOP_WORDS['not-reached']}
          </Stop>
        ) : null}
      </ol>
    </section>
  );
}

interface WayProps {
  destination: string;
  host: HostState | undefined;
  resolved: HostResolved | null;
  /** What is asked is whether a key is the host's own. */
  isKeyAsked: boolean;
}

interface StopProps {
  icon: ReactNode;
  name: string;
  address: string | null;
  tone?: 'warn' | 'crit' | null;
  children: ReactNode;
}

function Stop({ icon, name, address, tone, children }: StopProps) {
  return (
    <li className="stop">
      <span className="rail-mark">{icon}</span>
      <div>
        <div className="row g4">
          <b className="md m">{name}</b>
          {address ? <span className="q m ell">{address}</span> : null}
        </div>
        <div className={tone ?? 's2'}>{children}</div>
      </div>
    </li>
  );
}

const HOP_WORDS: Record<Hop['status'], string> = {
  'not-reached': 'Not reached yet.',
  trying: 'Connecting…',
  asking: 'It waits for your answer.',
  ready: 'Signed in.',
  failed: 'The way ends here.',
};

function HopGlyph({ status }: { status: Hop['status'] }) {
  if (status === 'ready') return <Check size={14} strokeWidth={2.25} className="okc" aria-label="reached" role="img" />;
  return <HealthGlyph level={status === 'asking' ? 'warn' : status === 'failed' ? 'crit' : 'lost'} size={12} silent />;
}

function plannedHops({ proxyJump, destination, user, hostName, port }: HostResolved): Hop[] {
  const before = proxyJump.map((name): Hop => {
    const [, jumpUser = '', jumpHost = name, jumpPort = ''] = /^(?:(.+)@)?(.+?)(?::(\d+))?$/.exec(name) ?? [];
    return {
      name: jumpHost,
      user: jumpUser,
      host: jumpHost,
      // 0: only the configuration knows.
      port: jumpPort === '' ? 0 : Number(jumpPort),
      status: 'not-reached',
      text: null,
    };
  });
  return [...before, { name: destination, user, host: hostName, port, status: 'not-reached', text: null }];
}

function keysText(resolved: HostResolved | null): string {
  const agent = resolved?.usesAgent ? 'Keys from the ssh agent. ' : '';
  const proxy = resolved?.proxyCommand ? 'Connects through a ProxyCommand. ' : '';
  return `${agent}${proxy}The agent is not forwarded.`;
}

export function ResolvedFacts({ resolved }: { resolved: HostResolved | null }) {
  if (resolved === null) return <section className="resolved" aria-label="Configuration of the host" />;
  const { resolvedBy, hostName, user, port, proxyJump, proxyCommand, identities, strictHostKeyChecking } = resolved;
  return (
    <section className="resolved" aria-label="Configuration of the host">
      <div className="q label ell" title={resolvedBy}>
        Resolved by <span className="m">{resolvedBy}</span>
      </div>
      <dl className="kv">
        <Fact title="HostName" text={hostName} />
        <Fact title="User" text={user} />
        {port === 22 ? null : <Fact title="Port" text={String(port)} />}
        {proxyJump.length > 0 ? <Fact title="ProxyJump" text={proxyJump.join(', ')} /> : null}
        {proxyCommand ? <Fact title="ProxyCommand" text={proxyCommand} /> : null}
        <Fact title="Identity" text={identities.map(fileName).join(', ') || 'none'} hint={identities.join('\n')} />
        <Fact title="Host keys" text={strictHostKeyChecking} />
      </dl>
      {resolved.warnings.map((warning) => (
        <p key={warning} className="warn line">
          {warning}
        </p>
      ))}
    </section>
  );
}

function Fact({ title, text, hint = text }: { title: string; text: string; hint?: string }) {
  return (
    <>
      <dt>{title}</dt>
      <dd className="m" title={hint}>
        {text}
      </dd>
    </>
  );
}

function fileName(path: string): string {
  return path.split('/').at(-1) ?? path;
}
