/** What running a file would do: which file, what it listens on, and every line that runs a command. */
import { Terminal } from 'lucide-react';
import type { Inspection } from '../../electron/contract/model.ts';
import { HealthGlyph } from '../ui/Glyph.tsx';

export function InspectionView({ inspection, onChoose }: { inspection: Inspection; onChoose: (path: string) => void }) {
  const { path, candidates, commands, listeners, app, statsAddress, diagnostics, trusted } = inspection;
  const others = candidates.filter((candidate) => candidate !== path);
  const problems = diagnostics.filter(({ severity }) => severity !== 'info');
  return (
    <div className="dlg-pad">
      <dl className="kv" style={{ padding: 0 }}>
        <dt>File</dt>
        <dd className="m" title={path}>
          {path}
        </dd>
        <dt>Application</dt>
        <dd className="m">{app ?? 'none'}</dd>
        <dt>Listens on</dt>
        <dd className="m">
          {listeners.length > 0 ? listeners.map((listener) => <Line key={listener} text={listener} />) : 'nothing'}
        </dd>
        <dt>Stats</dt>
        <dd className="m">{statsAddress ?? 'added by Reeve, the file is not changed'}</dd>
      </dl>
      {others.length > 0 ? (
        <div>
          <span className="q">Other files in this folder: </span>
          {others.map((other) => (
            <button
              key={other}
              type="button"
              className="btn-link m"
              style={{ marginRight: 12 }}
              onClick={() => onChoose(other)}
            >
              {other.split(/[/\\]/).at(-1)}
            </button>
          ))}
        </div>
      ) : null}
      {problems.length > 0 ? (
        <ul className="col g3" aria-label="Problems">
          {problems.map(({ severity, line, message, code }) => (
            <li className="row g4" key={`${line}:${code}:${message}`} style={{ alignItems: 'flex-start' }}>
              <span style={{ paddingTop: 3 }}>
                <HealthGlyph level={severity === 'error' ? 'crit' : 'warn'} />
              </span>
              <span>
                {line > 0 ? <span className="m q">line {line} </span> : null}
                {message}
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      {commands.length > 0 ? (
        <section className="run-lines" aria-label="Lines that run commands">
          <div className="h">
            <Terminal size={14} strokeWidth={1.75} aria-hidden />
            <span className="md">
              {commands.length === 1 ? 'One line runs a command' : `${commands.length} lines run commands`} as you, on
              this machine
            </span>
            <span className="grow" />
            {trusted ? <span className="okc">you trusted this version</span> : null}
          </div>
          {commands.map(({ file, line, option, value, why }) => (
            <div className="run-line" key={`${file}:${line}:${option}`}>
              <span className="m q" title={file}>
                {line}
              </span>
              <code>
                {option} = {value}
              </code>
              <span />
              <span className="s2">
                {why}
                {file === path ? '' : `, in ${file}`}
              </span>
            </div>
          ))}
        </section>
      ) : (
        <p className="s2">No line of it runs a command outside of the application.</p>
      )}
    </div>
  );
}

/** A line of its own, cut at its end where it is too long; the whole of it shows under the pointer. */
function Line({ text }: { text: string }) {
  return (
    <div title={text} style={{ overflow: 'hidden', textOverflow: 'ellipsis' }}>
      {text}
    </div>
  );
}
