/** Notes about sockets and the addresses to answer on; see option-notes.ts for their form. */
export const socketsNotes = `
`;
