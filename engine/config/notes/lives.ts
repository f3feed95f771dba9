/** Notes about when a worker ends and another takes its place; see option-notes.ts for their form. */
export const livesNotes = `
`;
