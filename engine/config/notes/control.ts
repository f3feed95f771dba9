/** Notes about ways to tell a running server what to do; see option-notes.ts for their form. */
export const controlNotes = `
`;
