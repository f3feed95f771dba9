/** Notes about the system: users, folders, processes, limits; see option-notes.ts for their form. */
export const systemNotes = `
`;
