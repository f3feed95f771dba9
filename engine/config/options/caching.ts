/**
 * What processes share: caches, queues, memory and locks. Explained here, not supported yet.
 */
import type { OptionSection } from './section.ts';

export const cachingOptions: OptionSection = {
  data: `
cache2 | list | no | | Shared cache with its options: name=,items= and if wanted blocksize=, store=, purge_lru= and more.
cache | int | no | | Shared cache named 'default' with this many items; 'cache2' can do more. | unit=items
cache-blocksize | bytes | no | 65536 | Largest item of the cache of 'cache'.
cache-store | path | no | | File that keeps the cache of 'cache' over a restart.
cache-store-sync | int | no | | Cycles of the master between two writes of 'cache-store'. | unit=cycles
cache-no-expire | flag | no | | Never removes items whose time is over by itself.
cache-expire-freq | seconds | no | 3 | Time between two searches for items whose time is over.
cache-report-freed-items | flag | no | | Logs each item removed because its time was over; for development.
cache-udp-server | list | no | | UDP address that takes changes of the cache from other instances.
cache-udp-node | list | no | | UDP address of another instance that gets each change of the cache.
cache-sync | string | no | | Copies the whole cache of another instance at the start, from this address.
cache-use-last-modified | flag | no | | Keeps the time of the latest change of the cache.
add-cache-item | list | no | | Puts an item into a cache at the start: KEY=VALUE, or CACHE KEY=VALUE.
load-file-in-cache | list | no | | Puts a file into a cache at the start, under its name: FILE, or CACHE FILE.
load-file-in-cache-gzip | list | no | | As 'load-file-in-cache', compressed.
check-cache | string | no | | Answers from this cache when it has an item for the requested URI; without a name, from the default one.
queue | int | no | | Shared queue with this many places. | unit=slots
queue-blocksize | bytes | no | 8192 | Largest item of the queue.
queue-store | path | no | | File that keeps the queue over a restart.
queue-store-sync | int | no | | Cycles of the master between two writes of 'queue-store'. | unit=cycles
sharedarea | list | no | | Memory that all processes share, in pages, or with options: pages=, file=, size= and more.
py-sharedarea | bytes | no | | Shared memory of this size that Python sees as a bytearray.
locks | int | no | | Locks for the application beside the one it always has. | unit=locks
lock-engine | string | no | | How locks are made: 'ipcsem' for System V semaphores in place of the platform's own. | choices=ipcsem
ftok | path | no | | File that names the semaphores of 'ipcsem', so that instances do not share them.
persistent-ipcsem | flag | no | | Leaves the semaphores of 'ipcsem' in the system at the end.
flock | list | no | | Locks this file at the start and ends when another process has it.
flock-wait | list | no | | Locks this file at the start and waits while another process has it.
flock2 | list | no | | As 'flock', after the log was opened and the server went into the background.
flock-wait2 | list | no | | As 'flock-wait', after the log was opened and the server went into the background.
`,
  readers: {},
};
