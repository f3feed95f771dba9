/** Servers that run on a machine: what each is, where its statistics are, and the line that one of them lacks. */
import { RefreshCw } from 'lucide-react';
import type { Discovered } from '../../../electron/contract/model.ts';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { FailureText } from '../FailureText.tsx';
import { quotedLine, withoutMachine } from './attach-words.ts';
import type { AttachEdit } from './use-attach.ts';

export interface FoundServersProps {
  edit: AttachEdit;
  /** Enter on a box attaches what is chosen. */
  formId: string;
  /** As in `Found on web-03.ams`. */
  where: string;
  onOpen: (instanceId: string) => void;
}

export function FoundServers({ edit, formId, where, onOpen }: FoundServersProps) {
  const { found, search, lookAgain, chosen, toggle } = edit;
  return (
    <section aria-label={`Found on ${where}`} className="found">
      <div className="sec">
        Found on {where} {found ? <span className="m">{found.length}</span> : null}
        <span className="r">
          <IconButton
            label="Look again"
            size="sm"
            icon={<RefreshCw size={12} strokeWidth={1.75} aria-hidden />}
            onClick={lookAgain}
          />
        </span>
      </div>
      {search.failure ? (
        <div className="fail">
          <FailureText failure={search.failure} />
        </div>
      ) : null}
      {search.isRunning && found === null ? <p className="calm late">Looking at the running processes</p> : null}
      {found?.length === 0 ? (
        <p className="calm">
          No uWSGI runs {where === 'this machine' ? 'here' : `on ${where}`} that you may look at. A server needs a line
          like stats = 127.0.0.1:9191.
        </p>
      ) : null}
      {(found ?? []).map((server) => (
        <FoundRow
          key={server.pid}
          server={server}
          formId={formId}
          isChosen={chosen.has(server.pid)}
          onToggle={() => toggle(server)}
          onOpen={onOpen}
        />
      ))}
    </section>
  );
}

interface RowProps {
  server: Discovered;
  formId: string;
  isChosen: boolean;
  onToggle: () => void;
  onOpen: (instanceId: string) => void;
}

function FoundRow({ server, formId, isChosen, onToggle, onOpen }: RowProps) {
  const { pid, role, unit, command, configPath, user, statsAddress, instanceId, missing } = server;
  const isUsable = instanceId === null && statsAddress !== null && missing === null;
  const title = configPath ?? command;
  const line = missing === null ? null : quotedLine(missing);
  return (
    <div className={`server${role === 'vassal' ? ' vassal' : ''}${isChosen ? ' on' : ''}`}>
      {isUsable ? (
        <input
          type="checkbox"
          form={formId}
          className="cb"
          aria-label={`Attach to ${title}`}
          checked={isChosen}
          onChange={onToggle}
        />
      ) : (
        <HealthGlyph level={instanceId === null ? 'lost' : 'ok'} silent />
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the box beside it is for the keyboard. */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the box beside it is for the keyboard. */}
      <div className="what" onClick={isUsable ? onToggle : undefined}>
        <div className="row g4">
          <span className="m ell s1" title={title}>
            {title}
          </span>
          {role === 'server' ? null : <span className="tag">{role}</span>}
          <span className="grow" />
          {instanceId === null ? (
            <span className="q m ell address" title={statsAddress ?? undefined}>
              {statsAddress === null ? 'no stats' : withoutMachine(statsAddress)}
            </span>
          ) : (
            <button type="button" className="btn-link" onClick={() => onOpen(instanceId)}>
              attached, open it
            </button>
          )}
        </div>
        <div className="q ell line" title={command}>
          pid <span className="m">{pid}</span>
          {user ? `, ${user}` : ''}
          {unit ? `, ${unit}` : ''}
          {configPath === null ? '' : `, ${command}`}
        </div>
        {missing === null ? null : (
          <div className="warn missing">
            <Sentence text={missing} />
            {line === null ? null : (
              <CopyButton variant="quiet" size="sm" text={() => line}>
                Copy the line
              </CopyButton>
            )}
          </div>
        )}
      </div>
    </div>
  );
}

/** A sentence whose quoted lines stand in the face of code. */
function Sentence({ text }: { text: string }) {
  return (
    <span>
      {text.split('`').map((part, index) =>
        index % 2 === 1 ? (
          <code className="m s1" key={part}>
            {part}
          </code>
        ) : (
          part
        ),
      )}
    </span>
  );
}
