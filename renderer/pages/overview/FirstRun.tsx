/**
 * The first window: a sample server that runs, what it does, the file it runs, its log; beside it four next steps.
 * It goes away with "Close this list" and comes back with nothing: the sample is then an instance like any other.
 */
import { FolderOpen, Pencil, Plug, Zap } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Instance } from '../../../electron/contract/model.ts';
import { useChartFrame } from '../../charts/use-chart-frame.ts';
import { runCommand } from '../../commands/commands.ts';
import { runAction } from '../../commands/run-action.ts';
import { NARROW, useMedia } from '../../shell/use-media.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useHostInfo, useSettings, useStores, useWatch } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { ChartGrid } from './ChartGrid.tsx';
import { FilePreview } from './FilePreview.tsx';
import { LogPreview } from './LogPreview.tsx';
import { REQUESTS, RESPONSE_TIME } from './panels.ts';
import { Tiles } from './Tiles.tsx';
import { useEventsIn, useIsStale, useOpeners } from './use-overview.ts';
import { WorkerStrip } from './WorkerStrip.tsx';

const WINDOW_MS = 2 * 60_000;
const PANELS = [REQUESTS, RESPONSE_TIME];
const SLOW_SECONDS = 60;
const ICON = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function FirstRun({ instance }: { instance: Instance }) {
  const frame = useChartFrame(WINDOW_MS);
  const { ring } = useStores().watch;
  const events = useEventsIn(frame);
  const workers = useWatch((state) => state.workers);
  const { openEvent, openWorker } = useOpeners(instance.id);
  const isStale = useIsStale(instance, frame);
  const isNarrow = useMedia(NARROW);
  return (
    <div className="overview">
      <div className="body">
        <div className={isStale ? 'stale' : undefined}>
          <Tiles instance={instance} ring={ring} frame={frame} most={5} isStale={isStale} />
          {isStale ? null : <WorkerStrip workers={workers} harakiriMs={instance.harakiriMs} onOpen={openWorker} />}
          <ChartGrid
            instance={instance}
            panels={PANELS}
            columns={2}
            panelHeightPx={isNarrow ? 168 : 222}
            frame={frame}
            events={events}
            onOpenEvent={openEvent}
          />
        </div>
        <FilePreview key={instance.engine?.startedAtMs} instance={instance} />
        <LogPreview instance={instance} />
      </div>
      <NextSteps instance={instance} />
    </div>
  );
}

function NextSteps({ instance }: { instance: Instance }) {
  const stores = useStores();
  const { settings, client, router } = stores;
  const isLoadOn = useSettings((state) => state.sampleLoad);
  const hosts = useHostInfo()?.sshHosts ?? 0;
  const [slowUrl, setSlowUrl] = useState<string | null>(null);
  const isRunning = instance.engine?.status === 'running';

  async function sendSlow() {
    const { url } = await client.call('sample.slow', { seconds: SLOW_SECONDS });
    setSlowUrl(url);
    router.go(instanceRoute(instance.id, 'requests'));
  }

  return (
    <aside className="insp first-run" aria-label="Next steps">
      <div className="h">
        <h2 className="title">{isRunning ? 'A server is running' : 'The sample server'}</h2>
        <p className="s2">
          Reeve started a sample app so that there is something to look at. It listens on this machine only.
        </p>
      </div>
      <ol>
        <Step
          number={1}
          title="Run your own project"
          text={
            <>
              Open a folder with a <span className="m">uwsgi.ini</span>, or with an application alone: Reeve offers a
              file for it, and shows what that would start before it starts it.
            </>
          }
        >
          <Button variant="primary" icon={<FolderOpen {...ICON} />} onClick={() => runCommand(stores, 'app.open')}>
            Open a folder…
          </Button>
        </Step>
        <Step
          number={2}
          title="Attach to a server"
          text={
            hosts > 0
              ? `Any uWSGI, on this machine or behind SSH. ${hosts === 1 ? 'One host' : `${hosts} hosts`} found in ~/.ssh/config.`
              : 'Any uWSGI, on this machine or behind SSH. Reeve finds those that run.'
          }
        >
          <Button icon={<Plug {...ICON} />} onClick={() => runCommand(stores, 'app.attach')}>
            Attach…
          </Button>
        </Step>
        <Step
          number={3}
          title="See a reload with proof"
          text={
            <>
              Change <span className="m">processes</span> to 6, save, reload, and watch each worker become new.
            </>
          }
        >
          <Button icon={<Pencil {...ICON} />} onClick={() => router.go(instanceRoute(instance.id, 'config'))}>
            Edit uwsgi.ini
          </Button>
        </Step>
        <Step
          number={4}
          title="See a stuck request"
          text={
            <>
              Sends <span className="m">GET /slow?s={SLOW_SECONDS}</span>: the deadline view, the worker's stack, and
              504 instead of a hang-up.
            </>
          }
        >
          <Button
            icon={<Zap {...ICON} />}
            disabledReason={isRunning ? null : 'The sample does not run; start it first.'}
            onClick={() => runAction(sendSlow())}
          >
            Send it
          </Button>
          {slowUrl ? <p className="q">Sent to {slowUrl}</p> : null}
        </Step>
      </ol>
      <div style={{ padding: '8px 16px' }}>
        <Switch
          checked={isLoadOn}
          onChange={(on) => runAction(settings.setSampleLoad(on))}
          label={
            <>
              Sample load, <span className="m">4</span> req/s
            </>
          }
        />
      </div>
      <span className="grow" />
      <div className="row g4 hr" style={{ padding: '10px 16px' }}>
        <span className="q">Every action:</span>
        <Kbd keys="Mod+K" />
        <span className="grow" />
        <button type="button" className="btn-link" onClick={() => runAction(settings.change({ firstRunClosed: true }))}>
          Close this list
        </button>
      </div>
    </aside>
  );
}

function Step({
  number,
  title,
  text,
  children,
}: {
  number: number;
  title: string;
  text: ReactNode;
  children: ReactNode;
}) {
  return (
    <li className={number === 1 ? 'step first' : 'step'}>
      <span className="m q">{number}</span>
      <div className="grow">
        <h3 className="md t13">{title}</h3>
        <p className="s2">{text}</p>
        {children}
      </div>
    </li>
  );
}
