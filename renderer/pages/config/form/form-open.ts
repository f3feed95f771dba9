/** Whether the form stands beside the text: as it was left, and at first where there is room for both. */
import { useState } from 'react';

const KEY = 'reeve.config.form';
const ROOM_PX = 1280;

export function useFormOpen(): [isOpen: boolean, setOpen: (isOpen: boolean) => void] {
  const [isOpen, setIsOpen] = useState(() => {
    const kept = window.localStorage.getItem(KEY);
    return kept === null ? window.innerWidth >= ROOM_PX : kept === 'open';
  });
  return [
    isOpen,
    (open) => {
      window.localStorage.setItem(KEY, open ? 'open' : 'closed');
      setIsOpen(open);
    },
  ];
}
