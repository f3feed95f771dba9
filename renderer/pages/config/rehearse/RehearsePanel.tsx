/**
 * The rehearsal below the editor: its steps, the verdict in the words of the reload page, problems with their lines, what
 * became of each line, and the log of the engine that ran aside.
 */
import { Check, ChevronDown, Circle, CircleDot, Minus, TriangleAlert, X } from 'lucide-react';
import type { Rehearsal, RehearsalStep } from '../../../../electron/contract/rehearsal.ts';
import { formatCount } from '../../../format/quantity.ts';
import { shortTimeText } from '../../../format/time.ts';
import { useNow } from '../../../stores/use-stores.ts';
import { Button } from '../../../ui/Button.tsx';
import { HealthGlyph } from '../../../ui/Glyph.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import './rehearse.css';
import { doingWords, insteadWords, lineGroups, placeWords, STEP_TITLES } from './rehearse-words.ts';

export interface RehearsePanelProps {
  rehearsal: Rehearsal;
  onGoTo: (line: number) => void;
  onAgain: () => void;
  onCancel: () => void;
  onClose: () => void;
}

export function RehearsePanel({ rehearsal, onGoTo, onAgain, onCancel, onClose }: RehearsePanelProps) {
  const { steps, verdict } = rehearsal;
  return (
    <section className="rehearse" aria-label="Rehearsal on the bundled engine">
      <div className="rehearse-steps">
        <h2 className="md">Rehearsal</h2>
        <ol>
          {steps.map((step) => (
            <li key={step.id} className={step.status === 'waiting' ? 'q' : undefined} title={step.detail || undefined}>
              <StepSign status={step.status} />
              <span>{STEP_TITLES[step.id]}</span>
            </li>
          ))}
        </ol>
        <span className="grow" />
        {verdict ? (
          <Button size="sm" onClick={onAgain}>
            Rehearse again
          </Button>
        ) : (
          <Button size="sm" onClick={onCancel}>
            Cancel
          </Button>
        )}
        {verdict ? (
          <IconButton
            size="sm"
            label="Close the rehearsal"
            icon={<ChevronDown size={14} strokeWidth={1.75} aria-hidden />}
            onClick={onClose}
          />
        ) : null}
      </div>
      <Band rehearsal={rehearsal} />
      <div className="rehearse-body">
        <div className="rehearse-lines scroll">
          <Problems rehearsal={rehearsal} onGoTo={onGoTo} />
          <Lines rehearsal={rehearsal} onGoTo={onGoTo} />
        </div>
        <section className="rehearse-log scroll" aria-label="Log of the rehearsal">
          {rehearsal.log.length === 0 && rehearsal.verdict !== null ? (
            <p className="calm">Nothing was started, so there is no log.</p>
          ) : (
            <pre className="m t11">{rehearsal.log.join('\n')}</pre>
          )}
        </section>
      </div>
    </section>
  );
}

const TONES = { done: 'ok', 'done-with': 'ok', failed: 'crit', cancelled: 'plain' } as const;

function Band({ rehearsal }: { rehearsal: Rehearsal }) {
  const nowMs = useNow();
  const { verdict, startedAtMs, endedAtMs, workers, appLoadMs, answer } = rehearsal;
  const tookMs = Math.max(0, (endedAtMs ?? nowMs) - startedAtMs);
  return (
    <div className={`rehearse-band ${verdict ? TONES[verdict.status] : 'plain'}`} role="status">
      <span className="rehearse-sign">
        {verdict?.status.startsWith('done') ? (
          <Check className="okc" size={16} strokeWidth={2.5} aria-hidden />
        ) : verdict?.status === 'failed' ? (
          <HealthGlyph level="crit" size={14} silent />
        ) : (
          <CircleDot className="acc" size={14} strokeWidth={2} aria-hidden />
        )}
      </span>
      <div className="grow">
        <h3 className="title">{verdict?.title ?? doingWords(rehearsal)}</h3>
        <p className={verdict?.detail.includes('\n') ? 'm s2 rehearse-trace' : 's2'}>
          {verdict?.detail ?? 'The running server keeps its sockets, FIFO, pidfile and log; nothing of it is touched.'}
        </p>
      </div>
      <dl className="rehearse-figures">
        <Figure name="took" value={shortTimeText(tookMs)} />
        <Figure name="app loaded" value={appLoadMs === null ? '–' : shortTimeText(appLoadMs)} />
        <Figure name="workers" value={formatCount(workers)} />
        <Figure name="GET /" value={answer === null ? '–' : `${answer.status}`} isBad={(answer?.status ?? 0) >= 500} />
      </dl>
    </div>
  );
}

