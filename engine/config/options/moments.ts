/**
 * Further things done at certain moments of the start: mounts, waiting, calls of C functions, and the hooks of emperors,
 * mules and gateways. Explained here, not supported yet. The lines of each kind are made from one list of moments.
 */
import type { OptionSection } from './section.ts';

const MOUNT_MOMENTS: readonly [suffix: string, moment: string][] = [
  ['asap', 'as soon as the configuration was read'],
  ['pre-jail', 'before a jail is entered'],
  ['post-jail', 'after a jail was entered'],
  ['in-jail', 'in the jail, when all is set up'],
  ['as-root', 'before rights are given up'],
  ['as-vassal', 'in a new vassal, before its own program starts'],
  ['as-emperor', 'in the emperor, when a vassal was started'],
];

const CALL_MOMENTS: readonly [suffix: string, moment: string][] = [
  ...MOUNT_MOMENTS,
  ['as-user', 'after rights were given up'],
  ['as-user-atexit', 'when the server ends or reloads'],
  ['pre-app', 'before the application is loaded'],
  ['post-app', 'after the application was loaded'],
];

export const momentsOptions: OptionSection = {
  data: `
hook-as-vassal | list | no | | Action in a new vassal, before its own program starts.
hook-as-emperor | list | no | | Action in the emperor, when a vassal was started.
hook-as-mule | list | no | | Action in each mule when it starts.
hook-as-gateway | list | no | | Action in each process of a router when it starts.
hook-emperor-start | list | no | | Action when the emperor starts.
hook-emperor-stop | list | no | | Action in a vassal that the emperor tells to stop.
hook-emperor-reload | list | no | | Action in a vassal that the emperor tells to reload.
hook-emperor-lost | list | no | | Action in a vassal that has lost its emperor.
after-request-hook | list | no | | Calls this C function after each request.
exec-as-vassal | list | no | | Runs a command in a new vassal, before its own program starts.
exec-as-emperor | list | no | | Runs a command in the emperor, when a vassal was started.
${MOUNT_MOMENTS.map(([suffix, moment]) => `mount-${suffix} | list | no | | Mounts a file system ${moment}: TYPE SOURCE FOLDER [FLAGS].`).join('\n')}
${MOUNT_MOMENTS.map(([suffix, moment]) => `umount-${suffix} | list | no | | Unmounts a file system ${moment}: FOLDER [FLAGS].`).join('\n')}
${CALL_MOMENTS.map(([suffix, moment]) => `call-${suffix} | list | no | | Calls this C function ${moment}.`).join('\n')}
call-as-vassal1 | list | no | | As 'call-as-vassal', with the vassal's name.
call-as-vassal3 | list | no | | As 'call-as-vassal', with the vassal's name and the numbers of its user and group.
call-as-emperor1 | list | no | | As 'call-as-emperor', with the vassal's name.
call-as-emperor2 | list | no | | As 'call-as-emperor', with the vassal's name and pid.
call-as-emperor4 | list | no | | As 'call-as-emperor', with the vassal's name, its pid and the numbers of its user and group.
wait-for-fs | list | no | | Waits for this path to exist before the hooks that run as root.
wait-for-file | list | no | | Waits for this file to exist before the hooks that run as root.
wait-for-dir | list | no | | Waits for this folder to exist before the hooks that run as root.
wait-for-mountpoint | list | no | | Waits for something to be mounted on this folder before the hooks that run as root.
wait-for-fs-timeout | seconds | no | 60 | Longest wait for paths, files, folders and mounts; the server ends after it.
wait-for-socket | list | no | | Waits for an answer at this address before the application is loaded.
wait-for-socket-timeout | seconds | no | 60 | Longest wait of 'wait-for-socket'; the server ends after it.
wait-for-interface | list | no | | Waits for this network interface to be up before the hooks that run as root.
wait-for-interface-timeout | seconds | no | 60 | Longest wait of 'wait-for-interface'; the server ends after it.
wait-interface | list | no | | As 'wait-for-interface', by another name.
wait-interface-timeout | seconds | no | 60 | As 'wait-for-interface-timeout', by another name.
wait-for-iface | list | no | | As 'wait-for-interface', by a shorter name.
wait-for-iface-timeout | seconds | no | 60 | As 'wait-for-interface-timeout', by a shorter name.
wait-iface | list | no | | As 'wait-for-interface', by the shortest name.
wait-iface-timeout | seconds | no | 60 | As 'wait-for-interface-timeout', by the shortest name.
`,
  readers: {},
};
