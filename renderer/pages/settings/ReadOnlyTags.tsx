/** Which tags make an instance read-only: everything that changes it then takes typing its name. */
import { runAction } from '../../commands/run-action.ts';
import { useInstances, useSettings, useStores } from '../../stores/use-stores.ts';
import { Switch } from '../../ui/Switch.tsx';
import { Setting } from './Setting.tsx';

export function ReadOnlyTags() {
  const { settings } = useStores();
  const readOnlyTags = useSettings((state) => state.readOnlyTags);
  const byId = useInstances((state) => state.byId);
  const tags = [...new Set([...readOnlyTags, ...Object.values(byId).flatMap((instance) => instance.tags)])].sort();
  return (
    <Setting
      title="Read-only tags"
      text="An instance with one of these tags is reloaded, stopped or written to only after its name was typed."
    >
      {tags.length === 0 ? <span className="q">No instance has a tag yet.</span> : null}
      {tags.map((tag) => (
        <Switch
          key={tag}
          checked={readOnlyTags.includes(tag)}
          label={tag}
          onChange={(isOn) =>
            runAction(
              settings.change({
                readOnlyTags: isOn ? [...readOnlyTags, tag] : readOnlyTags.filter((other) => other !== tag),
              }),
            )
          }
        />
      ))}
    </Setting>
  );
}
