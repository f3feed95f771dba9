/**
 * Whether the form stands beside the text: as it was left, and at first where there is room for both. Alt+F changes it
 * from anywhere on the page; the focus then goes with it.
 */
import { useEffect, useEffectEvent, useState } from 'react';

const KEY = 'reeve.config.form';
const ROOM_PX = 1280;

export interface FormOpen {
  isOpen: boolean;
  /** It was opened by its key. */
  takesFocus: boolean;
  setOpen: (isOpen: boolean) => void;
}

/** `focusText`: where the focus goes when the form is closed by its key. */
export function useFormOpen(focusText: () => void): FormOpen {
  const [isOpen, setIsOpen] = useState(() => {
    const kept = window.localStorage.getItem(KEY);
    return kept === null ? window.innerWidth >= ROOM_PX : kept === 'open';
  });
  const [takesFocus, setTakesFocus] = useState(false);

  function setOpen(open: boolean): void {
    window.localStorage.setItem(KEY, open ? 'open' : 'closed');
    setTakesFocus(false);
    setIsOpen(open);
  }

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.code !== 'KeyF') return;
    // A dialog has the keys to itself.
    if (document.querySelector('[role="dialog"][aria-modal="true"]')) return;
    event.preventDefault();
    if (isOpen) focusText();
    setOpen(!isOpen);
    setTakesFocus(!isOpen);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => onKey(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);

  return { isOpen, takesFocus, setOpen };
}
