/** Notes about requests, answers, and their limits; see option-notes.ts for their form. */
export const requestsNotes = `
`;
