import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KeptHomes } from '../../../src/engine/keptHomes.ts';
import { WorkspaceName } from '../../../src/workspace/name.ts';
import { local, sampleTarget, sampleWorkspace } from '../views/samples.ts';

const name = WorkspaceName.parse('old');
const settled = () => new Promise(resolve => setImmediate(resolve));

/** A fleet of one target whose engine counts what it is asked. */
function fleetOf() {
  const asked = { kept: 0, bytes: 0 };
  const trouble = { isThere: false };
  const listeners = new Set<() => void>();
  let of = sampleTarget({ workspaces: [sampleWorkspace('a')] });
  const homes = {
    kept: async () => {
      asked.kept++;
      if (trouble.isThere) throw new Error('not now');
      return [{ name }];
    },
    keptBytes: async () => {
      asked.bytes++;
      return new Map([[name, 7]]);
    },
  };
  const fleet = {
    targets: () => [of],
    target: () => of,
    onDidChange: (listener: () => void) => {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    engine: async () => ({ homes }),
  };
  const change = (workspaces: readonly string[], health: 'up' | 'down' = 'up') => {
    of = sampleTarget({ health, workspaces: workspaces.map(of => sampleWorkspace(of)) });
    for (const listener of listeners) listener();
  };
  return { fleet, asked, change, trouble };
}

describe('kept homes', () => {
  const open = () => {
    const { fleet, ...rest } = fleetOf();
    return { kept: new KeptHomes(fleet, () => {}), ...rest };
  };

  it('are asked for when the workspaces are others, and not otherwise', async () => {
    const { kept, asked, change } = open();
    using _ = kept;
    using __ = kept.look();
    await settled();
    assert.deepEqual(kept.of(local), [{ name }]);
    change(['a']);
    await settled();
    assert.equal(asked.kept, 1);
    change(['a', 'b']);
    await settled();
    assert.equal(asked.kept, 2);
    change(['b'], 'down');
    await settled();
    assert.equal(asked.kept, 2);
  });

  it('stay where the target does not say, which whoever asks is told', async () => {
    const { kept, asked, change, trouble } = open();
    using _ = kept;
    const look = kept.look();
    await settled();
    trouble.isThere = true;
    change(['a', 'b']);
    await settled();
    assert.deepEqual(kept.of(local), [{ name }]);
    await assert.rejects(kept.ask(local), /not now/);
    change(['a', 'b']);
    await settled();
    assert.equal(asked.kept, 3);
    trouble.isThere = false;
    look[Symbol.dispose]();
    using __ = kept.look();
    await settled();
    assert.equal(asked.kept, 4);
  });

  it('are measured once somebody wants to know, and once only', async () => {
    const { kept, asked } = open();
    using _ = kept;
    using __ = kept.look();
    await settled();
    assert.equal(kept.bytesOf(local, name), undefined);
    await kept.measure(local);
    await kept.measure(local);
    assert.equal(kept.bytesOf(local, name), 7);
    assert.equal(asked.bytes, 1);
  });

  it('are not asked for while nobody looks', async () => {
    const { kept, asked, change } = open();
    using _ = kept;
    kept.look()[Symbol.dispose]();
    await settled();
    change(['c']);
    await settled();
    assert.equal(asked.kept, 1);
  });
});
