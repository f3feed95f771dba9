/** The file that the instance runs, to read only; its editor is one click away. Mounted anew after a restart: the text may be another. */
import { useEffect, useState } from 'react';
import type { ConfigFile, Instance } from '../../../electron/contract/model.ts';
import { type Failure, failureOf } from '../../client.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useStores } from '../../stores/use-stores.ts';
import { IniText } from '../../ui/IniText.tsx';
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
        {reading.status === 'read' ? <IniText text={reading.file.text} /> : null}
        {reading.status === 'failed' ? <span className="crit">{reading.failure.message}</span> : null}
      </div>
    </section>
  );
}

/** The last two parts: `hello/uwsgi.ini`. */
function shortPath(path: string | null): string {
  return path === null ? '' : path.split(/[/\\]/).slice(-2).join('/');
}
