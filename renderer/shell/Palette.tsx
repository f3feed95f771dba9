/**
 * Command palette: one field, one list. Arrows choose, Enter runs, Esc closes; what can't run now is shown with the reason.
 * The field stays focused; the list is its listbox.
 */
import { ArrowRight, Search, Settings2 } from 'lucide-react';
import {
  type KeyboardEvent,
  type ReactNode,
  useDeferredValue,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { listCommands, runCommand } from '../commands/commands.ts';
import { formatRailRate } from '../format/quantity.ts';
import { reference } from '../pages/config/reference/reference-store.ts';
import { useStores, useUi } from '../stores/use-stores.ts';
import { HealthGlyph } from '../ui/Glyph.tsx';
import { Kbd } from '../ui/Kbd.tsx';
import { PaletteBox } from '../ui/PaletteBox.tsx';
import { PaletteField } from '../ui/PaletteField.tsx';
import { type PaletteGroup, type PaletteItem, type PaletteQuery, paletteItems } from './palette-model.ts';

type SearchOptions = PaletteQuery['searchOptions'];

const GROUP_TITLES: Record<PaletteGroup, string> = { instances: 'Instances', do: 'Do', options: 'Options' };
const MOST_RECENT = 12;
/** The palette gives the focus back as it closes; what it runs may take it after that. */
const FOCUS_GIVEN_BACK_MS = 30;

export function Palette() {
  const { ui } = useStores();
  const isOpen = useUi((state) => state.isPaletteOpen);
  return (
    <PaletteBox label="Search or run a command" opened={isOpen} widthPx={640} onClose={() => ui.setPaletteOpen(false)}>
      <PaletteBody />
    </PaletteBox>
  );
}

/** Ids run lately in this window, newest first. */
let recent: readonly string[] = [];

function PaletteBody() {
  const stores = useStores();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const query = useDeferredValue(text);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const searchOptions = useOptionSearch();
  const commands = useMemo(() => listCommands(stores), [stores]);
  const items = useMemo(
    () => paletteItems({ text: query, commands, recent, searchOptions }),
    [query, commands, searchOptions],
  );
  const index = Math.min(chosen, Math.max(0, items.length - 1));

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });

  function run(item: PaletteItem | undefined) {
    if (!item) return;
    stores.ui.setPaletteOpen(false);
    recent = [item.id, ...recent.filter((id) => id !== item.id)].slice(0, MOST_RECENT);
    setTimeout(() => {
      if (item.group === 'options') reference.open({ type: 'option', name: item.title });
      else runCommand(stores, item.id);
    }, FOCUS_GIVEN_BACK_MS);
  }

  function onKeyDown(event: KeyboardEvent) {
    const moves: Record<string, number> = {
      ArrowDown: (index + 1) % Math.max(1, items.length),
      ArrowUp: (index - 1 + items.length) % Math.max(1, items.length),
    };
    const next = moves[event.key];
    if (next !== undefined) {
      event.preventDefault();
      setChosen(next);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      // The list may be a moment behind a fast typist; what runs is what the field says.
      run(text === query ? items[index] : paletteItems({ text, commands, recent, searchOptions })[0]);
    }
  }

  return (
    <>
      <PaletteField
        icon={Search}
        label="Search or run a command"
        listId={listId}
        chosen={items[index] ? index : null}
        text={text}
        onText={(typed) => {
          setText(typed);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      >
        <span className="q t11">Try</span>
        <kbd>&gt;</kbd>
        <span className="q t11">commands</span>
        <kbd>@</kbd>
        <span className="q t11">options</span>
      </PaletteField>
      <div className="pal-list" role="listbox" id={listId} aria-label="Results" ref={list}>
        {items.map((item, at) => (
          <PaletteRow
            key={item.id}
            id={`${listId}-${at}`}
            item={item}
            head={items[at - 1]?.group === item.group ? null : GROUP_TITLES[item.group]}
            isChosen={at === index}
            onChoose={() => setChosen(at)}
            onRun={() => run(item)}
          />
        ))}
        {items.length === 0 ? <div className="calm">Nothing is called “{query.trim()}”.</div> : null}
      </div>
      <div className="pal-foot">
        <kbd>↑</kbd>
        <kbd>↓</kbd> choose <kbd>Enter</kbd> open <kbd>Esc</kbd> close
        <span className="grow" />
        {items.length} of {commands.length}
      </div>
    </>
  );
}

/** The table of options is large: it is fetched when the palette is first opened. */
function useOptionSearch(): SearchOptions {
  const [search, setSearch] = useState<SearchOptions>(() => noOptions);
  useEffect(() => {
    let isGone = false;
    async function load() {
      const { findOptions } = await import('../pages/config/form/form-search.ts');
      const found: SearchOptions = (text) => findOptions(text, MOST_FOUND);
      if (!isGone) setSearch(() => found);
    }
    // Without the table the palette still has every action.
    load().catch((error: unknown) => console.error(error));
    return () => {
      isGone = true;
    };
  }, []);
  return search;
}

const MOST_FOUND = 20;
const noOptions: SearchOptions = () => [];

interface PaletteRowProps {
  id: string;
  item: PaletteItem;
  /** Title of the group that begins with this row. */
  head: string | null;
  isChosen: boolean;
  onChoose: () => void;
  onRun: () => void;
}

function PaletteRow({ id, item, head, isChosen, onChoose, onRun }: PaletteRowProps) {
  return (
    <>
      {head ? (
        <div className="pal-group" role="presentation">
          {head}
        </div>
      ) : null}
      <div
        id={id}
        className="pal-item"
        role="option"
        aria-selected={isChosen}
        aria-disabled={item.whyNot !== null}
        onPointerMove={onChoose}
        onClick={onRun}
      >
        <span className="gl-box">
          <RowIcon item={item} />
        </span>
        <span className={item.group === 'options' ? 'name m' : 'name'}>
          <Marked title={item.title} match={item.match} />
        </span>
        <span className="q ell">{item.detail}</span>
        <span className="grow" />
        {item.group === 'instances' ? <InstanceRate id={item.id} /> : null}
        {item.shortcut ? <Kbd keys={item.shortcut} /> : null}
      </div>
    </>
  );
}

function RowIcon({ item }: { item: PaletteItem }): ReactNode {
  const instance = useInstanceOf(item);
  if (instance) return <HealthGlyph level={instance.health.level} silent />;
  const Icon = item.group === 'options' ? Settings2 : ArrowRight;
  return <Icon size={14} strokeWidth={1.75} aria-hidden />;
}

function InstanceRate({ id }: { id: string }) {
  const { instances } = useStores();
  const figures = instances.getState().byId[id.slice('go.instance.'.length)]?.figures;
  return <span className="m q">{formatRailRate(figures?.reqPerSec ?? null)}</span>;
}

function useInstanceOf(item: PaletteItem) {
  const { instances } = useStores();
  return item.group === 'instances' ? instances.getState().byId[item.id.slice('go.instance.'.length)] : undefined;
}

function Marked({ title, match }: { title: string; match: PaletteItem['match'] }) {
  if (!match) return title;
  return (
    <>
      {title.slice(0, match.from)}
      <mark>{title.slice(match.from, match.to)}</mark>
      {title.slice(match.to)}
    </>
  );
}
