/** What a person should look at now: every instance in trouble, worst first, with its sentence and where to go. */
import type { Instance } from '../../../electron/contract/model.ts';
import { inTrouble } from '../../stores/instances.ts';
import { fleetRoute, instanceRoute } from '../../stores/router.ts';
import { useInstances, useSettings, useSlowNow, useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { whereToLook } from '../instance/instance-words.ts';
import './alerts.css';

export function AlertsPage() {
  const { router } = useStores();
  const byId = useInstances((state) => state.byId);
  const all = Object.values(byId);
  const mutedUntilMs = useSettings((settings) => settings.mutedUntilMs);
  const trouble = inTrouble(all, mutedUntilMs, useSlowNow());
  return (
    <>
      <div className="tool">
        <h1 className="title">Alerts</h1>
        <span className="q">
          {trouble.length === 0 ? 'nothing to look at' : `${trouble.length} of ${all.length} instances`}
        </span>
      </div>
      {trouble.length === 0 ? (
        <p className="calm">
          {all.length === 0
            ? 'There are no instances yet.'
            : all.length === 1
              ? 'The instance is well.'
              : `All ${all.length} instances are well.`}{' '}
          <button type="button" className="btn-link" onClick={() => router.go(fleetRoute())}>
            Go to the fleet
          </button>
        </p>
      ) : (
        <ul className="scroll">
          {trouble.map((instance) => (
            <li className="alert" key={instance.id}>
              <HealthGlyph level={instance.health.level} />
              <button type="button" className="md alert-name ell" onClick={() => router.go(instanceRoute(instance.id))}>
                {instance.name}
              </button>
              <span className="tag">{instance.group}</span>
              <span className="grow">
                <span className="s2">{instance.health.word}.</span> {instance.health.sentence ?? instance.link.reason}
              </span>
              <LookButton instance={instance} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function LookButton({ instance }: { instance: Instance }) {
  const { router } = useStores();
  const { title, tab } = whereToLook(instance);
  return (
    <Button size="sm" onClick={() => router.go(instanceRoute(instance.id, tab))}>
      {title}
    </Button>
  );
}
