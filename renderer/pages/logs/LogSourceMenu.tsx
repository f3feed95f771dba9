/** Which log is shown, and the others there are: each with how it is known and why it can't be read. */
import { ChevronDown, FileText } from 'lucide-react';
import type { LogSource } from '../../../electron/contract/logs-model.ts';
import { Button } from '../../ui/Button.tsx';
import { MenuButton } from '../../ui/MenuButton.tsx';

const CONTENT: Record<LogSource['content'], string> = {
  all: '',
  server: ', without requests',
  requests: ', requests only',
};

export interface LogSourceMenuProps {
  sources: readonly LogSource[];
  source: string | null;
  onChoose: (source: string) => void;
}

export function LogSourceMenu({ sources, source, onChoose }: LogSourceMenuProps) {
  const current = sources.find(({ id }) => id === source);
  const entries = sources.map((one) => ({
    id: one.id,
    title: `${one.title}${CONTENT[one.content]}`,
    disabledReason: one.whyNot,
    onSelect: () => onChoose(one.id),
  }));
  return (
    <MenuButton entries={entries}>
      <Button size="sm" variant="quiet" icon={<FileText size={12} strokeWidth={1.75} aria-hidden />}>
        <span className="m ell log-source">{current?.title ?? source ?? 'no source'}</span>
        <ChevronDown size={12} strokeWidth={1.75} aria-hidden />
      </Button>
    </MenuButton>
  );
}
