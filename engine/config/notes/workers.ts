/** Notes about how many workers and threads there are; see option-notes.ts for their form. */
export const workersNotes = `
processes
  Each worker serves one request at a time, 'threads' of them with threads; memory grows with every worker. One to
  four for each CPU is usual, more where requests mostly wait for a database. When all are busy for long while the
  CPU is idle there are too few; the listen queue shows it.
`;
