import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { itemOf } from '../../../src/views/items.ts';
import { nodeId } from '../../../src/views/nodes.ts';
import { keptHomeNodes, rootNodes, type TreeInput, targetNodes } from '../../../src/views/tree.ts';
import { WorkspaceName } from '../../../src/workspace/name.ts';
import { local, sampleTarget, sampleWorkspace } from './samples.ts';

const hour = 3_600_000;
const now = Date.parse('2026-01-03T00:00:00Z');
const name = WorkspaceName.parse('old');
const homes = [{ name, createdAt: '2026-01-02T00:00:00Z' }];
const input = (kept = homes, bytes?: number): TreeInput => ({
  targets: [sampleTarget()],
  loadError: undefined,
  running: [],
  arrangement: { order: 'name', filter: '', favourites: new Set() },
  updateOf: () => undefined,
  madeBy: () => undefined,
  keptHomes: () => kept,
  keptBytes: () => bytes,
});

describe('homes of deleted workspaces', () => {
  it('stand below the workspaces, in one row that says how many there are', () => {
    const of = sampleTarget({ workspaces: [sampleWorkspace('a')] });
    assert.deepEqual(targetNodes(input(), of).map(nodeId), ['workspace:local/a', 'kept:local']);
    assert.deepEqual(targetNodes(input([]), of).map(nodeId), ['workspace:local/a']);
    const group = targetNodes(input(), of).at(-1);
    assert.ok(group?.kind === 'keptHomes');
    assert.equal(itemOf(group, now).spoken, 'Kept homes, 1');
    assert.deepEqual(keptHomeNodes(input(), group).map(nodeId), ['kept:local/old']);
  });

  it('are reason enough to show a target', () => {
    assert.deepEqual(rootNodes(input()).map(nodeId), ['target:local']);
    assert.deepEqual(rootNodes(input([])), []);
  });

  it('are not shown of a target that is down', () => {
    const down = sampleTarget({ health: 'down', workspaces: [sampleWorkspace('a')] });
    assert.ok(!targetNodes(input(), down).some(({ kind }) => kind === 'keptHomes'));
  });

  for (const [title, more, expected] of [
    ['size and age', { bytes: 3 * 2 ** 20, createdAt: homes[0]?.createdAt }, '3 MiB · made 24 h ago'],
    ['age alone while it is not measured', { createdAt: homes[0]?.createdAt }, 'made 24 h ago'],
    ['what it may take at most on a cluster', { bytes: 2 ** 30, engine: 'kubernetes' }, 'up to 1 GiB'],
    ['a minute at least', { createdAt: new Date(now + hour).toISOString() }, 'made 1 min ago'],
    ['nothing where nothing is known', {}, undefined],
  ] as const) {
    it(`say ${title}`, () => {
      const node = {
        kind: 'keptHome',
        target: local,
        name,
        engine: 'docker',
        bytes: undefined,
        createdAt: undefined,
      } as const;
      assert.equal(itemOf({ ...node, ...more }, now).description, expected);
    });
  }
});
