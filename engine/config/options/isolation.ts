/**
 * Namespaces, jails, control groups and virtual networks. Explained here, not supported yet.
 */
import type { OptionSection } from './section.ts';

export const isolationOptions: OptionSection = {
  data: `
unshare2 | list | no | | As 'unshare', after the root of the file system was changed; some processes only are in it. | effect=restart
ns | path | no | | Runs the server in a Linux namespace with this folder as root, by another way than 'namespace'. | effect=restart
namespace-keep-mount | list | no | | Keeps this mount in the file system of 'namespace': PATH, or PATH:NEW-PATH. | effect=restart
namespace-net | string | no | | Gives the namespace a network of its own with this name. | effect=restart
setns | string | no | | Joins the namespaces that another instance offers on this 'setns-socket'. | effect=restart
setns-socket | list | no | | Offers the namespaces of this instance to others on this unix socket. | effect=restart
setns-socket-skip | list | no | | Kind of namespace that 'setns-socket' does not offer. | effect=restart
setns-preopen | flag | no | | Opens the descriptors for 'setns-socket' at once, while /proc can be read. | effect=restart
cgroup-opt | list | no | | Sets a value in the control groups of 'cgroup': FILE=VALUE. | effect=restart
cgroup-dir-mode | mode | no | 700 | File mode of the folders that 'cgroup' makes, in octal. | effect=restart
jail | path | no | | FreeBSD: runs in a jail with this folder as root. | effect=restart
jail-ip4 | list | no | | FreeBSD: IPv4 address of the jail. | effect=restart
jail-ip6 | list | no | | FreeBSD: IPv6 address of the jail. | effect=restart
jail2 | list | no | | FreeBSD: parameter of the jail, NAME=VALUE. | effect=restart
libjail | list | no | | FreeBSD: parameter of the jail, set with the system's jail library. | effect=restart
jail-attach | string | no | | FreeBSD: joins the jail of this number or name. | effect=restart
jidfile | path | no | | FreeBSD: writes the number of the jail to this file. | effect=restart
jid-file | path | no | | FreeBSD: as 'jidfile', by another name. | effect=restart
jailed | flag | no | | Says that the server is in a jail already, so that the hooks of that moment run. | effect=restart
tuntap-router | list | no | | Connects the virtual networks of other instances: DEVICE SOCKET [STATS] [GATEWAY]. | effect=restart
tuntap-device | list | no | | Virtual network device of this instance, by way of a router: DEVICE [SOCKET]. | effect=restart
tuntap-device-rule | list | no | | Rule for packets of 'tuntap-device': DIRECTION SOURCE/MASK TARGET/MASK ACTION [ADDRESS]. | effect=restart
tuntap-use-credentials | string | no | | Checks with the system which process is at the other end of a tuntap socket. | effect=restart
tuntap-router-firewall-in | list | no | | Rule for packets that come to the router: ACTION SOURCE/MASK TARGET/MASK. | effect=restart
tuntap-router-firewall-out | list | no | | Rule for packets that leave the router: ACTION SOURCE/MASK TARGET/MASK. | effect=restart
tuntap-router-route | list | no | | Way of packets through the router: SOURCE/MASK TARGET/MASK GATEWAY. | effect=restart
tuntap-router-stats | address | no | | Answers with the state of 'tuntap-router', as JSON, on this address. | effect=restart
`,
  readers: {},
};
