/** Notes about caches, queues and locks; see option-notes.ts for their form. */
export const cachingNotes = `
cache2
  A table in shared memory that all workers see: 'name=main,items=1000,blocksize=65536'. The memory for all items is
  taken at the start, items times blocksize, and one item is never used. An item larger than blocksize is refused,
  unless bitmap=1; a full cache refuses new ones, unless purge_lru=1. It is empty after a restart unless store= names
  a file.
cache
  The older form with a number of items; 'cache2' does the same with a name and more options. Functions without a
  cache name use this one, or the first of 'cache2'.
cache-expire-freq
  Items whose time is over stay in the way of new ones until this search finds them. A shorter time costs little with
  small caches; lazy_expire=1 of 'cache2' removes them when they are asked for.
cache-store
  Keeps the cache in a file that is mapped into memory, so that a restart finds it. The file belongs to this size and
  shape: remove it when the number of items or their size changes.
check-cache
  Answers with the item whose key is the requested URI, before the application is asked. The item is sent as it is, so
  that status line and headers must be part of it. Nobody is asked for permission then: only pages that look the same
  for everybody belong in it.
queue
  An array in shared memory with so many places; push on a full one overwrites the oldest. It is lost at a restart
  without 'queue-store'. For work to be done a 'spooler' is the better choice.
sharedarea
  Raw memory for applications that agree on its layout, without keys and without protection beyond a lock. 'cache2' is
  what most people want.
locks
  The application always has lock 0, of uwsgi.lock(); this adds further ones, by number. A lock is held by a process:
  one that ends with it in hand gives it back only with robust mutexes, the usual on Linux.
lock-engine
  The platform's own locks are quicker and freed when a process dies. 'ipcsem' is for systems where those do not work
  between processes; it leaves semaphores in the system when the server is killed.
`;
