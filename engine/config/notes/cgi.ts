/** Notes about CGI; see option-notes.ts for their form. */
export const cgiNotes = `
cgi
  Runs scripts, a process for each request; on uWSGI with modifier 9: 'http-socket-modifier1 = 9' or 'http-modifier1 =
  9'. A worker waits for its script, so there are as many at once as workers times 'threads'. Set 'cgi-allowed-ext', or
  every file of the folder that is executable can be called. The engine gives scripts PATH, the locale and what 'env'
  sets; uWSGI gives them its whole environment.
cgi-map-helper
  Lets scripts run that are not executable or have no first line: 'cgi-map-helper = .pl=/usr/bin/perl'. It counts for
  the extension wherever the file is.
cgi-allowed-ext
  Refuses all but these endings, with the dot: '.cgi', '.py'. Set it whenever other things are in the folder.
cgi-timeout
  Ends a script that says nothing for so long, before 'harakiri' ends the whole worker. Long computations that answer
  at their end need both set higher.
cgi-index
  A folder without it can not be called. It may be given several times, the first that exists counts.
`;
