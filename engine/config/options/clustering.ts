/**
 * Instances that know of each other: subscriptions to routers, zerg, legions. Explained here, not supported yet.
 */
import type { OptionSection } from './section.ts';

export const clusteringOptions: OptionSection = {
  data: `
subscribe-to | list | no | | Tells a router that this instance serves a name: ROUTER:NAME.
subscribe2 | list | no | | As 'subscribe-to', with options: server=,key= and if wanted addr=, weight=, modifier1= and more.
subscribe-freq | seconds | no | 10 | Time between two announcements to the router.
subscribe-with-modifier1 | string | no | | Modifier that the router is told to send requests with.
subscription-tolerance | seconds | no | 17 | Silence after which a router drops an instance.
subscription-algo | string | no | wrr | How a router shares requests out: by weight (wrr), or by what runs, without (lrc) or with weight (wlrc). | choices=wrr,lrc,wlrc
subscription-dotsplit | flag | no | | When nobody serves a name, tries it without its first part: example.com for www.example.com.
start-unsubscribed | flag | no | | Announces nothing at the start; the master's FIFO begins it with S.
unsubscribe-on-graceful-reload | flag | no | | Tells the router at a graceful reload too that this instance is away.
subscriptions-sign-check | string | no | | Takes signed announcements only: DIGEST:FOLDER, with a key file for each name.
subscriptions-sign-check-tolerance | seconds | no | 86400 | How far the clock of a signed announcement may be off.
subscriptions-sign-skip-uid | list | no | | User whose announcements over a unix socket need no signature.
subscriptions-use-credentials | flag | no | | Asks the system who sent an announcement over a unix socket.
subscriptions-credentials-check | list | no | | Folder with files that say who may announce which name over a unix socket.
subscription-notify-socket | path | no | | Unix socket that routers tell about announcements they took or dropped.
notify-socket | path | no | | Unix socket on which this instance takes notifications.
weight | int | no | 1 | Share of requests that a router gives this instance, beside the others of its name.
auto-weight | flag | no | | Chooses 'weight' by itself.
zerg-fallback | flag | no | | Opens the sockets of the configuration when the zerg server can not be reached.
zergpool | list | no | | Opens sockets and hands them to zerg instances: CONTROL-SOCKET:ADDRESS,ADDRESS.
legion | list | no: the engine knows no legions | | Makes this server a member of a legion: NAME ADDRESS VALOR ALGORITHM:SECRET.
legion-mcast | list | no: the engine knows no legions | | As 'legion', by multicast to all members.
legion-node | list | no: the engine knows no legions | | Another member of a legion: NAME ADDRESS.
legion-quorum | list | no: the engine knows no legions | | Votes a member needs to become the lord: NAME NUMBER.
legion-freq | seconds | no: the engine knows no legions | | Time between two messages to the other members.
legion-tolerance | seconds | no: the engine knows no legions | | Silence after which a member counts as lost.
legion-skew-tolerance | seconds | no: the engine knows no legions | 30 | How far the clocks of members may be apart.
legion-death-on-lord-error | seconds | no: the engine knows no legions | | Time this member counts itself as dead after an action of 'legion-lord' failed.
legion-setup | list | no: the engine knows no legions | | Action when the legion is set up: NAME ACTION:ARGUMENT.
legion-join | list | no: the engine knows no legions | | Action when the legion has its quorum for the first time: NAME ACTION:ARGUMENT.
legion-lord | list | no: the engine knows no legions | | Action when this member becomes the lord: NAME ACTION:ARGUMENT.
legion-unlord | list | no: the engine knows no legions | | Action when this member is no longer the lord: NAME ACTION:ARGUMENT.
legion-death | list | no: the engine knows no legions | | Action when this server ends: NAME ACTION:ARGUMENT.
legion-node-joined | list | no: the engine knows no legions | | Action when another member joins: NAME ACTION:ARGUMENT.
legion-node-left | list | no: the engine knows no legions | | Action when another member leaves: NAME ACTION:ARGUMENT.
legion-scroll | list | no: the engine knows no legions | | Text that this member tells the others: NAME TEXT.
legion-scroll-max-size | bytes | no: the engine knows no legions | | Longest text of 'legion-scroll'.
legion-scroll-list-max-size | bytes | no: the engine knows no legions | | Size of all texts of a legion's members together.
udp | address | no | | Takes uwsgi packets over UDP on this address.
multicast | address | no | | Joins this multicast group and takes uwsgi packets from it.
multicast-ttl | int | no | | Number of networks that multicast packets may pass.
multicast-loop | int | no | 1 | Whether multicast packets come back to this machine: 1 or 0. | choices=0,1
`,
  readers: {},
};
