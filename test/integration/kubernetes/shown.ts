/** What another window shows of a target: it lists when its engine tells it to. */
import type { Engine } from '../../../src/engine/engine.ts';
import type { WorkspaceName } from '../../../src/workspace/name.ts';

export interface Shown extends AsyncDisposable {
  /** Its states as they were seen to change; '' once it is gone. */
  states(name: WorkspaceName): string[];
  /** Whether its last list succeeded. */
  isUp(): boolean;
}

export async function shownBy(engine: Engine, onFailure = () => {}): Promise<Shown> {
  const seen = new Map<WorkspaceName, string[]>();
  let isUp = false;
  const look = async () => {
    const list = await engine.list().catch(() => undefined);
    isUp = list !== undefined;
    if (!list) return onFailure();
    for (const [name, states] of seen)
      if (!list.some(workspace => workspace.name === name) && states.at(-1) !== '') states.push('');
    for (const { name, state } of list) {
      const states = seen.get(name) ?? [];
      if (states.at(-1) !== state.kind) seen.set(name, [...states, state.kind]);
    }
  };
  const watch = engine.watch(() => void look());
  await look();
  return {
    states: name => seen.get(name) ?? [],
    isUp: () => isUp,
    [Symbol.asyncDispose]: async () => watch[Symbol.dispose](),
  };
}
