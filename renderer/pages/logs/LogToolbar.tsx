/** Toolbar of the Logs tab: filter, kinds with their counts, slow ones, search, copy and download, pause. */
import { ChevronDown, ChevronUp, Clock, Download, Pause, Play, Plus, Search, WrapText } from 'lucide-react';
import { formatCount } from '../../format/quantity.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { FilterField } from '../../ui/Field.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import type { KindFilter } from './log-rows.ts';

export interface LogToolbarProps {
  text: string;
  onText: (text: string) => void;
  /** Of the expression in the filter. */
  problem: string | null;
  kind: KindFilter;
  onKind: (kind: KindFilter) => void;
  counts: Record<KindFilter, number>;
  isSlowOnly: boolean;
  onSlowOnly: () => void;
  search: string;
  onSearch: (text: string) => void;
  /** `3 of 17`; null: nothing is searched for. */
  found: { at: number; of: number } | null;
  onStep: (by: 1 | -1) => void;
  shownCount: number;
  onAddFile: () => void;
  isRaw: boolean;
  onRaw: () => void;
  textOfShown: () => string;
  onDownload: () => void;
  isFollowing: boolean;
  onToggle: () => void;
}

const KINDS: readonly { id: KindFilter; label: string }[] = [
  { id: 'all', label: 'All' },
  { id: '2xx', label: '2xx' },
  { id: '3xx', label: '3xx' },
  { id: '4xx', label: '4xx' },
  { id: '5xx', label: '5xx' },
  { id: 'message', label: 'uWSGI' },
  { id: 'warning', label: 'warnings' },
  { id: 'error', label: 'errors' },
];
const ICON = { size: 12, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function LogToolbar(props: LogToolbarProps) {
  const { counts, found, isFollowing } = props;
  return (
    <>
      <div className="tool">
        <FilterField
          label="Filter: word -word /expression/ worker:3 status:5xx took>500"
          placeholder="word  -word  /expression/  worker:3  took>500"
          value={props.text}
          onChange={props.onText}
          problem={props.problem}
          widthPx={300}
        />
        <Button
          size="sm"
          variant="quiet"
          aria-pressed={props.isSlowOnly}
          icon={<Clock {...ICON} />}
          onClick={props.onSlowOnly}
        >
          Slower than 1 s
        </Button>
        <span className="grow" />
        <Button size="sm" variant="quiet" icon={<Plus {...ICON} />} onClick={props.onAddFile}>
          Add file
        </Button>
        <Button
          size="sm"
          variant="quiet"
          aria-pressed={props.isRaw}
          hint="Lines as they stand in the log"
          icon={<WrapText {...ICON} />}
          onClick={props.onRaw}
        >
          Raw
        </Button>
        <CopyButton
          size="sm"
          variant="quiet"
          text={props.textOfShown}
          label={`Copy the ${formatCount(props.shownCount)} lines shown`}
        >
          Copy
        </CopyButton>
        <Button size="sm" variant="quiet" icon={<Download {...ICON} />} onClick={props.onDownload}>
          Export
        </Button>
        <Button
          size="sm"
          aria-pressed={!isFollowing}
          icon={isFollowing ? <Pause {...ICON} /> : <Play {...ICON} />}
          onClick={props.onToggle}
        >
          {isFollowing ? 'Pause' : 'Follow'} <Kbd keys="Space" />
        </Button>
      </div>
      <div className="tool log-kinds">
        <Segmented
          label="Kind of line"
          value={props.kind}
          onChange={props.onKind}
          options={KINDS.map(({ id, label }) => ({ id, label, count: counts[id] }))}
        />
        <span className="grow" />
        <span className="inp sm log-search">
          <Search {...ICON} />
          <input
            type="search"
            aria-label="Search the lines shown"
            placeholder="Search"
            autoComplete="off"
            spellCheck={false}
            value={props.search}
            onChange={(event) => props.onSearch(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') props.onStep(event.shiftKey ? -1 : 1);
              else if (event.key === 'Escape') props.onSearch('');
              else return;
              event.preventDefault();
              event.stopPropagation();
            }}
          />
          {found === null ? null : (
            <span className="m q">
              {formatCount(found.at)}/{formatCount(found.of)}
            </span>
          )}
        </span>
        <IconButton label="Previous match" size="sm" icon={<ChevronUp {...ICON} />} onClick={() => props.onStep(-1)} />
        <IconButton label="Next match" size="sm" icon={<ChevronDown {...ICON} />} onClick={() => props.onStep(1)} />
      </div>
    </>
  );
}
