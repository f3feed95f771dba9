/**
 * Internal routing: actions on requests that match. Four tables, each with the same ways to choose requests; their lines
 * are made here from both. Explained, not supported yet.
 */
import type { OptionSection } from './section.ts';

/** When the actions of each table run, on uWSGI 2.0.21: those of 'error-route' for any status. */
const TABLES: readonly [prefix: string, when: string, matches: string][] = [
  ['', 'Before the application, runs', 'Runs'],
  ['error-', 'When the status of the response is set, runs', 'At the status, runs'],
  ['response-', 'Before the headers of the response are sent, runs', 'Before the headers, runs'],
  ['final-', 'After the response, runs', 'After the response, runs'],
];

const SUBJECTS: readonly [suffix: string, subject: string][] = [
  ['-host', 'Host header'],
  ['-uri', 'REQUEST_URI'],
  ['-qs', 'query string'],
  ['-remote-addr', 'client address'],
  ['-user-agent', 'User-Agent header'],
  ['-remote-user', 'user name'],
  ['-referer', 'Referer header'],
];

export const routingOptions: OptionSection = {
  data: `
${TABLES.flatMap((table) => describe(...table)).join('\n')}
error-route-status | list | no | | At the status, runs an action if it is this one: STATUS ACTION:ARGUMENT.
response-route-status | list | no | | Before the headers, runs an action if the status is this one: STATUS ACTION:ARGUMENT.
final-route-status | list | no | | After the response, runs an action if the status is this one: STATUS ACTION:ARGUMENT.
router-list | flag | no | | Lists the actions that routes may name.
collect-header | list | no | | Copies a header of the response into a variable for later routes: HEADER VARIABLE.
pull-header | list | no | | Moves a header of the response into a variable for later routes: HEADER VARIABLE.
pcre-jit | flag | no | | Compiles regular expressions to machine code, where the library can.
`,
  readers: {},
};

function describe(prefix: string, always: string, matching: string): string[] {
  const line = (suffix: string, help: string): string => `${prefix}route${suffix} | list | no | | ${help}`;
  const runs = `${matching} an action`;
  return [
    line('', `${runs} on requests whose path matches: EXPRESSION ACTION:ARGUMENT.`),
    ...SUBJECTS.map(([suffix, subject]) =>
      line(suffix, `${runs} on requests whose ${subject} matches: EXPRESSION ACTION:ARGUMENT.`),
    ),
    line('-if', `${runs} if a condition holds: CONDITION:ARGUMENT ACTION:ARGUMENT.`),
    line('-if-not', `${runs} unless a condition holds: CONDITION:ARGUMENT ACTION:ARGUMENT.`),
    line('-run', `${always} an action on every request: ACTION:ARGUMENT.`),
    line(
      '-label',
      `Names the place in this list of ${prefix === '' ? 'routes' : `'${prefix}route'`} where 'goto' may go on.`,
    ),
  ];
}
