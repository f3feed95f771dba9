/**
 * A folder without a configuration file: what was found in it, and the file that would run it, before it is written.
 * Of several applications one is chosen; where there is none, it says what it looks for.
 */
import { useState } from 'react';
import type { Project, ProjectFile } from '../../electron/contract/project-model.ts';
import { presetText } from '../../engine/config/presets.ts';
import { LOOKED_FOR } from '../../engine/config/project-applications.ts';
import { isProjectFileName, presetOf, projectAnswers } from '../../engine/config/project-file.ts';
import type { Failure } from '../client.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Field } from '../ui/Field.tsx';
import { IniText } from '../ui/IniText.tsx';
import { FailureText } from './FailureText.tsx';
import { PresetQuestions } from './presets/PresetQuestions.tsx';

export interface ProjectDialogProps {
  project: Project;
  isRunning: boolean;
  failure: Failure | null;
  onWrite: (file: ProjectFile) => void;
  /** null: there is nothing to go back to. */
  onBack: (() => void) | null;
  onClose: () => void;
}

export default function ProjectDialog(props: ProjectDialogProps) {
  return props.project.applications.length === 0 ? <NothingFound {...props} /> : <NewFileDialog {...props} />;
}

function NothingFound({ project: { folder, remarks }, onBack, onClose }: ProjectDialogProps) {
  return (
    <Dialog
      title="No configuration file here"
      opened
      onClose={onClose}
      note="Nothing was written."
      actions={
        <Button variant="primary" data-autofocus onClick={onBack ?? onClose}>
          {onBack ? 'Choose another folder' : 'Close'}
        </Button>
      }
    >
      <div className="dlg-pad">
        <p>
          <span className="m">{folder}</span> has no INI file with a section [uwsgi], and no application that Reeve
          knows.
        </p>
        <Remarks remarks={remarks} />
        <div>
          <p className="q">It looks for, in the folder and one folder below:</p>
          <ul className="looked-for">
            {LOOKED_FOR.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </div>
        <p className="s2">Choose the folder that has one of them, or put a uwsgi.ini there yourself.</p>
      </div>
    </Dialog>
  );
}

function NewFileDialog({ project, isRunning, failure, onWrite, onBack, onClose }: ProjectDialogProps) {
  const [index, setIndex] = useState(0);
  const [name, setName] = useState(project.fileName);
  // What was typed, by question: another application keeps the port.
  const [typed, setTyped] = useState<Record<string, string>>({});
  const application = project.applications[index];
  const preset = application === undefined ? undefined : presetOf(application.preset);
  if (application === undefined || preset === undefined) return null;
  const answers = { ...projectAnswers(application, preset, project.folder, project.ports), ...typed };
  const isNameRight = isProjectFileName(name);
  return (
    <Dialog
      title={`${project.applications.length === 1 ? capital(application.title) : 'Several applications'}, no configuration file yet`}
      opened
      onClose={onClose}
      widthPx={1000}
      note={isRunning ? `Writing ${name} and starting the engine` : `Nothing is written before you say so.`}
      actions={
        <>
          {onBack ? <Button onClick={onBack}>Back</Button> : <Button onClick={onClose}>Cancel</Button>}
          <Button
            variant="primary"
            data-autofocus
            disabledReason={
              isRunning ? 'It is being written.' : isNameRight ? null : 'The file needs a name that ends in .ini.'
            }
            onClick={() => onWrite({ folder: project.folder, name, preset: preset.id, answers: asked(answers) })}
          >
            {`Write ${isNameRight ? name : 'the file'} and run it`}
          </Button>
        </>
      }
    >
      <div className="presets">
        <div className="preset-list">
          <div className="sec">Found in the folder</div>
          <div role="radiogroup" aria-label="Application">
            {project.applications.map(({ title, file }, row) => (
              <button
                key={`${title} ${file}`}
                type="button"
                role="radio"
                className="preset focus-inset"
                aria-checked={row === index}
                tabIndex={row === index ? 0 : -1}
                onClick={() => choose(row)}
                onKeyDown={(event) => {
                  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
                  const rows = event.currentTarget.parentElement?.children;
                  const next = rows?.[(row + step + rows.length) % rows.length];
                  if (step === 0 || !(next instanceof HTMLElement)) return;
                  event.preventDefault();
                  choose((row + step + project.applications.length) % project.applications.length);
                  next.focus();
                }}
              >
                <span className="md">{capital(title)}</span>
                <span className="m q ell">{file}</span>
              </button>
            ))}
          </div>
          <div className="dlg-pad">
            <Remarks remarks={project.remarks} />
          </div>
        </div>
        <div className="preset-form">
          <div className="preset-questions">
            <Field
              mono
              label="File"
              hint={`In ${project.folder}`}
              error={isNameRight ? null : 'A name such as app.ini, without a folder.'}
              value={name}
              onChange={(event) => setName(event.target.value.trim())}
            />
            <PresetQuestions
              questions={preset.questions}
              answers={answers}
              onAnswer={(id, answer) => setTyped((current) => ({ ...current, [id]: answer }))}
            />
          </div>
          {failure ? (
            <div className="dlg-pad">
              <FailureText failure={failure} />
            </div>
          ) : null}
          <div className="preset-preview ini-view" role="region" aria-label="The file that would be written">
            <IniText text={presetText(preset, answers)} />
          </div>
        </div>
      </div>
    </Dialog>
  );

  /** What another application answers is its own. */
  function choose(row: number): void {
    setIndex(row);
    setTyped(({ port, stats }) => ({
      ...(port === undefined ? {} : { port }),
      ...(stats === undefined ? {} : { stats }),
    }));
  }

  function asked(all: Readonly<Record<string, string>>): Record<string, string> {
    const ids = new Set(preset?.questions.map(({ id }) => id));
    return Object.fromEntries(Object.entries(all).filter(([id]) => ids.has(id)));
  }
}

function Remarks({ remarks }: { remarks: readonly string[] }) {
  return remarks.map((remark) => (
    <p key={remark} className="s2">
      {remark}
    </p>
  ));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
