/**
 * Attach to a uWSGI that runs already: those found on this machine, or any by its stats address. The first poll is made
 * before it joins the list; what answers wrongly is said here, with the next step.
 */
import { RefreshCw } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import type { Discovered } from '../../electron/contract/model.ts';
import { instanceRoute } from '../stores/router.ts';
import { useStores } from '../stores/use-stores.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Field } from '../ui/Field.tsx';
import { HealthGlyph } from '../ui/Glyph.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { FailureText } from './FailureText.tsx';
import { useCall } from './use-call.ts';

const FORM_ID = 'attach-form';

export function AttachDialog({ onClose }: { onClose: () => void }) {
  const { client, instances, router } = useStores();
  const [address, setAddress] = useState('');
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<Discovered | null>(null);
  const attach = useCall();

  function choose(found: Discovered) {
    attach.reset();
    if (found.instanceId !== null) {
      onClose();
      router.go(instanceRoute(found.instanceId));
      return;
    }
    setChosen(found);
    setAddress(found.statsAddress ?? '');
    setName(suggestName(found));
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    const statsAddress = address.trim();
    if (statsAddress === '') return;
    const configPath = chosen?.statsAddress === statsAddress ? chosen.configPath : null;
    attach.run(
      () =>
        client.call('instances.attach', {
          statsAddress,
          ...(name.trim() ? { name: name.trim() } : {}),
          ...(configPath ? { configPath } : {}),
        }),
      (instance) => {
        instances.adopt(instance);
        onClose();
        router.go(instanceRoute(instance.id));
      },
    );
  }

  return (
    <Dialog
      title="Attach to a server"
      opened
      onClose={onClose}
      note={
        attach.isRunning
          ? `Reading stats of ${address.trim()}`
          : 'It only reads the stats address. Nothing is installed or changed.'
      }
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            type="submit"
            form={FORM_ID}
            disabledReason={
              attach.isRunning ? 'It is being tried.' : address.trim() === '' ? 'Give a stats address first.' : null
            }
          >
            Attach
          </Button>
        </>
      }
    >
      <form className="dlg-pad" id={FORM_ID} onSubmit={submit}>
        <Field
          label="Stats address"
          mono
          data-autofocus
          placeholder="127.0.0.1:1717, /run/app.stats or http://…"
          hint="What the server's file says under stats."
          value={address}
          onChange={(event) => {
            setAddress(event.target.value);
            attach.reset();
          }}
        />
        <Field
          label="Name"
          placeholder="as the server's folder is called"
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        {attach.failure ? <FailureText failure={attach.failure} /> : null}
      </form>
      <DiscoveryList chosen={chosen} onChoose={choose} />
    </Dialog>
  );
}

function DiscoveryList({ chosen, onChoose }: { chosen: Discovered | null; onChoose: (found: Discovered) => void }) {
  const { client } = useStores();
  const [found, setFound] = useState<readonly Discovered[] | null>(null);
  const { run, failure, isRunning } = useCall();
  const search = () => run(() => client.call('instances.discover', {}), setFound);
  useEffect(() => run(() => client.call('instances.discover', {}), setFound), [run, client]);
  return (
    <section aria-label="Found on this machine">
      <div className="sec">
        Found on this machine {found ? <span className="m">{found.length}</span> : null}
        <span className="r">
          <IconButton
            label="Look again"
            size="sm"
            icon={<RefreshCw size={12} strokeWidth={1.75} aria-hidden />}
            onClick={search}
          />
        </span>
      </div>
      <div className="dlg-list">
        {failure ? (
          <div className="dlg-pad">
            <FailureText failure={failure} />
          </div>
        ) : null}
        {isRunning && found === null ? <p className="calm late">Looking at the running processes</p> : null}
        {found?.length === 0 ? (
          <p className="calm">
            No uWSGI runs here that you may look at. A server needs a line like stats = 127.0.0.1:9191.
          </p>
        ) : null}
        {(found ?? []).map((server) => (
          <FoundRow key={server.pid} server={server} isChosen={chosen?.pid === server.pid} onChoose={onChoose} />
        ))}
      </div>
    </section>
  );
}

function FoundRow({
  server,
  isChosen,
  onChoose,
}: {
  server: Discovered;
  isChosen: boolean;
  onChoose: (found: Discovered) => void;
}) {
  const { pid, command, configPath, user, statsAddress, instanceId, missing } = server;
  const isUsable = instanceId !== null || (missing === null && statsAddress !== null);
  return (
    <button
      type="button"
      className="pick"
      aria-pressed={isChosen}
      aria-selected={isChosen}
      aria-disabled={!isUsable}
      onClick={() => {
        if (isUsable) onChoose(server);
      }}
    >
      <HealthGlyph level={instanceId === null ? (isUsable ? 'ok' : 'lost') : 'off'} silent />
      <span className="m ell first-line" title={configPath ?? command}>
        {configPath ?? command}
      </span>
      <span className="q m ell address" title={statsAddress ?? undefined}>
        {instanceId === null ? (statsAddress ?? 'no stats') : 'attached, open it'}
      </span>
      <span className="second s2 ell" title={command}>
        pid <span className="m">{pid}</span>
        {user ? `, ${user}` : ''}
        {configPath === null ? '' : `, ${command}`}
      </span>
      {missing ? <span className="second warn">{missing}</span> : null}
    </button>
  );
}

/** The folder's name, or the configuration's. */
function suggestName({ cwd, configPath }: Discovered): string {
  const parts = (configPath ?? '').split(/[/\\]/);
  const file = parts.at(-1)?.replace(/\.\w+$/, '') ?? '';
  const folder = parts.at(-2) ?? cwd?.split(/[/\\]/).at(-1) ?? '';
  return file === '' || file === 'uwsgi' ? folder : file;
}
