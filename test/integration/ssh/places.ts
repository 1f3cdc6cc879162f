/** A target of a rotation that has these workspaces alone: the engine of the machine may have those of others. */
import type { Engine } from '../../../src/engine/engine.ts';
import { Target } from '../../../src/engine/target.ts';
import type { Place } from '../../../src/ssh/keyRotation.ts';
import { TargetId } from '../../../src/workspace/name.ts';

export function placeOf(engine: Engine, id: string, names: readonly string[]): Place {
  const target = Target.parse({ ...engine.target, id, title: `Place ${id}` });
  const list: Engine['list'] = async signal =>
    (await engine.list(signal))
      .filter(({ name }) => names.includes(name))
      .map(workspace => ({ ...workspace, target: TargetId.parse(id) }));
  const only = new Proxy(engine, {
    get: (whole, key) => {
      if (key === 'list') return list;
      const value: unknown = Reflect.get(whole, key, whole);
      return typeof value === 'function' ? value.bind(whole) : value;
    },
  });
  return { target, engine: async () => only };
}
