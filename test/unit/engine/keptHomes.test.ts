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
  /** What the engine has, and what it waits for before it says how large that is. */
  const engine = { names: [name], measured: async () => {} };
  const listeners = new Set<() => void>();
  let of = sampleTarget({ workspaces: [sampleWorkspace('a')] });
  const homes = {
    kept: async () => {
      asked.kept++;
      if (trouble.isThere) throw new Error('not now');
      return engine.names.map(name => ({ name }));
    },
    keptBytes: async () => {
      asked.bytes++;
      const sizes = new Map(engine.names.map(name => [name, 7]));
      await engine.measured();
      return sizes;
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
  return { fleet, asked, change, trouble, engine };
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

  it('are measured again where they have become others meanwhile, as often as that is of use', async () => {
    const { kept, asked, change, engine } = open();
    using _ = kept;
    using __ = kept.look();
    await settled();
    const newer = WorkspaceName.parse('newer');
    engine.measured = async () => {
      if (engine.names.includes(newer)) return;
      engine.names = [newer, name];
      change(['a', 'b']);
      await settled();
    };
    await kept.measure(local);
    assert.deepEqual([kept.bytesOf(local, name), kept.bytesOf(local, newer)], [7, 7]);
    assert.equal(asked.bytes, 2);

    let count = 0;
    engine.measured = async () => {
      engine.names = [WorkspaceName.parse(`n-${count++}`)];
      change([`b-${count}`]);
      await settled();
    };
    await engine.measured();
    const before = asked.bytes;
    await kept.measure(local);
    assert.equal(asked.bytes, before + 4);
    engine.measured = async () => {};
    await kept.measure(local);
    assert.equal(kept.bytesOf(local, WorkspaceName.parse(`n-${count - 1}`)), 7);
  });

  it('keep their sizes while they are the same', async () => {
    const { kept, asked, change } = open();
    using _ = kept;
    using __ = kept.look();
    await settled();
    const changing = kept.measure(local);
    change(['a', 'b']);
    await changing;
    await settled();
    change(['a']);
    await settled();
    assert.deepEqual([kept.bytesOf(local, name), asked.bytes, asked.kept], [7, 1, 3]);
  });

  it('are followed until the last who looked has left', async () => {
    const { kept, asked, change } = open();
    using _ = kept;
    const [one, other] = [kept.look(), kept.look()];
    await settled();
    one[Symbol.dispose]();
    one[Symbol.dispose]();
    const before = asked.kept;
    change(['a', 'b']);
    await settled();
    assert.equal(asked.kept, before + 1);
    other[Symbol.dispose]();
    change(['a']);
    await settled();
    assert.equal(asked.kept, before + 1);
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
