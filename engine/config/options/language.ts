/**
 * The configuration language itself: resolve.ts has dealt with these before any reader is asked.
 */
import { flag, type OptionSection } from './section.ts';

export const languageOptions: OptionSection = {
  data: `
strict | flag | works | false | Refuses unknown options and placeholders that are not set with 'set-placeholder'.
show-config | flag | works | false | Prints the options in effect at the start.
ini | list | works | | Reads options from an INI file, file or file:section.
xml | list | works | | Reads options from an XML file.
yaml | list | works | | Reads options from a YAML file.
json | list | works | | Reads options from a JSON file.
config | list | no | | Reads options through a plugin.
include | list | works | | Reads options from another file at this place.
inherit | list | works | | Reads options from another file after all others.
set | list | works | | Sets an option or a placeholder: name=value.
set-placeholder | list | works | | Sets a placeholder: name=value.
declare-option | list | works | | Makes an option out of others: name=option=$1;option=$2.
declare-option2 | list | works | | As 'declare-option', applied after placeholders were replaced.
print | list | works | | Writes a text to the log at the start.
iprint | list | works | | Writes a text to the log while the file is read.
get | string | no | | On the command line: shows the value of this option and ends.
resolve | list | no | | Sets a placeholder to the IP address of a host: name=host.
inject-before | list | no | | Puts the text of a file in front of the configuration before it is read.
inject-after | list | no | | Puts the text of a file behind the configuration before it is read.
fallback-config | path | no | | Starts again with this configuration when the server ends with code 1.
blacklist | list | no | | Refuses these options up to 'end-blacklist'.
end-blacklist | flag | no | | Ends 'blacklist'.
whitelist | list | no | | Refuses all options but these up to 'end-whitelist'.
end-whitelist | flag | no | | Ends 'whitelist'.
for | logic | works | | Repeats the lines up to 'endfor' for each word; %(_) is the word.
for-glob | logic | works | | Repeats the lines up to 'endfor' for each path that matches; %(_) is the path.
for-times | logic | works | | Repeats the lines up to 'endfor' so many times; %(_) counts from 1.
for-readline | logic | works | | Repeats the lines up to 'endfor' for each line of a file; %(_) is the line.
endfor | logic | works | | Ends 'for' and its kin.
if-opt | logic | works | | The lines up to 'endif' count when the option was given before: name or name=value.
if-not-opt | logic | works | | The lines up to 'endif' count when the option was not given before.
if-env | logic | works | | The lines up to 'endif' count when the environment variable is set: NAME or NAME=value.
if-not-env | logic | works | | The lines up to 'endif' count when the environment variable is not set.
if-exists | logic | works | | The lines up to 'endif' count when the path exists.
if-not-exists | logic | works | | The lines up to 'endif' count when the path does not exist.
if-file | logic | works | | The lines up to 'endif' count when the path is a file.
if-not-file | logic | works | | The lines up to 'endif' count when the path is not a file.
if-dir | logic | works | | The lines up to 'endif' count when the path is a folder.
if-not-dir | logic | works | | The lines up to 'endif' count when the path is not a folder.
if-hostname | logic | works | | The lines up to 'endif' count on the host of this name.
if-not-hostname | logic | works | | The lines up to 'endif' count on any host but this one.
if-hostname-match | logic | works | | The lines up to 'endif' count when the host name matches.
if-not-hostname-match | logic | works | | The lines up to 'endif' count when the host name does not match.
if-plugin | logic | works | | The lines up to 'endif' count when the plugin is there.
if-not-plugin | logic | works | | The lines up to 'endif' count when the plugin is not there.
if-reload | logic | works | | The lines up to 'endif' count after a reload.
if-not-reload | logic | works | | The lines up to 'endif' count at the first start.
endif | logic | works | | Ends 'if-env' and its kin.
`,
  readers: {
    strict: flag('strict'),
    'show-config': flag('showConfig'),
  },
};
