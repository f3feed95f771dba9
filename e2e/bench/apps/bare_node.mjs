/** The same by node:http alone, in two processes: `bare_node.mjs PORT`. */
import cluster from 'node:cluster';
import { createServer } from 'node:http';
import handler from './hello_node.mjs';

if (cluster.isPrimary) for (let left = 2; left > 0; left -= 1) cluster.fork();
else createServer(handler).listen(Number(process.argv[2]), '127.0.0.1');