function Figure({ name, value, isBad = false }: { name: string; value: string; isBad?: boolean }) {
  return (
    <div>
      <dt className="q t11">{name}</dt>
      <dd className={isBad ? 'm crit' : 'm'}>{value}</dd>
    </div>
  );
}

type ListProps = Pick<RehearsePanelProps, 'rehearsal' | 'onGoTo'>;

function Problems({ rehearsal: { problems, path, steps }, onGoTo }: ListProps) {
  const troubled = steps.filter(({ status, detail }) => status === 'warning' && detail !== '');
  if (problems.length === 0 && troubled.length === 0) return null;
  return (
    <ul className="rehearse-problems" aria-label="Problems">
      {problems.map((problem) => (
        <li key={`${problem.file} ${problem.line} ${problem.message}`}>
          <HealthGlyph level={problem.severity === 'error' ? 'crit' : 'warn'} />
          <span className="grow">{problem.message}</span>
          <Place path={path} place={problem} onGoTo={onGoTo} />
        </li>
      ))}
      {troubled.map(({ id, detail }) => (
        <li key={id}>
          <HealthGlyph level="warn" />
          <span className="grow">{detail}</span>
        </li>
      ))}
    </ul>
  );
}

function Lines({ rehearsal: { lines, path }, onGoTo }: ListProps) {
  return lineGroups(lines).map((group) => (
    <table key={group.title} className="rehearse-table">
      <caption>
        {group.title} <span className="m q">{group.lines.length}</span>
      </caption>
      <tbody>
        {group.lines.map((line) => (
          <tr key={`${line.file} ${line.line} ${line.option} ${line.value}`}>
            <td className="m">
              <span className="s2">{line.option}</span> {line.value}
            </td>
            <td className="q">
              {line.instead === null ? null : (
                <span className="m s2" title={line.instead}>
                  → {insteadWords(line.instead)}{' '}
                </span>
              )}
              {line.why}
            </td>
            <td className="place">
              <Place path={path} place={line} onGoTo={onGoTo} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  ));
}

function Place({
  path,
  place,
  onGoTo,
}: {
  path: string;
  place: { file: string; line: number };
  onGoTo: (line: number) => void;
}) {
  const words = placeWords(path, place);
  if (place.file !== path || place.line === 0) return <span className="m q">{words}</span>;
  return (
    <button type="button" className="btn-link m" aria-label={`Go to line ${words}`} onClick={() => onGoTo(place.line)}>
      {words}
    </button>
  );
}

function StepSign({ status }: { status: RehearsalStep['status'] }) {
  const common = { size: 12, strokeWidth: 2.25, 'aria-hidden': true } as const;
  switch (status) {
    case 'done':
      return <Check className="okc" {...common} />;
    case 'warning':
      return <TriangleAlert className="warn" {...common} />;
    case 'failed':
      return <X className="crit" {...common} />;
    case 'running':
      return <CircleDot className="acc" {...common} />;
    case 'skipped':
      return <Minus className="q" {...common} />;
    case 'waiting':
      return <Circle className="q" {...common} strokeWidth={1.5} />;
  }
}
