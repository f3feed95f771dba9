/**
 * How requests are read and answered, whatever the protocol.
 */
import { number, type OptionSection } from './section.ts';

export const requestsOptions: OptionSection = {
  data: `
buffer-size | bytes | works | 65536 | Largest request line with headers, or uwsgi block (uWSGI's default is 4096).
post-buffering | bytes | none: the engine always has the whole body before a worker is busy with it | | Size from which request bodies go to a file.
post-buffering-bufsize | bytes | none: the engine sizes its own buffers | | Buffer used for 'post-buffering'.
limit-post | bytes | works | 0 | Largest request body; 0 means no limit.
socket-timeout | seconds | works | 4 | Longest silence on a connection before it is closed.
max-vars | int | none: the engine has no table of that size | 64 | Largest number of variables of a request.
offload-threads | int | no | 0 | Threads that send files and responses while the worker goes on.
add-header | list | no | | Adds a header to each response.
error-page-404 | list | no | | File sent when there is no application.
ignore-sigpipe | flag | none: SIGPIPE never ends or logs anything here | | Says nothing about clients that hung up (SIGPIPE).
ignore-write-errors | flag | none: clients that hung up are counted, not logged | | Says nothing about clients that hung up.
disable-write-exception | flag | none: a client that hung up raises nothing in the application | | Raises no exception in the application when a client hung up.
no-fd-passing | flag | none: the engine passes no descriptors through requests | | Refuses file descriptors on unix sockets.
`,
  readers: {
    'buffer-size': number('bufferSizeBytes', 1024),
    'limit-post': number('limitPostBytes'),
    'socket-timeout': number('socketTimeoutSeconds', 1),
  },
};
