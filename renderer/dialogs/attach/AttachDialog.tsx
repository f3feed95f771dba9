/**
 * Attach to servers that run already, on this machine or behind SSH: at the left where, at the right the way there with
 * what it asks, then what runs there and a stats address by hand. One primary button says what the next step is.
 */
import { Lock } from 'lucide-react';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import type { Instance } from '../../../electron/contract/model.ts';
import { runAction } from '../../commands/run-action.ts';
import { fleetRoute, instanceRoute } from '../../stores/router.ts';
import { useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { FailureText } from '../FailureText.tsx';
import { progressWords, withoutMachine } from './attach-words.ts';
import './attach.css';
import { FoundServers } from './FoundServers.tsx';
import { HostList, type Place } from './HostList.tsx';
import { HostTrouble } from './HostTrouble.tsx';
import { OtherAddress } from './OtherAddress.tsx';
import { QuestionCard } from './QuestionCard.tsx';
import { TargetForm } from './TargetForm.tsx';
import { type AttachEdit, useAttach } from './use-attach.ts';
import { type HostWay, useHostWay } from './use-host-way.ts';
import { ResolvedFacts, WayThere } from './WayThere.tsx';

const ASK_FORM = 'attach-question';
const TARGET_FORM = 'attach-target';
const OTHER_FORM = 'attach-other';

export interface AttachDialogProps {
  /** To begin with. */
  host: string | null;
  /** An address named the host: nothing connects to it before its user says so. */
  isLinked: boolean;
  onClose: () => void;
}

export function AttachDialog({ host: firstHost, isLinked, onClose }: AttachDialogProps) {
  const { router, instances, hosts } = useStores();
  const [place, setPlace] = useState<Place>(
    firstHost === null ? { type: 'local' } : { type: 'host', destination: firstHost },
  );
  const used = useRef(new Set<string>());
  const noteUsed = useCallback((machine: string) => void used.current.add(machine), []);
  const destination = place.type === 'host' ? place.destination : null;
  const way = useHostWay(destination, {
    isAtOnce: !(isLinked && destination === firstHost),
    onUsed: noteUsed,
  });
  const isReady = place.type === 'local' || way?.host?.status === 'ready';
  const edit = useAttach(way === null ? null : way.machine, isReady, finish);
  const body = useRef<HTMLDivElement>(null);
  // Nothing is news on this machine: its list is there at once, and the field at the left keeps the focus.
  useFocusOnNews(body, way === null ? '' : `${way.question?.question.id ?? ''} ${edit.found === null ? '' : 'found'}`);

  function finish(attached: readonly Instance[]) {
    close();
    const [first] = attached;
    if (first) router.go(attached.length === 1 ? instanceRoute(first.id) : fleetRoute());
  }

  /** A host that this dialog connected to, and that nothing is attached on, is left alone again. */
  function close() {
    const inUse = new Set(Object.values(instances.getState().byId).map(({ machine }) => machine));
    for (const machine of used.current) if (!inUse.has(machine)) runAction(hosts.disconnect(machine));
    onClose();
  }

  function open(instanceId: string) {
    close();
    router.go(instanceRoute(instanceId));
  }

  return (
    <Dialog
      title="Attach to a server"
      opened
      widthPx={1000}
      onClose={close}
      note={<Note way={way} edit={edit} />}
      actions={
        <>
          <Button onClick={close}>Cancel</Button>
          <PrimaryButton place={place} way={way} edit={edit} />
        </>
      }
    >
      <div className="attach" ref={body}>
        <HostList place={place} onChoose={setPlace} />
        <div className="attach-main">
          {place.type === 'other' ? (
            <OtherAddress formId={OTHER_FORM} onGive={(destination) => setPlace({ type: 'host', destination })} />
          ) : null}
          {way ? <WayPart way={way} /> : null}
          {isReady ? (
            <FoundServers
              edit={edit}
              formId={TARGET_FORM}
              where={way === null ? 'this machine' : way.destination}
              onOpen={open}
            />
          ) : null}
          {place.type === 'other' ? null : (
            <TargetForm
              edit={edit}
              formId={TARGET_FORM}
              hint={isReady ? "what the server's file says under stats" : 'found after sign-in, or give it now'}
            />
          )}
        </div>
      </div>
    </Dialog>
  );
}

function WayPart({ way }: { way: HostWay }) {
  const { destination, host, resolved, failure, question, connect } = way;
  return (
    <>
      <div className="way-row">
        <WayThere
          destination={destination}
          host={host}
          resolved={resolved}
          isKeyAsked={question?.question.about.kind === 'host-key'}
        />
        <ResolvedFacts resolved={resolved} />
      </div>
      {failure ? (
        <div className="fail">
          <FailureText failure={failure} />
        </div>
      ) : null}
      {question ? <QuestionCard key={question.question.id} edit={question} formId={ASK_FORM} /> : null}
      {host && !question ? <HostTrouble host={host} onSystem={() => connect('system')} /> : null}
    </>
  );
}

function Note({ way, edit }: { way: HostWay | null; edit: AttachEdit }): ReactNode {
  if (edit.running !== null) return `Reading stats of ${withoutMachine(edit.running)}`;
  const status = way?.host?.status;
  if (way?.host && (status === 'connecting' || status === 'authenticating')) return progressWords(way.host);
  return (
    <span className="row g3">
      <Lock size={14} strokeWidth={1.75} aria-hidden />
      {way === null
        ? 'It only reads the stats address. Nothing is installed or changed.'
        : 'Needs only SSH and the stats socket. Nothing is installed, no local port is opened.'}
    </span>
  );
}

/** The next step in words: connect, answer, attach. */
function PrimaryButton({ place, way, edit }: { place: Place; way: HostWay | null; edit: AttachEdit }) {
  if (place.type === 'other') return <Submit form={OTHER_FORM}>Connect</Submit>;
  const status = way?.host?.status;
  if (way?.question) {
    return (
      <Submit form={ASK_FORM} whyNot={way.question.whyNot}>
        {way.question.verb}
      </Submit>
    );
  }
  if (way !== null && status !== 'ready') {
    const isOnItsWay = status === 'connecting' || status === 'authenticating' || status === 'asking';
    return (
      <Button variant="primary" disabledReason={isOnItsWay ? 'It is on its way.' : null} onClick={() => way.connect()}>
        {status === 'waiting' ? 'Try now' : status === 'failed' ? 'Try again' : 'Connect'}
      </Button>
    );
  }
  const whyNot =
    edit.running !== null
      ? 'It is being tried.'
      : edit.count === 0
        ? 'Choose a server or give a stats address first.'
        : null;
  return (
    <Submit form={TARGET_FORM} whyNot={whyNot}>
      {edit.count > 1 ? `Attach ${edit.count} servers` : 'Attach'}
    </Submit>
  );
}

function Submit({ form, whyNot = null, children }: { form: string; whyNot?: string | null; children: ReactNode }) {
  return (
    <Button variant="primary" type="submit" form={form} disabledReason={whyNot}>
      {children}
    </Button>
  );
}

/** When a question comes or servers were found, the focus goes there, unless its user is typing elsewhere. */
function useFocusOnNews(body: React.RefObject<HTMLDivElement | null>, news: string): void {
  useEffect(() => {
    const root = body.current;
    const active = document.activeElement;
    if (root === null || news.trim() === '') return;
    const isSearching = active instanceof HTMLInputElement && 'hostSearch' in active.dataset;
    const isTyping = active instanceof HTMLInputElement || active instanceof HTMLSelectElement;
    if (isTyping && (!isSearching || active.value !== '')) return;
    root.querySelector<HTMLElement>('[data-ask-first], .found .cb')?.focus();
  }, [body, news]);
}
