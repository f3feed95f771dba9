/** Notes about the HTTP router; see option-notes.ts for their form. */
export const routerNotes = `
`;
