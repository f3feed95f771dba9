/** What the bundled engine says when it does not run: stopped, on its way, or failed with its own words. */
import { FileCog, ScrollText } from 'lucide-react';
import type { Instance } from '../../../electron/contract/model.ts';
import { runCommand } from '../../commands/commands.ts';
import { formatLongTime } from '../../format/time.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useNow, useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorBand } from '../../ui/ErrorBand.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';

const ICON = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function EngineBand({ instance, hasFigures }: { instance: Instance; hasFigures: boolean }) {
  const stores = useStores();
  const { engine, name } = instance;
  if (engine === null || engine.status === 'running') return null;
  if (engine.status === 'failed') {
    return (
      <ErrorBand
        title={`${name} did not start`}
        text="It does not run now. This is what it said; correct it and start it again."
        detail={engine.error}
        actions={
          <>
            <Button
              icon={<ScrollText {...ICON} />}
              onClick={() => stores.router.go(instanceRoute(instance.id, 'logs'))}
            >
              Open the log
            </Button>
            <Button icon={<FileCog {...ICON} />} onClick={() => runCommand(stores, 'instance.edit')}>
              Edit the file
            </Button>
          </>
        }
      />
    );
  }
  if (engine.status === 'stopped') {
    return (
      <div className="att plain">
        <HealthGlyph level="off" />
        <span className="grow">
          {name} is stopped.{hasFigures && instance.figures !== null ? ' Figures below are from before.' : null}
        </span>
      </div>
    );
  }
  return (
    <OnItsWay name={name} verb={engine.status === 'starting' ? 'Starting' : 'Stopping'} sinceMs={engine.startedAtMs} />
  );
}

function OnItsWay({ name, verb, sinceMs }: { name: string; verb: string; sinceMs: number | null }) {
  const nowMs = useNow();
  const passed = verb === 'Starting' && sinceMs !== null ? `, ${formatLongTime(nowMs - sinceMs)}` : '';
  return (
    <div className="att plain" role="status">
      <HealthGlyph level="lost" silent />
      <span className="grow">
        {verb} {name}
        {passed}
      </span>
    </div>
  );
}
