/** Leaves the Reload tab; a reload that runs goes on and is watched. */
import { X } from 'lucide-react';
import { IconButton } from '../../ui/IconButton.tsx';

export function CloseButton({ onClose }: { onClose: () => void }) {
  return <IconButton size="sm" label="Close" icon={<X size={14} strokeWidth={1.75} aria-hidden />} onClick={onClose} />;
}
