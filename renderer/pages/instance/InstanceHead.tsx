/** Head of an instance: health, name, facts in one line, what can be done with it. */
import { Ellipsis, ExternalLink, Play, RefreshCw, RotateCw, Square } from 'lucide-react';
import type { Instance } from '../../../electron/contract/model.ts';
import { findCommand, runCommand } from '../../commands/commands.ts';
import { formatClock, formatLongTime } from '../../format/time.ts';
import { NARROW, useMedia } from '../../shell/use-media.ts';
import type { InstanceTab } from '../../stores/router.ts';
import { useNow, useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { HealthChip } from '../../ui/Chip.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { MenuButton, type MenuEntry } from '../../ui/MenuButton.tsx';
import { SplitButton } from '../../ui/SplitButton.tsx';
import { addressOf, serverOf } from './instance-words.ts';
import { isLinkDown } from './link-down.ts';

const ICON = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

const ACTION_ENTRIES = [
  ['action.scale-up', 'One worker more…'],
  ['action.scale-down', 'One worker less…'],
  ['action.pause', 'Pause or resume…'],
  ['action.log-rotate', 'Rotate the log…'],
  ['action.log-reopen', 'Reopen the log…'],
  ['action.stop', 'Stop the server…'],
] as const;

/** An emperor has a log and no workers of its own. */
function actionsOf({ kind }: Instance): readonly (typeof ACTION_ENTRIES)[number][] {
  return kind === 'emperor' ? ACTION_ENTRIES.filter(([id]) => id.startsWith('action.log')) : ACTION_ENTRIES;
}

export function InstanceHead({ instance, tab }: { instance: Instance; tab: InstanceTab }) {
  const stores = useStores();
  const isNarrow = useMedia(NARROW);
  const run = (id: string) => () => runCommand(stores, id);
  const entry = (id: string, title: string, rest: Partial<MenuEntry> = {}): MenuEntry => {
    const command = findCommand(stores, id);
    return {
      id,
      title,
      shortcut: command?.shortcut,
      disabledReason: command?.whyNot ?? null,
      onSelect: run(id),
      ...rest,
    };
  };
  const { engine } = instance;
  const isUp = engine?.status === 'running' || engine?.status === 'starting';
  const reloadWhyNot = isLinkDown(instance)
    ? 'There is no link: a reload could not be watched.'
    : engine && !isUp
      ? `${instance.name} does not run.`
      : null;
  return (
    <div className="ihead">
      <HealthChip level={instance.health.level} word={instance.health.word} />
      <h1 className="ell">{instance.name}</h1>
      <Facts instance={instance} isShort={isNarrow} />
      <span className="grow" />
      {engine ? (
        isUp || engine.status === 'stopping' ? (
          <Button
            variant="quiet"
            icon={<Square {...ICON} size={11} />}
            disabledReason={engine.status === 'stopping' ? 'It is stopping.' : null}
            onClick={run('engine.stop')}
          >
            Stop
          </Button>
        ) : (
          <Button
            variant={tab === 'overview' && !instance.sample ? 'primary' : 'plain'}
            icon={<Play {...ICON} size={12} />}
            onClick={run('engine.start')}
          >
            Start
          </Button>
        )
      ) : null}
      {instance.url && isUp ? (
        <Button icon={<ExternalLink {...ICON} />} onClick={run('instance.browser')}>
          Open in browser
        </Button>
      ) : null}
      {instance.kind === 'emperor' ? (
        <SplitButton
          variant="primary"
          icon={<RefreshCw {...ICON} />}
          menuLabel="What else can be done with its vassals"
          disabledReason={findCommand(stores, 'emperor.reload-all')?.whyNot ?? null}
          onClick={run('emperor.reload-all')}
          entries={[
            entry('emperor.reload-all', 'Reload all vassals…', { icon: <RefreshCw {...ICON} /> }),
            entry('emperor.attach-all', 'Attach all vassals…', { divider: true }),
            entry('emperor.clear-blacklist', 'Clear the blacklist…'),
          ]}
        >
          Reload all
        </SplitButton>
      ) : (
        <SplitButton
          // On its own page the primary button is the one that starts it.
          variant={tab === 'reload' ? 'plain' : 'primary'}
          icon={<RefreshCw {...ICON} />}
          menuLabel="Other ways and reports"
          disabledReason={reloadWhyNot}
          onClick={run('instance.reload')}
          entries={[
            entry('instance.reload', 'Reload…', { icon: <RefreshCw {...ICON} />, disabledReason: reloadWhyNot }),
            ...(engine
              ? [entry('engine.restart', 'Stop and start again', { icon: <RotateCw {...ICON} />, divider: true })]
              : []),
          ]}
        >
          Reload
        </SplitButton>
      )}
      <MenuButton
        entries={[
          ...(instance.url ? [entry('instance.browser', 'Open in browser')] : []),
          entry('instance.edit', 'Edit the configuration'),
          ...actionsOf(instance).map(([id, title], index) => entry(id, title, { divider: index === 0 })),
          entry('instance.rename', 'Rename…', { divider: true }),
          entry('instance.remove', 'Remove from the list…', { danger: true }),
        ]}
      >
        <IconButton variant="plain" label="More" icon={<Ellipsis {...ICON} />} />
      </MenuButton>
    </div>
  );
}

function Facts({ instance, isShort }: { instance: Instance; isShort: boolean }) {
  const nowMs = useNow();
  const { version, runtime, masterPid, upSinceMs, engine, link } = instance;
  const address = addressOf(instance);
  const server = version === null ? null : serverOf(version);
  if (isShort) {
    return (
      <span className="q ell facts">
        {instance.machine === 'local' ? <span className="m">{address}</span> : <Place instance={instance} />}
      </span>
    );
  }
  const isSeen = link.status === 'attached' || engine !== null;
  return (
    <span className="q ell facts">
      {instance.machine === 'local' ? <span className="m">{address} </span> : null}
      <Place instance={instance} />
      {server ? (
        <>
          {instance.tags.length > 0 ? ' ' : ', '}
          {server.program} <span className="m">{server.number}</span>
        </>
      ) : null}
      {runtime ? `, ${runtime}` : null}
      {masterPid && !engine ? (
        <>
          , {instance.kind === 'emperor' ? 'emperor' : 'master'} <span className="m">{masterPid}</span>
        </>
      ) : null}
      {isSeen && upSinceMs !== null ? (
        <>
          , up <span className="m">{formatLongTime(nowMs - upSinceMs)}</span>
        </>
      ) : null}
      {!isSeen && link.lastAnswerAtMs !== null ? (
        <>
          , last seen <span className="m">{formatClock(link.lastAnswerAtMs, nowMs)}</span>
        </>
      ) : null}
    </span>
  );
}

/** `web-03.ams via bastion.ams`, then its tags. */
function Place({ instance: { machine, hostName, via, tags, readOnly } }: { instance: Instance }) {
  return (
    <>
      {machine === 'local' ? (
        'on this machine'
      ) : (
        <>
          <span className="m">{hostName}</span>
          {via.length > 0 ? (
            <>
              {' '}
              via <span className="m">{via.join(', ')}</span>
            </>
          ) : null}
        </>
      )}
      {tags.map((tag) => (
        <span key={tag} className="tag">
          {tag}
        </span>
      ))}
      {readOnly ? <span className="tag">read-only</span> : null}
    </>
  );
}
