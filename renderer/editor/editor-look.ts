/**
 * The look of the editor in the product's tokens: lines of 18 px, gutters for problems and numbers, quiet selection,
 * popovers as everywhere else. Squiggles are drawn by text-decoration, as the library's own are images that a strict
 * content security policy refuses.
 */
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

const squiggle = (colour: string) => ({
  backgroundImage: 'none',
  padding: '0',
  textDecoration: `underline wavy ${colour} 1px`,
  textUnderlineOffset: '3px',
  textDecorationSkipInk: 'none',
});

const popover = {
  backgroundColor: 'var(--bg-pop)',
  color: 'var(--fg-1)',
  border: '0',
  borderRadius: 'var(--r-3)',
  boxShadow: 'var(--shadow-pop)',
  font: '12px/16px var(--font-ui)',
  overflow: 'hidden',
};

export const editorLook: Extension = EditorView.theme({
  '&': { height: '100%', fontSize: '13px', backgroundColor: 'var(--bg-1)', color: 'var(--fg-1)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '18px', fontFeatureSettings: '"liga" 0, "calt" 0' },
  '.cm-content': { padding: '4px 0 40px', caretColor: 'var(--accent)' },
  '.cm-line': { padding: '0 16px 0 10px' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--accent)', borderLeftWidth: '2px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--ed-line)' },
  '.cm-gutters': { backgroundColor: 'var(--bg-1)', color: 'var(--fg-3)', border: '0' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '30px', padding: '0 6px 0 0', fontSize: '12px' },
  '.cm-activeLineGutter': { color: 'var(--fg-1)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--bg-4)',
  },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--bg-4)', color: 'inherit' },
  '.cm-searchMatch': { backgroundColor: 'var(--bg-warn)', boxShadow: '0 0 0 1px var(--warn)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--bg-sel)', boxShadow: '0 0 0 1px var(--accent)' },

  '.cm-problem-gutter': { width: '22px' },
  '.cm-problem-gutter .cm-gutterElement': { display: 'grid', placeItems: 'center' },
  '.cm-lintRange-error': squiggle('var(--crit)'),
  '.cm-lintRange-warning': squiggle('var(--warn)'),
  '.cm-lintRange-info': squiggle('var(--fg-3)'),
  '.cm-lintPoint': { display: 'none' },

  '.cm-tooltip': popover,
  '.cm-tooltip-lint': { padding: '4px 0', margin: '0', maxWidth: '420px' },
  '.cm-diagnostic': { border: '0', padding: '4px 10px', margin: '0', whiteSpace: 'pre-wrap' },
  '.cm-diagnostic-error': { borderLeft: '2px solid var(--crit)' },
  '.cm-diagnostic-warning': { borderLeft: '2px solid var(--warn)' },
  '.cm-diagnostic-info': { borderLeft: '2px solid var(--line-ctl)' },
  '.cm-diagnosticAction': {
    margin: '0 0 0 10px',
    padding: '1px 6px',
    borderRadius: 'var(--r-2)',
    color: 'var(--accent)',
    backgroundColor: 'var(--bg-3)',
  },

  '.cm-tooltip.cm-tooltip-autocomplete': { overflow: 'visible' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    width: '296px',
    maxWidth: '296px',
    maxHeight: '186px',
    fontFamily: 'var(--font-mono)',
    padding: '2px 0',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    display: 'flex',
    alignItems: 'center',
    gap: '8px',
    height: '24px',
    padding: '0 10px',
    color: 'var(--fg-1)',
  },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--bg-sel)', color: 'var(--fg-1)' },
  '.cm-completionLabel': { overflow: 'hidden', textOverflow: 'ellipsis' },
  '.cm-completionMatchedText': { color: 'var(--accent)', textDecoration: 'none' },
  '.cm-completionDetail': {
    marginLeft: 'auto',
    font: '11px/16px var(--font-ui)',
    fontStyle: 'normal',
    color: 'var(--fg-3)',
  },
  '.cm-tooltip.cm-completionInfo': { ...popover, width: '232px', maxWidth: '232px', padding: '8px 12px' },
  '.cm-completionInfo.cm-completionInfo-right': { marginLeft: '1px' },

  '.cm-option-card': { maxWidth: '372px', width: 'max-content', whiteSpace: 'normal' },
  '.cm-option-head': { display: 'flex', alignItems: 'baseline', gap: '8px', padding: '8px 12px 0' },
  '.cm-option-name': { fontFamily: 'var(--font-mono)', fontWeight: '600' },
  '.cm-option-kind': { color: 'var(--fg-3)' },
  '.cm-option-aliases': {
    marginLeft: 'auto',
    paddingLeft: '16px',
    fontFamily: 'var(--font-mono)',
    color: 'var(--fg-3)',
  },
  '.cm-option-help': { padding: '4px 12px 8px', color: 'var(--fg-2)', lineHeight: '18px' },
  '.cm-option-head + .cm-option-rows': { marginTop: '8px' },
  '.cm-option-note': { padding: '0 12px 8px', color: 'var(--fg-2)', lineHeight: '18px' },
  '.cm-option-card code': { fontFamily: 'var(--font-mono)', color: 'var(--fg-1)' },
  '.cm-option-rows': {
    display: 'grid',
    gridTemplateColumns: 'auto 1fr',
    columnGap: '16px',
    margin: '0',
    padding: '6px 12px 8px',
    borderTop: '1px solid var(--line-2)',
    color: 'var(--fg-3)',
    lineHeight: '18px',
  },
  '.cm-option-rows dd': {
    margin: '0',
    textAlign: 'right',
    fontFamily: 'var(--font-mono)',
    color: 'var(--fg-1)',
    overflowWrap: 'anywhere',
  },
  '.cm-option-foot': { padding: '6px 12px 8px', borderTop: '1px solid var(--line-2)', color: 'var(--fg-3)' },
  '.cm-completionInfo .cm-option-card': { maxWidth: '100%' },
  '.cm-completionInfo .cm-option-head': { padding: '0', flexWrap: 'wrap', rowGap: '0' },
  '.cm-completionInfo .cm-option-aliases': { marginLeft: '0', paddingLeft: '0' },
  '.cm-completionInfo .cm-option-help': { padding: '4px 0' },
  '.cm-completionInfo .cm-option-foot': { padding: '4px 0 0' },

  '.cm-rename': {
    display: 'flex',
    alignItems: 'center',
    gap: '12px',
    font: '12px/16px var(--font-ui)',
    padding: '6px 12px',
  },
  '.cm-rename input': { fontFamily: 'var(--font-mono)', marginLeft: '8px', width: '24ch' },
  '.cm-rename [role="status"]': { color: 'var(--fg-3)' },
  '.cm-panels': { backgroundColor: 'var(--bg-2)', color: 'var(--fg-1)', borderColor: 'var(--line-2)' },
  '.cm-panel.cm-search': { font: '12px/16px var(--font-ui)', padding: '6px 12px' },
  '.cm-panel.cm-search label': { fontSize: '12px' },
  '.cm-textfield': {
    fontSize: '12px',
    border: '1px solid var(--line-ctl)',
    borderRadius: 'var(--r-2)',
    backgroundColor: 'var(--bg-1)',
    color: 'var(--fg-1)',
  },
  '.cm-button': {
    fontSize: '11px',
    backgroundImage: 'none',
    backgroundColor: 'var(--bg-3)',
    border: '1px solid var(--line-2)',
    borderRadius: 'var(--r-2)',
    color: 'var(--fg-1)',
  },

  '.cm-changedLine': { backgroundColor: 'var(--bg-add)' },
  '.cm-deletedChunk': { backgroundColor: 'var(--bg-del)', paddingLeft: '10px' },
  '&.cm-merge-a .cm-changedLine': { backgroundColor: 'var(--bg-del)' },
  '& .cm-changedText, &.cm-merge-b .cm-changedText': { background: 'color-mix(in srgb, var(--ok) 26%, transparent)' },
  '& .cm-deletedText, &.cm-merge-a .cm-changedText, & .cm-deletedChunk .cm-deletedText': {
    background: 'color-mix(in srgb, var(--crit) 26%, transparent)',
    textDecoration: 'none',
  },
  '.cm-changeGutter': { width: '3px', paddingLeft: '0' },
  '& .cm-changeGutter .cm-changedLineGutter': { backgroundColor: 'var(--ok)' },
  '& .cm-changeGutter .cm-deletedLineGutter, &.cm-merge-a .cm-changeGutter .cm-changedLineGutter': {
    backgroundColor: 'var(--crit)',
  },
  '.cm-collapsedLines': {
    background: 'var(--bg-2)',
    color: 'var(--fg-3)',
    font: '11px/18px var(--font-ui)',
    padding: '0 10px',
  },
});
