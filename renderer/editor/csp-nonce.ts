/** The nonce of the page's content security policy, for the style sheets that CodeMirror adds. */
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

export function cspNonce(): Extension {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
  return nonce ? EditorView.cspNonce.of(nonce) : [];
}
