/** The file that the instance runs, to read only; its editor is one click away. Mounted anew after a restart: the text may be another. */
import { useEffect, useState } from 'react';
import type { ConfigFile, Instance } from '../../../electron/contract/model.ts';
import { type Failure, failureOf } from '../../client.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useStores } from '../../stores/use-stores.ts';
import { PanelHead } from '../../ui/Panel.tsx';

type Reading = { status: 'reading' } | { status: 'read'; file: ConfigFile } | { status: 'failed'; failure: Failure };

export function FilePreview({ instance }: { instance: Instance }) {
  const { client, router } = useStores();
  const [reading, setReading] = useState<Reading>({ status: 'reading' });
  const { id } = instance;

  useEffect(() => {
    let isGone = false;
    async function read() {
      const reading = await client.call('config.read', { instanceId: id }).then(
        (file): Reading => ({ status: 'read', file }),
        (error: unknown): Reading => ({ status: 'failed', failure: failureOf(error) }),
      );
      if (!isGone) setReading(reading);
    }
    void read();
    return () => {
      isGone = true;
    };
  }, [client, id]);

  return (
    <section aria-label="The file it runs">
      <PanelHead title="The file it runs" fact={<span className="m">{shortPath(instance.configPath)}</span>}>
        <button type="button" className="btn-link" onClick={() => router.go(instanceRoute(id, 'config'))}>
          Edit
        </button>
      </PanelHead>
      <div className="ini-view">
        {reading.status === 'read' ? reading.file.text.trimEnd().split('\n').map(line) : null}
        {reading.status === 'failed' ? <span className="crit">{reading.failure.message}</span> : null}
      </div>
    </section>
  );
}

/** Colours of one line; the editor has the exact rules, here the plain shape of INI is enough. */
function line(text: string, index: number) {
  const key = `${index}:${text}`;
  const trimmed = text.trim();
  if (trimmed === '') return <div key={key}>&nbsp;</div>;
  if (trimmed.startsWith('#') || trimmed.startsWith(';')) {
    return (
      <div key={key} style={{ color: 'var(--ed-comment)' }}>
        {trimmed}
      </div>
    );
  }
  if (trimmed.startsWith('[')) {
    return (
      <div key={key} style={{ color: 'var(--ed-section)' }}>
        {trimmed}
      </div>
    );
  }
  const equals = trimmed.indexOf('=');
  const value = equals === -1 ? '' : trimmed.slice(equals + 1).trim();
  return (
    <div key={key}>
      {equals === -1 ? trimmed : trimmed.slice(0, equals).trim()}
      {equals === -1 ? null : <span className="q"> = </span>}
      <span style={{ color: /^\d+$/.test(value) ? 'var(--ed-number)' : 'var(--ed-value)' }}>{value}</span>
    </div>
  );
}

/** The last two parts: `hello/uwsgi.ini`. */
function shortPath(path: string | null): string {
  return path === null ? '' : path.split(/[/\\]/).slice(-2).join('/');
}
