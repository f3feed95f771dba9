/** Notes about TLS; see option-notes.ts for their form. */
export const tlsNotes = `
`;
