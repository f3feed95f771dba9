/** Folders and configuration files of the machine Reeve runs on, for hosts without a dialog of the system. */
import { ArrowUp, FileCog, Folder } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Result } from '../../electron/contract/api.ts';
import { useStores } from '../stores/use-stores.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { FailureText } from './FailureText.tsx';
import { useCall } from './use-call.ts';

type Listing = Result<'files.list'>;

export interface FolderBrowserProps {
  /** What the address field says now: the folder that is shown, or a path that is being typed. */
  onFolder: (path: string) => void;
  onFile: (path: string) => void;
}

const ICON = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function FolderBrowser({ onFolder, onFile }: FolderBrowserProps) {
  const { client } = useStores();
  const { run, failure } = useCall();
  const [listing, setListing] = useState<Listing | null>(null);
  const [typed, setTyped] = useState('');
  const [wanted, setWanted] = useState('');
  /** As `typed`, for answers that come later. */
  const latest = useRef('');

  useEffect(() => {
    const before = latest.current;
    run(
      () => client.call('files.list', { path: wanted }),
      (found) => {
        setListing(found);
        // What was typed while the answer was on its way stays.
        if (latest.current !== before) return;
        latest.current = found.path;
        setTyped(found.path);
        onFolder(found.path);
      },
    );
  }, [run, client, wanted, onFolder]);

  function submit(event: FormEvent) {
    event.preventDefault();
    setWanted(typed.trim());
  }

  const parent = listing?.parent ?? null;
  return (
    <>
      <form className="path-bar" onSubmit={submit}>
        <IconButton
          variant="plain"
          label="One folder up"
          icon={<ArrowUp {...ICON} />}
          disabledReason={parent === null ? 'This is the topmost folder.' : null}
          onClick={() => {
            if (parent !== null) setWanted(parent);
          }}
        />
        <span className="inp grow">
          <input
            data-autofocus
            className="m"
            aria-label="Folder"
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => {
              latest.current = event.target.value;
              setTyped(event.target.value);
              onFolder(event.target.value.trim());
            }}
          />
        </span>
      </form>
      {failure ? (
        <div className="dlg-pad">
          <FailureText failure={failure} />
        </div>
      ) : null}
      <div className="dlg-list" role="list" aria-label="Folders and configuration files">
        {(listing?.entries ?? []).map(({ name, path, kind }) => (
          <div role="listitem" key={path}>
            <button type="button" className="pick" onClick={() => (kind === 'folder' ? setWanted(path) : onFile(path))}>
              {kind === 'folder' ? <Folder {...ICON} className="q" /> : <FileCog {...ICON} className="acc" />}
              <span className={kind === 'config' ? 'm ell s1' : 'ell'}>{name}</span>
              <span className="q">{kind === 'config' ? 'run this file' : ''}</span>
            </button>
          </div>
        ))}
        {listing?.entries.length === 0 ? <p className="calm">No folders and no configuration files here.</p> : null}
      </div>
    </>
  );
}
