/**
 * Where to attach: hosts of ssh's configuration and others that were used, this machine, another address. The field
 * keeps the focus: arrows move, Enter takes, and a name that is not in the list can be taken as it is typed.
 */
import { Laptop, Plus, RefreshCw, Search } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import type { HostEntry, HostState } from '../../../electron/contract/hosts-model.ts';
import type { Health } from '../../../electron/contract/model.ts';
import { runAction } from '../../commands/run-action.ts';
import { useHosts, useInstances, useStores } from '../../stores/use-stores.ts';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { filterHosts, hostLine } from './attach-words.ts';

export type Place = { type: 'local' } | { type: 'other' } | { type: 'host'; destination: string };

interface Option {
  key: string;
  place: Place;
  title: string;
  line: string;
  right: ReactNode;
}

const ICON = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function HostList({ place, onChoose }: { place: Place; onChoose: (place: Place) => void }) {
  const { hosts } = useStores();
  const entries = useHosts((state) => state.entries);
  const byId = useHosts((state) => state.byId);
  const failure = useHosts((state) => state.failure);
  const counts = useAttachedCounts();
  const [text, setText] = useState('');
  const [at, setAt] = useState<number | null>(null);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);

  const shown = filterHosts(entries, text);
  const fromConfig = shown.filter(({ source }) => source === 'ssh-config');
  const used = shown.filter(({ source }) => source === 'used');
  const typed = text.trim();
  const isOffered = typed !== '' && !/\s/.test(typed) && !entries.some(({ id }) => id === typed);
  const optionOf = (entry: HostEntry): Option => ({
    key: entry.id,
    place: { type: 'host', destination: entry.id },
    title: entry.id,
    line: hostLine(entry),
    right: <EntryState state={byId[entry.id]} attached={counts.get(entry.id) ?? 0} />,
  });
  const groups: { title: string | null; options: Option[] }[] = [
    { title: 'From ~/.ssh/config', options: fromConfig.map(optionOf) },
    { title: 'Others', options: used.map(optionOf) },
    {
      title: null,
      options: [
        ...(isOffered
          ? [
              {
                key: 'typed',
                place: { type: 'host', destination: typed } as const,
                title: typed,
                line: 'as it is typed',
                right: <Plus {...ICON} />,
              },
            ]
          : []),
        {
          key: 'local',
          place: { type: 'local' },
          title: 'This machine',
          line: 'TCP or unix socket',
          right: <Laptop {...ICON} />,
        },
        {
          key: 'other',
          place: { type: 'other' },
          title: 'Another address',
          line: 'host, user, port',
          right: <Plus {...ICON} />,
        },
      ],
    },
  ];
  const options = groups.flatMap((group) => group.options);
  const chosenAt = options.findIndex((option) => isSame(option.place, place));
  // While a text is typed, Enter takes its first match; otherwise the cursor is on what is chosen.
  const cursor = at ?? (typed === '' ? chosenAt : 0);

  useEffect(() => {
    list.current?.querySelector(`[id="${listId}-${cursor}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [cursor, listId]);

  function choose(chosen: Place) {
    setText('');
    setAt(null);
    onChoose(chosen);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setAt(Math.min(options.length - 1, Math.max(0, cursor + step)));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const option = options[cursor];
      if (option) choose(option.place);
    } else if (event.key === 'Escape' && text !== '') {
      event.stopPropagation();
      setText('');
      setAt(null);
    }
  }

  return (
    <div className="hosts-side">
      <div className="find">
        <span className="inp">
          <Search size={12} strokeWidth={1.75} aria-hidden />
          <input
            data-autofocus
            data-host-search
            role="combobox"
            aria-label="Host or user@host"
            aria-expanded="true"
            aria-controls={listId}
            aria-activedescendant={cursor >= 0 ? `${listId}-${cursor}` : undefined}
            placeholder="Host or user@host"
            autoComplete="off"
            spellCheck={false}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setAt(null);
            }}
            onKeyDown={onKeyDown}
          />
        </span>
      </div>
      <div className="list" role="listbox" aria-label="Where to attach" id={listId} ref={list}>
        {groups.map((group) => {
          if (group.options.length === 0) return null;
          return (
            // biome-ignore lint/a11y/useSemanticElements: a group of options has no element of its own.
            <div
              key={group.title ?? 'places'}
              role="group"
              aria-label={group.title ?? 'Other places'}
              className="places"
            >
              {group.title ? (
                <div className="sec">
                  {group.title} <span className="m">{group.options.length}</span>
                  {group.title === 'Others' ? null : (
                    <span className="r">
                      <IconButton
                        label="Read the list again"
                        size="sm"
                        icon={<RefreshCw size={12} strokeWidth={1.75} aria-hidden />}
                        onClick={() => runAction(hosts.refresh())}
                      />
                    </span>
                  )}
                </div>
              ) : null}
              {group.options.map((option) => {
                const index = options.indexOf(option);
                return (
                  // biome-ignore lint/a11y/useKeyWithClickEvents: keys are those of the field, which keeps the focus.
                  <div
                    key={option.key}
                    id={`${listId}-${index}`}
                    className={index === cursor ? 'host at' : 'host'}
                    role="option"
                    tabIndex={-1}
                    aria-selected={index === chosenAt}
                    onClick={() => choose(option.place)}
                  >
                    <span className="grow">
                      <span className="m ell">{option.title}</span>
                      <span className="q ell line">{option.line}</span>
                    </span>
                    {option.right}
                  </div>
                );
              })}
            </div>
          );
        })}
        {failure ? <p className="calm crit">{failure.message}</p> : null}
      </div>
    </div>
  );
}

const LEVELS: Record<HostState['status'], { level: Health['level']; word: string } | null> = {
  idle: null,
  connecting: { level: 'lost', word: 'connecting' },
  authenticating: { level: 'lost', word: 'signing in' },
  asking: { level: 'warn', word: 'asks' },
  ready: { level: 'ok', word: 'connected' },
  waiting: { level: 'lost', word: 'no connection' },
  failed: { level: 'crit', word: 'failed' },
};

function EntryState({ state, attached }: { state: HostState | undefined; attached: number }) {
  const shown = state === undefined ? null : LEVELS[state.status];
  return (
    <>
      {attached > 0 ? <span className="q line">{attached} attached</span> : null}
      {shown ? (
        <span className="row" title={shown.word}>
          <HealthGlyph level={shown.level} silent />
          <span className="sr-only">{shown.word}</span>
        </span>
      ) : null}
    </>
  );
}

function useAttachedCounts(): ReadonlyMap<string, number> {
  const byId = useInstances((state) => state.byId);
  const counts = new Map<string, number>();
  for (const { machine } of Object.values(byId)) counts.set(machine, (counts.get(machine) ?? 0) + 1);
  return counts;
}

function isSame(a: Place, b: Place): boolean {
  if (a.type === 'host' && b.type === 'host') return a.destination === b.destination;
  return a.type === b.type && a.type !== 'host';
}
