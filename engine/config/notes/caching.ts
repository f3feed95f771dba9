/** Notes about caches, queues and locks; see option-notes.ts for their form. */
export const cachingNotes = `
cache2
  A table that all workers see: 'name=main,items=1000,blocksize=65536'. One item is never used. An item larger than
  blocksize is refused, unless bitmap=1; a full cache refuses new ones, unless purge_lru=1. It is empty after a restart
  unless store= names a file. uWSGI takes the memory for all items at the start, items times blocksize, and empties the
  cache at a reload too; the engine takes memory as items come, and its caches outlive reloads that do not change them.
cache
  The older form with a number of items; 'cache2' does the same with a name and more options. Functions without a
  cache name use this one, or the first of 'cache2'.
cache-expire-freq
  Items whose time is over stay in the way of new ones until this search finds them. A shorter time costs little with
  small caches; lazy_expire=1 of 'cache2' removes them when they are asked for. The engine never gives out an item whose
  time is over; uWSGI does until this search.
cache-store
  Keeps the cache in a file, so that a restart finds it. On uWSGI the file is the cache's memory as it is, and belongs to
  this size and shape: remove it when the number of items or their size changes. The engine writes a file of its own kind,
  which fits any shape and is read after a kill -9, too; it can not read uWSGI's.
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
  The application always has lock 0, of uwsgi.lock(); this adds further ones, by number. A lock is held by a thread, and
  is free when that ends, however it ends. On the engine those who wait get it in the order in which they asked, and a
  thread that asks again for what it holds gets a RuntimeError, where uWSGI waits for ever.
lock-engine
  The platform's own locks are quicker and freed when a process dies. 'ipcsem' is for systems where those do not work
  between processes; it leaves semaphores in the system when the server is killed.
`;
