/**
 * A rolling reload before it begins: the order, who is the canary, how many at a time, how long each wave is watched,
 * and for each instance how it is reloaded and what stands in the way. Read-only ones need their names typed.
 */
import { ArrowDown, ArrowUp, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { RollingPlan } from '../../electron/contract/actions-model.ts';
import { planWords, rollingOrder, usualWaveSize } from '../pages/fleet/selection.ts';
import { gateWords, whyNotStart } from '../pages/rolling/rolling-words.ts';
import { useStores } from '../stores/use-stores.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Field } from '../ui/Field.tsx';
import { HealthGlyph } from '../ui/Glyph.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Switch } from '../ui/Switch.tsx';
import { FailureText } from './FailureText.tsx';
import { useCall } from './use-call.ts';

type Member = RollingPlan['members'][number];
const ICON = { size: 12, strokeWidth: 1.75, 'aria-hidden': true } as const;
const USUAL_GATE_S = 30;
const USUAL_SLOWER = 3;

export function RollingDialog({ instanceIds, onClose }: { instanceIds: readonly string[]; onClose: () => void }) {
  const { client, instances, rolling, router, ui } = useStores();
  const [members, setMembers] = useState<readonly Member[] | null>(null);
  const [isCanary, setIsCanary] = useState(true);
  const [waveSize, setWaveSize] = useState(usualWaveSize(instanceIds.length));
  const [gateS, setGateS] = useState(USUAL_GATE_S);
  const [slower, setSlower] = useState<number | null>(USUAL_SLOWER);
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const { run: runPlan, failure: planFailure } = useCall();
  const start = useCall();

  useEffect(() => {
    const { byId } = instances.getState();
    const chosen = rollingOrder(instanceIds.flatMap((id) => byId[id] ?? []));
    runPlan(
      () => client.call('rolling.plan', { instanceIds: chosen.map(({ id }) => id) }),
      (plan) => setMembers(plan.members),
    );
  }, [client, instances, instanceIds, runPlan]);

  const list = members ?? [];
  const needed = list.filter(({ needsName }) => needsName).map(({ name }) => name);
  const failing = list.filter(cannotReload).map(({ name }) => name);
  const able = list.filter((member) => !cannotReload(member));
  const whyNot =
    start.isRunning || members === null
      ? 'The checks are on their way.'
      : list.length === 0
        ? 'Nothing is left to reload.'
        : whyNotStart({ needed, typed }, failing);
  const hasCanary = isCanary && (members?.length ?? instanceIds.length) > 1;

  function begin() {
    start.run(
      () =>
        rolling.start({
          instanceIds: list.map(({ instanceId }) => instanceId),
          canary: hasCanary,
          waveSize,
          gateMs: gateS * 1000,
          slowerTimes: slower,
          confirmedNames: needed,
        }),
      (run) => {
        ui.select([]);
        onClose();
        router.go({ page: 'rolling', rollingId: run.id });
      },
    );
  }

  return (
    <Dialog
      title={`Rolling reload of ${instanceIds.length === 1 ? '1 instance' : `${instanceIds.length} instances`}`}
      opened
      widthPx={1000}
      onClose={onClose}
      note={
        list.length > 0
          ? `${planWords(
              list.map(({ name }) => name),
              hasCanary,
              waveSize,
            )}.`
          : null
      }
      actions={
        <>
          <Button data-autofocus onClick={onClose}>
            Cancel
          </Button>
          {failing.length > 0 && able.length > 0 ? (
            <Button onClick={() => setMembers(able)}>
              {failing.length === 1 ? `Leave ${failing[0]} out` : `Leave those ${failing.length} out`}
            </Button>
          ) : null}
          <Button variant="primary" disabledReason={whyNot} onClick={begin}>
            {members === null ? 'Reload' : list.length === 1 ? 'Reload 1 instance' : `Reload ${list.length} instances`}
          </Button>
        </>
      }
    >
      <div className="rolling-options">
        <Switch checked={hasCanary} onChange={setIsCanary} label="The first one alone, as a canary" />
        <NumberBox label="At a time" value={waveSize} min={1} max={100} onChange={setWaveSize} />
        <NumberBox label="Watch each wave, s" value={gateS} min={0} max={3600} onChange={setGateS} />
        <NumberBox
          label="Stop if slower than, times"
          value={slower}
          min={1}
          max={100}
          onChange={setSlower}
          onEmpty={() => setSlower(null)}
        />
        <p className="s2">{gateWords({ gateMs: gateS * 1000, slowerTimes: slower })}</p>
      </div>
      {planFailure ? (
        <div className="dlg-pad">
          <FailureText failure={planFailure} />
        </div>
      ) : null}
      {start.failure ? (
        <div className="dlg-pad">
          <FailureText failure={start.failure} />
        </div>
      ) : null}
      {members === null && !planFailure ? (
        <p className="calm late">
          Checking {instanceIds.length === 1 ? 'it' : `each of the ${instanceIds.length}`}: its ways to reload, its
          workers, its queue
        </p>
      ) : null}
      <ol className="dlg-list rolling-plan">
        {list.map((member, index) => (
          <PlanLine
            key={member.instanceId}
            member={member}
            label={
              hasCanary && index === 0 ? 'canary' : `wave ${Math.floor((index - Number(hasCanary)) / waveSize) + 1}`
            }
            typed={typed[member.name] ?? ''}
            onType={(text) => setTyped({ ...typed, [member.name]: text })}
            onMove={(step) => setMembers(moved(list, index, step))}
            onLeaveOut={() => setMembers(list.filter((one) => one !== member))}
            isFirst={index === 0}
            isLast={index === list.length - 1}
          />
        ))}
      </ol>
    </Dialog>
  );
}

interface PlanLineProps {
  member: Member;
  label: string;
  typed: string;
  isFirst: boolean;
  isLast: boolean;
  onType: (text: string) => void;
  onMove: (step: -1 | 1) => void;
  onLeaveOut: () => void;
}

function PlanLine({ member, label, typed, isFirst, isLast, onType, onMove, onLeaveOut }: PlanLineProps) {
  const { name, method, action, troubles, needsName } = member;
  const isOut = cannotReload(member);
  const level = isOut ? 'crit' : troubles.length > 0 ? 'warn' : 'ok';
  // Where it can't be reloaded at all, warnings about the reload say nothing.
  const shown = isOut ? troubles.filter(({ status }) => status === 'fail') : troubles;
  return (
    <li className="rolling-line">
      <HealthGlyph level={level} />
      <span className="md ell">{name}</span>
      <span className="q">{label}</span>
      <span className="ell">{method ?? 'can not be reloaded'}</span>
      <span className="row">
        <IconButton
          label={`Move ${name} up`}
          size="sm"
          hint={null}
          icon={<ArrowUp {...ICON} />}
          disabledReason={isFirst ? 'It is the first.' : null}
          onClick={() => onMove(-1)}
        />
        <IconButton
          label={`Move ${name} down`}
          size="sm"
          hint={null}
          icon={<ArrowDown {...ICON} />}
          disabledReason={isLast ? 'It is the last.' : null}
          onClick={() => onMove(1)}
        />
        <IconButton label={`Leave ${name} out`} size="sm" icon={<X {...ICON} />} onClick={onLeaveOut} />
      </span>
      {/* Whole: nobody is asked to agree to half an action. */}
      {action.length > 0 ? <code className="second action m q">{action.join('; ')}</code> : null}
      {shown.map(({ status, text }) => (
        <span key={text} className={status === 'fail' ? 'second crit' : 'second warn'}>
          {text}
        </span>
      ))}
      {needsName ? (
        <Field
          className="second"
          label={`${name} is read-only. Type its name to reload it.`}
          mono
          value={typed}
          onChange={(event) => onType(event.target.value)}
        />
      ) : null}
    </li>
  );
}

interface NumberBoxProps {
  label: string;
  /** null: empty. */
  value: number | null;
  min: number;
  max: number;
  onChange: (value: number) => void;
  onEmpty?: () => void;
}

function NumberBox({ label, value, min, max, onChange, onEmpty }: NumberBoxProps) {
  return (
    <Field
      label={label}
      type="number"
      min={min}
      max={max}
      mono
      value={value ?? ''}
      onChange={(event) => {
        const { valueAsNumber } = event.target;
        if (Number.isNaN(valueAsNumber)) onEmpty?.();
        else onChange(Math.min(max, Math.max(min, Math.round(valueAsNumber))));
      }}
    />
  );
}

function cannotReload({ method, troubles }: Member): boolean {
  return method === null || troubles.some(({ status }) => status === 'fail');
}

function moved(members: readonly Member[], index: number, step: -1 | 1): readonly Member[] {
  const member = members[index];
  return member ? members.toSpliced(index, 1).toSpliced(index + step, 0, member) : members;
}
