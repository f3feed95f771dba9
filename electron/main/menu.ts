/**
 * The application menu as data. Items that concern the console run a command of the renderer by its id, so that menu,
 * palette and buttons are the same thing; the rest are Electron's own roles.
 */
import type { MenuItem } from './electron-port.ts';

export interface MenuOptions {
  platform: NodeJS.Platform;
  /** Developer tools are of use in a checkout only. */
  isPackaged: boolean;
  runCommand: (id: string) => void;
}

const SEPARATOR: MenuItem = { type: 'separator' };

export function menuTemplate({ platform, isPackaged, runCommand }: MenuOptions): MenuItem[] {
  const isMac = platform === 'darwin';
  const command = (label: string, id: string, accelerator?: string): MenuItem => ({
    label,
    click: () => runCommand(id),
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        command('Open a folder…', 'app.open', 'CmdOrCtrl+O'),
        command('Attach to a server…', 'app.attach', 'CmdOrCtrl+Shift+A'),
        SEPARATOR,
        command('Settings', 'go.settings', 'CmdOrCtrl+,'),
        SEPARATOR,
        { role: isMac ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        command('Fleet', 'go.fleet'),
        command('Alerts', 'go.alerts'),
        SEPARATOR,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(isPackaged ? [] : [{ role: 'toggleDevTools' } as const]),
      ],
    },
    { role: 'windowMenu' },
  ];
}
