/** A window for tests without a browser: an address with history, visibility, events that tests send. */
export interface FakePage {
  location: { search: string; hash: string };
  history: {
    pushState(data: unknown, unused: string, url: string): void;
    replaceState(data: unknown, unused: string, url: string): void;
  };
  document: FakeEvents & { hidden: boolean };
  addEventListener: FakeEvents['addEventListener'];
  removeEventListener: FakeEvents['removeEventListener'];
  /** Sends an event of the window. */
  send: (type: string) => void;
  /** The back button. */
  back(): void;
  /** Hides or shows the page. */
  setHidden(hidden: boolean): void;
}

interface FakeEvents {
  addEventListener: (type: string, listener: () => void) => void;
  removeEventListener: (type: string, listener: () => void) => void;
}

export function createFakePage(search = ''): FakePage {
  const ofWindow = createEvents();
  const ofDocument = createEvents();
  const entries: [string, ...string[]] = [search];
  const location = { search, hash: '' };
  const document = { hidden: false, addEventListener: ofDocument.add, removeEventListener: ofDocument.remove };
  return {
    location,
    history: {
      pushState(_data, _unused, url) {
        entries.push(url);
        location.search = url;
      },
      replaceState(_data, _unused, url) {
        entries[entries.length - 1] = url;
        location.search = url;
      },
    },
    document,
    addEventListener: ofWindow.add,
    removeEventListener: ofWindow.remove,
    send: ofWindow.send,
    back() {
      if (entries.length > 1) entries.pop();
      location.search = entries.at(-1) ?? '';
      ofWindow.send('popstate');
    },
    setHidden(hidden) {
      document.hidden = hidden;
      ofDocument.send('visibilitychange');
    },
  };
}

interface Events {
  add: FakeEvents['addEventListener'];
  remove: FakeEvents['removeEventListener'];
  send: (type: string) => void;
}

function createEvents(): Events {
  const listeners = new Map<string, Set<() => void>>();
  return {
    add: (type, listener) => {
      listeners.set(type, (listeners.get(type) ?? new Set()).add(listener));
    },
    remove: (type, listener) => {
      listeners.get(type)?.delete(listener);
    },
    send: (type) => {
      for (const listener of listeners.get(type) ?? []) listener();
    },
  };
}
