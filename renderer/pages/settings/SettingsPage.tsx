/** Settings: theme, sample, the list of the first start, and what this is. Every change is kept at once. */
import { useStore } from 'zustand';
import { runCommand } from '../../commands/commands.ts';
import { runAction } from '../../commands/run-action.ts';
import { useHostInfo, useInstances, useSettings, useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorBand } from '../../ui/ErrorBand.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { AuditSetting } from './AuditSetting.tsx';
import { HostsSetting } from './HostsSetting.tsx';
import { ReadOnlyTags } from './ReadOnlyTags.tsx';
import { Setting } from './Setting.tsx';
import { TrustedKeysSetting } from './TrustedKeysSetting.tsx';
import './settings.css';

export function SettingsPage() {
  const stores = useStores();
  const { settings } = stores;
  const failure = useStore(settings, (state) => state.failure);
  const values = useSettings((state) => state);
  const hasSample = useInstances((state) => Object.values(state.byId).some((instance) => instance.sample));
  return (
    <>
      <div className="tool">
        <h1 className="title">Settings</h1>
      </div>
      {failure ? <ErrorBand title={failure.message} text={failure.hint} /> : null}
      <div className="scroll settings">
        <Setting title="Theme" text="System follows your desktop and changes with it.">
          <Segmented
            label="Theme"
            options={[
              { id: 'dark', label: 'Dark' },
              { id: 'light', label: 'Light' },
              { id: 'system', label: 'System' },
            ]}
            value={values.theme}
            onChange={(theme) => runAction(settings.change({ theme }))}
          />
        </Setting>
        <Setting
          title="Sample"
          text={
            hasSample ? 'A gentle load keeps the charts of the sample moving.' : 'There is no sample in the list now.'
          }
        >
          {hasSample ? (
            <Switch
              checked={values.sampleLoad}
              onChange={(on) => runAction(settings.setSampleLoad(on))}
              label="Sample load, 4 req/s"
            />
          ) : (
            <Button onClick={() => runCommand(stores, 'app.sample')}>Start the sample</Button>
          )}
        </Setting>
        <Setting title="Next steps" text="The list beside the sample that was shown at the first start.">
          <Switch
            checked={!values.firstRunClosed}
            onChange={(shown) => runAction(settings.change({ firstRunClosed: !shown }))}
            label="Show the list"
          />
        </Setting>
        <Setting title="Rail" text="In windows narrower than 1100 px it is always folded.">
          <Switch
            checked={values.railFolded}
            onChange={(railFolded) => runAction(settings.change({ railFolded }))}
            label="Fold the rail to icons"
          />
        </Setting>
        <HostsSetting />
        <TrustedKeysSetting />
        <ReadOnlyTags />
        <AuditSetting />
        <About />
      </div>
    </>
  );
}

const SECRETS = {
  keychain: 'kept in the keychain of the system',
  none: 'kept until Reeve ends, never on disk',
} as const;

function About() {
  const info = useHostInfo();
  const stores = useStores();
  if (!info) return null;
  return (
    <section className="setting" aria-label="About">
      <div>
        <h2 className="md t13">About</h2>
        <p className="s2">A console for uWSGI with a server engine in the box.</p>
      </div>
      <dl className="kv" style={{ padding: 0 }}>
        <dt>Version</dt>
        <dd className="m">{info.version}</dd>
        <dt>Runs on</dt>
        <dd className="m">
          {info.hostname}, {info.platform}
        </dd>
        <dt>Secrets</dt>
        <dd>{SECRETS[info.capabilities.secrets]}</dd>
        <dt>Keys</dt>
        <dd>
          <button type="button" className="btn-link" onClick={() => runCommand(stores, 'app.shortcuts')}>
            Show all keys
          </button>
        </dd>
      </dl>
    </section>
  );
}
