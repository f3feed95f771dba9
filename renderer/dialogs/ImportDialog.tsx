/**
 * Many instances at once: from the hosts of the SSH configuration, a CSV file or an Ansible inventory. Shows what would
 * be added, what is there already and what is not understood, by line; hosts are looked at for servers when asked to.
 */
import { type ChangeEvent, useEffect, useRef, useState } from 'react';
import type { FleetPreview, ImportFormat } from '../../electron/contract/fleet-model.ts';
import { LARGEST_IMPORT } from '../../electron/contract/fleet-model.ts';
import { failureOf } from '../client.ts';
import { questionOf } from '../stores/hosts.ts';
import { useHosts, useStores } from '../stores/use-stores.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { HealthGlyph } from '../ui/Glyph.tsx';
import { Segmented } from '../ui/Segmented.tsx';
import { TickBox } from '../ui/TickBox.tsx';
import { showToast } from '../ui/toast.tsx';
import './attach/attach.css';
import { QuestionCard } from './attach/QuestionCard.tsx';
import { useQuestion } from './attach/use-question.ts';
import { FailureText } from './FailureText.tsx';
import { countWords, formatOf, type ImportLine, linesOfHosts, linesOfPreview, withFound } from './import-model.ts';
import { lookForServers } from './look-for-servers.ts';
import { useCall } from './use-call.ts';

type Source = 'ssh' | 'list';
/** Hosts that are looked at together. */
const AT_A_TIME = 4;
const TYPING_MS = 250;
const ASK_ID = 'import-question';

export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { client, hosts: hostStore } = useStores();
  const [source, setSource] = useState<Source>('ssh');
  const [lines, setLines] = useState<readonly ImportLine[]>([]);
  const [errors, setErrors] = useState<FleetPreview['errors']>([]);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [isLooking, setIsLooking] = useState(false);
  const { run: runList, failure: listFailure } = useCall();
  const adding = useCall();
  const asked = useHosts(({ questions, byId }) => {
    const looked = lines.filter(({ status }) => status === 'looking');
    return looked.map(({ machine }) => questionOf(questions, byId[machine])).find((one) => one !== null) ?? null;
  });
  const edit = useQuestion(asked);
  const askRef = useRef<HTMLDivElement>(null);
  const askedId = asked?.id;
  useEffect(() => {
    if (askedId !== undefined) askRef.current?.querySelector<HTMLElement>('[data-ask-first]')?.focus();
  }, [askedId]);

  useEffect(() => {
    if (source === 'list') return;
    runList(
      () => client.call('hosts.list', {}),
      ({ entries }) => {
        setLines(linesOfHosts(entries));
        // Nobody wants all of them: they are chosen one by one.
        setLeft(new Set(entries.map(({ id }) => `host ${id}`)));
      },
    );
  }, [client, source, runList]);

  const isTaken = ({ key }: ImportLine) => !left.has(key);
  const hosts = lines.filter((line) => line.status === 'host' && isTaken(line));
  const fresh = lines.filter((line) => line.status === 'new' && isTaken(line));

  async function look() {
    setIsLooking(true);
    const waiting = [...hosts];
    const next = async (): Promise<void> => {
      for (let host = waiting.shift(); host !== undefined; host = waiting.shift()) {
        const { key, machine } = host;
        setLines((now) => now.map((line) => (line.key === key ? { ...line, status: 'looking' } : line)));
        const found = await lookForServers(client, hostStore, machine);
        const asked = host;
        setLines((now) => withFound(now, asked, found));
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, next));
    setIsLooking(false);
  }

  function add() {
    const rows = fresh.flatMap(({ name, address, tags }) =>
      address === null ? [] : [{ name, address, tags: [...tags] }],
    );
    adding.run(
      () => client.call('fleet.import', { rows }),
      ({ added, refused }) => {
        const refusal = refused[0] ? ` ${refused.length} were left out: ${refused[0].text}` : '';
        showToast({
          level: refusal ? 'error' : 'info',
          text: `${added === 1 ? '1 instance was' : `${added} instances were`} added.${refusal}`,
          kind: 'fleet-import',
        });
        onClose();
      },
    );
  }

  function toggle(key: string) {
    setLeft(left.has(key) ? new Set([...left].filter((one) => one !== key)) : new Set([...left, key]));
  }

  const choosable = lines.filter(canBeTaken);
  const taken = choosable.filter(isTaken).length;
  const mustLook = hosts.length > 0;
  return (
    <Dialog
      title="Import a list"
      opened
      widthPx={1000}
      onClose={onClose}
      note={countWords(lines)}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant={mustLook ? 'primary' : 'plain'}
            disabledReason={
              asked
                ? 'A host waits for an answer.'
                : isLooking
                  ? 'The hosts are being looked at.'
                  : mustLook
                    ? null
                    : 'No host is chosen.'
            }
            onClick={() => void look()}
          >
            {hosts.length === 0
              ? 'Look for servers'
              : `Look for servers on ${hosts.length === 1 ? '1 host' : `${hosts.length} hosts`}`}
          </Button>
          <Button
            variant={mustLook ? 'plain' : 'primary'}
            disabledReason={
              fresh.length === 0 ? 'Nothing new is chosen.' : adding.isRunning ? 'It is on its way.' : null
            }
            onClick={add}
          >
            {fresh.length === 0 ? 'Add' : fresh.length === 1 ? 'Add 1 instance' : `Add ${fresh.length} instances`}
          </Button>
        </>
      }
    >
      <div className="import-from">
        <Segmented<Source>
          label="From"
          options={[
            { id: 'ssh', label: 'SSH configuration' },
            { id: 'list', label: 'CSV or Ansible' },
          ]}
          value={source}
          onChange={(next) => {
            setErrors([]);
            setLines([]);
            setSource(next);
          }}
        />
        <span className="s2">
          {source === 'ssh'
            ? 'Hosts that ssh knows. Choose those to look at; nothing is installed there.'
            : 'A CSV with name,address,tags, or an inventory with groups as tags. uwsgi_stats names the address.'}
        </span>
      </div>
      {source === 'list' ? (
        <ListText
          onPreview={(preview) => {
            setLines(linesOfPreview(preview));
            setErrors(preview.errors);
            setLeft(new Set());
          }}
        />
      ) : null}
      {listFailure && source === 'ssh' ? (
        <div className="dlg-pad">
          <FailureText failure={listFailure} />
        </div>
      ) : null}
      {adding.failure ? (
        <div className="dlg-pad">
          <FailureText failure={adding.failure} />
        </div>
      ) : null}
      {edit === null ? null : (
        <div className="dlg-pad import-ask" ref={askRef}>
          <QuestionCard key={edit.question.id} edit={edit} formId={ASK_ID} />
          <div className="row g4">
            <span className="grow" />
            <Button onClick={edit.cancel}>Don't connect</Button>
            <Button variant="primary" type="submit" form={ASK_ID} disabledReason={edit.whyNot}>
              {edit.verb}
            </Button>
          </div>
        </div>
      )}
      {choosable.length > 1 ? (
        <div className="import-row">
          <TickBox
            label="Take all"
            checked={taken === choosable.length || (taken > 0 && 'some')}
            onTick={() => setLeft(new Set(taken === choosable.length ? choosable.map(({ key }) => key) : []))}
            isTabStop
          />
          <span />
          <span className="s2" aria-hidden="true">
            All {choosable.length}
          </span>
        </div>
      ) : null}
      <div className="dlg-list" role="list" aria-label="What would be added">
        {errors.map(({ line, text }) => (
          <div key={`${line} ${text}`} className="import-row" role="listitem">
            <HealthGlyph level="warn" />
            <span className="m q">{line}</span>
            <span className="warn" style={{ gridColumn: 'span 4' }}>
              {text}
            </span>
          </div>
        ))}
        {lines.map((line) => (
          <Line key={line.key} line={line} isTaken={isTaken(line)} onToggle={() => toggle(line.key)} />
        ))}
      </div>
    </Dialog>
  );
}

