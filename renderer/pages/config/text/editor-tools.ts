/**
 * What opens around the text of the Config tab: the outline, the list of problems, another file to look at. One object
 * for the menu of the toolbar and for the keys of the text.
 */
import { useMemo, useState } from 'react';
import type { ConfigContext, ConfigPeek } from '../../../../electron/contract/editor-model.ts';
import type { Client } from '../../../client.ts';
import type { EditorServer } from '../../../editor/editor-server.ts';
import type { NavigationEvents } from '../../../editor/navigation.ts';
import { useStores } from '../../../stores/use-stores.ts';
import { showToast } from '../../../ui/toast.tsx';
import { reference } from '../reference/reference-store.ts';

export interface EditorTools {
  server: EditorServer;
  events: NavigationEvents;
  isOutlineOpen: boolean;
  setOutlineOpen: (isOpen: boolean) => void;
  areProblemsOpen: boolean;
  setProblemsOpen: (areOpen: boolean) => void;
  peek: ConfigPeek | null;
  closePeek: () => void;
}

export function useEditorTools(instanceId: string): EditorTools {
  const { client } = useStores();
  const [isOutlineOpen, setOutlineOpen] = useState(false);
  const [areProblemsOpen, setProblemsOpen] = useState(false);
  const [peek, setPeek] = useState<ConfigPeek | null>(null);
  const server = useMemo(() => createEditorServer(client, instanceId), [client, instanceId]);
  const events = useMemo<NavigationEvents>(
    () => ({
      onPeek: setPeek,
      onNothing: (text) => showToast({ level: 'info', text, kind: 'editor-nothing' }),
      onAbout: (subject) => reference.open(subject),
    }),
    [],
  );
  const closePeek = useMemo(() => () => setPeek(null), []);
  return { server, events, isOutlineOpen, setOutlineOpen, areProblemsOpen, setProblemsOpen, peek, closePeek };
}

/** Answers about the same text are asked for once: a hover after a completion sends nothing. */
export function createEditorServer(client: Pick<Client, 'call'>, instanceId: string): EditorServer {
  let last: { text: string; answer: Promise<ConfigContext> } | null = null;
  return {
    context: async (text) => {
      if (last?.text !== text) last = { text, answer: client.call('config.context', { instanceId, text }) };
      const { answer } = last;
      try {
        return await answer;
      } catch (error) {
        if (last?.answer === answer) last = null;
        throw error;
      }
    },
    paths: async (text, option, typed) => client.call('config.paths', { instanceId, text, option, typed }),
    peek: async (text, option, value) => client.call('config.peek', { instanceId, text, option, value }),
    target: async () => client.call('config.target', { instanceId }),
  };
}
