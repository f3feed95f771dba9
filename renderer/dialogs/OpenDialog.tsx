/**
 * Open a folder or a configuration file and run it on the bundled engine. First the place is chosen (the system's dialog
 * where the host has one, else a list of folders), then what would run is shown; lines that run commands are asked about.
 * A folder without a file is looked at for applications (ProjectDialog).
 */
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import type { Inspection } from '../../electron/contract/model.ts';
import type { Project, ProjectFile } from '../../electron/contract/project-model.ts';
import { failureOf } from '../client.ts';
import { instanceRoute } from '../stores/router.ts';
import { useHostInfo, useStores } from '../stores/use-stores.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { FailureText } from './FailureText.tsx';
import { FolderBrowser } from './FolderBrowser.tsx';
import { InspectionView } from './InspectionView.tsx';
import { useCall } from './use-call.ts';

const ProjectDialog = lazy(() => import('./ProjectDialog.tsx'));

export function OpenDialog({ path, onClose }: { path: string | null; onClose: () => void }) {
  const { client, instances, router } = useStores();
  const pickFile = useHostInfo()?.capabilities.pickFile ?? 'browse';
  const [inspection, setInspection] = useState<Inspection | null>(null);
  const [project, setProject] = useState<Project | null>(null);
  const [folder, setFolder] = useState('');
  const inspect = useCall();
  const run = useCall();

  const { run: runInspect } = inspect;
  const look = useCallback(
    (path: string) =>
      runInspect(
        async () => {
          try {
            return { inspection: await client.call('engine.inspect', { path }), project: null };
          } catch (error) {
            if (failureOf(error).code !== 'config-not-found') throw error;
            return { inspection: null, project: await client.call('project.look', { path }) };
          }
        },
        (found) => {
          setInspection(found.inspection);
          setProject(found.project);
        },
      ),
    [runInspect, client],
  );
  const pick = useCallback(
    (kind: 'folder' | 'file') =>
      runInspect(
        () => client.call('files.pick', { kind }),
        ({ path }) => {
          if (path !== null) look(path);
        },
      ),
    [runInspect, client, look],
  );
  // The system's dialog comes by itself; ours stands behind it for a second choice.
  useEffect(() => {
    if (path !== null) look(path);
    else if (pickFile === 'native') pick('folder');
  }, [path, pickFile, look, pick]);

  function start(found: Inspection) {
    run.run(
      () =>
        client.call('engine.run', {
          path: found.path,
          ...(found.commands.length > 0 ? { trustDigest: found.digest } : {}),
        }),
      (instance) => {
        instances.adopt(instance);
        onClose();
        router.go(instanceRoute(instance.id));
      },
    );
  }

  function back() {
    setInspection(null);
    setProject(null);
  }

  /** Its text was seen and agreed to; it is run at once unless there is more to tell about it. */
  function write(file: ProjectFile) {
    run.run(
      async () => {
        const { path } = await client.call('project.write', file);
        return client.call('engine.inspect', { path });
      },
      (written) => {
        setInspection(written);
        if (written.commands.length === 0 && !hasErrors(written)) start(written);
      },
    );
  }

  if (project !== null && (inspection === null || run.isRunning)) {
    return (
      <Suspense fallback={null}>
        <ProjectDialog
          project={project}
          isRunning={run.isRunning}
          failure={run.failure}
          onWrite={write}
          onBack={path === null ? back : null}
          onClose={onClose}
        />
      </Suspense>
    );
  }

  if (inspection) {
    const hasError = hasErrors(inspection);
    const asks = inspection.commands.length > 0 && !inspection.trusted && !hasError;
    return (
      <Dialog
        title={asks ? 'This file runs commands' : 'Run on the bundled engine'}
        opened
        onClose={onClose}
        note={
          run.isRunning
            ? 'Starting the engine'
            : hasError
              ? 'The engine would refuse this file.'
              : 'The file is not changed.'
        }
        actions={
          <>
            {path === null ? <Button onClick={back}>Back</Button> : <Button onClick={onClose}>Cancel</Button>}
            <Button
              variant="primary"
              disabledReason={
                run.isRunning
                  ? 'It is being started.'
                  : hasError
                    ? 'The file has errors; the engine would refuse it.'
                    : null
              }
              onClick={() => start(inspection)}
            >
              {asks ? 'Trust this file and run it' : 'Run it'}
            </Button>
          </>
        }
      >
        <InspectionView inspection={inspection} onChoose={look} />
        {run.failure || inspect.failure ? (
          <div className="dlg-pad">
            {run.failure ? <FailureText failure={run.failure} /> : null}
            {inspect.failure ? <FailureText failure={inspect.failure} /> : null}
          </div>
        ) : null}
      </Dialog>
    );
  }

  return (
    <Dialog
      title="Open a folder"
      opened
      onClose={onClose}
      note={inspect.isRunning ? 'Reading' : 'Reeve shows what the file would start before it starts it.'}
      actions={
        pickFile === 'native' ? (
          <>
            <Button onClick={() => pick('file')}>Choose a file…</Button>
            <Button variant="primary" data-autofocus onClick={() => pick('folder')}>
              Choose a folder…
            </Button>
          </>
        ) : (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button
              variant="primary"
              disabledReason={folder === '' ? 'The folder is being read.' : null}
              onClick={() => look(folder)}
            >
              Open this folder
            </Button>
          </>
        )
      }
    >
      {pickFile === 'native' ? (
        <p className="calm">Choose a folder with a uwsgi.ini or with an application, or a configuration file.</p>
      ) : (
        <FolderBrowser onFolder={setFolder} onFile={look} />
      )}
      {inspect.failure ? (
        <div className="dlg-pad">
          <FailureText failure={inspect.failure} />
        </div>
      ) : null}
    </Dialog>
  );
}

function hasErrors({ diagnostics }: Inspection): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}
