/**
 * Programs beside the server: `attach-daemon` and its kin.
 */
import { attachedDaemon, parseDaemon, parseSmartDaemon } from '../daemon-values.ts';
import { type OptionSection, type Reader, readFlag, take } from './section.ts';

export const daemonsOptions: OptionSection = {
  data: `
attach-daemon | list | works | | Program that is started and stopped with the server.
attach-control-daemon | list | works | | Program that is started with the server and whose end stops the server.
attach-daemon2 | list | works | | Program that is started and stopped with the server, with options: cmd=,pidfile=,freq= and more.
smart-attach-daemon | list | works | | Program that outlives the server, with its pidfile: PIDFILE COMMAND; it goes into the background by itself.
smart-attach-daemon2 | list | works | | As 'smart-attach-daemon', for a program that does not go into the background.
daemons-honour-stdin | flag | works | | Gives the server's standard input to the programs it starts.
legion-attach-daemon | list | no: the engine knows no legions | | Program that runs while this server is the lord of a legion.
legion-smart-attach-daemon | list | no: the engine knows no legions | | Program with a pidfile that runs while this server is the lord of a legion.
legion-smart-attach-daemon2 | list | no: the engine knows no legions | | Foreground program with a pidfile that runs while this server is the lord of a legion.
`,
  readers: {
    'attach-daemon': ({ settings }, value) =>
      take(value, (command) => settings.system.daemons.push(attachedDaemon(command))),
    'attach-control-daemon': ({ settings }, value) =>
      take(value, (command) => settings.system.daemons.push({ ...attachedDaemon(command), isControl: true })),
    'daemons-honour-stdin': readFlag((settings, isOn) => (settings.system.daemonsGetStdin = isOn)),
    'attach-daemon2': ({ settings, folder }, value) => {
      const daemon = parseDaemon(value, folder);
      if (typeof daemon === 'string') return daemon;
      settings.system.daemons.push(daemon);
      for (const path of daemon.touch) settings.touches.push({ path, action: { type: 'restart-daemons' } });
      return null;
    },
    'smart-attach-daemon': smart(false),
    'smart-attach-daemon2': smart(true),
  },
};

function smart(isForeground: boolean): Reader {
  return ({ settings, folder }, value) => {
    const daemon = parseSmartDaemon(value, folder, isForeground);
    if (daemon === null) return 'needs a pidfile and a command with a blank in between.';
    settings.system.daemons.push(daemon);
    return null;
  };
}
