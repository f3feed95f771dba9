/**
 * Things that move the rows wait until the pointer is released: a row that grows or shrinks between press and release
 * would put another control under the pointer, and the click would be lost.
 */

export interface AfterPress {
  /** At once, or as soon as the click that is under way has arrived. */
  run(action: () => void): void;
  dispose(): void;
}

export function watchPresses(target: EventTarget = window): AfterPress {
  let isPressed = false;
  let waiting: (() => void)[] = [];

  function press(): void {
    isPressed = true;
  }

  function release(): void {
    // The click is sent right after the release.
    setTimeout(() => {
      isPressed = false;
      const actions = waiting;
      waiting = [];
      for (const action of actions) action();
    });
  }

  target.addEventListener('pointerdown', press, true);
  for (const type of ['pointerup', 'pointercancel']) target.addEventListener(type, release, true);
  return {
    run(action) {
      if (isPressed) waiting.push(action);
      else action();
    },
    dispose() {
      target.removeEventListener('pointerdown', press, true);
      for (const type of ['pointerup', 'pointercancel']) target.removeEventListener(type, release, true);
    },
  };
}