function Line({ line, isTaken, onToggle }: { line: ImportLine; isTaken: boolean; onToggle: () => void }) {
  const { name, address, machine, tags, status, note } = line;
  const canTake = canBeTaken(line);
  return (
    <div className="import-row" role="listitem">
      {canTake ? <TickBox label={`Take ${name}`} checked={isTaken} onTick={onToggle} isTabStop /> : <span />}
      <span className="m q">{line.line ?? ''}</span>
      <span className={canTake ? 'md ell' : 'ell q'}>{name}</span>
      <span className={status === 'refused' ? 'said' : 'ell'} title={note ?? address ?? machine}>
        <span className={canTake ? 'm s2' : 'm q'}>{address ?? (machine === name ? '' : machine)}</span>
        {note ? <span className="q"> {note}</span> : null}
      </span>
      <span className="ell s2">{tags.join(' ')}</span>
      <span className={status === 'refused' ? 'warn' : 's2'}>{STATUS_WORDS[status]}</span>
    </div>
  );
}

function canBeTaken({ status }: ImportLine): boolean {
  return status === 'new' || status === 'host';
}

const STATUS_WORDS: Readonly<Record<ImportLine['status'], string>> = {
  new: 'new',
  known: 'in the list',
  again: 'named twice',
  host: 'host',
  looking: 'looking',
  refused: 'no way',
};

const FORMATS = [
  { id: 'csv', label: 'CSV' },
  { id: 'ansible-ini', label: 'Ansible INI' },
  { id: 'ansible-yaml', label: 'Ansible YAML' },
] as const;

/** The text of the list, pasted or from a file; read anew shortly after it changed. */
function ListText({ onPreview }: { onPreview: (preview: FleetPreview) => void }) {
  const { client } = useStores();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<ImportFormat | null>(null);
  const [fileName, setFileName] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const { run, failure } = useCall();
  const format = chosen ?? formatOf(fileName, text);

  useEffect(() => {
    if (text === '') return undefined;
    const timer = setTimeout(() => run(() => client.call('fleet.preview', { format, text }), onPreview), TYPING_MS);
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `onPreview` is another function on each render and does the same
  }, [client, run, text, format]);

  function pick({ target }: ChangeEvent<HTMLInputElement>) {
    const [file] = target.files ?? [];
    if (!file) return;
    if (file.size > LARGEST_IMPORT) {
      setProblem(`${file.name} is larger than 4 MB.`);
      return;
    }
    setProblem(null);
    setFileName(file.name);
    setChosen(null);
    file.text().then(setText, (error: unknown) => setProblem(failureOf(error).message));
  }

  return (
    <div className="dlg-pad">
      <span className="row g4">
        <Segmented<ImportFormat> label="Format" options={FORMATS} value={format} onChange={setChosen} />
        <label className="btn sm">
          Choose a file…
          <input type="file" className="sr-only" onChange={pick} />
        </label>
        {problem ? <span className="warn">{problem}</span> : <span className="q">{fileName}</span>}
      </span>
      <textarea
        className="import-text"
        aria-label="List"
        spellCheck={false}
        placeholder={'name,address,tags\ncheckout,ssh://web-01.ams/run/uwsgi/checkout.stats,prod-eu'}
        value={text}
        maxLength={LARGEST_IMPORT}
        onChange={(event) => setText(event.target.value)}
      />
      {failure ? <FailureText failure={failure} /> : null}
    </div>
  );
}
