import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FleetTarget } from '../../../src/engine/fleetMember.ts';
import { nodeId, type TreeNode } from '../../../src/views/nodes.ts';
import {
  keptHomeNodes,
  rootNodes,
  type TreeInput,
  targetNodes,
  workspaceNodes,
} from '../../../src/views/tree.ts';
import { type ChildrenOf, TreeMemory } from '../../../src/views/treeMemory.ts';
import { WorkspaceName } from '../../../src/workspace/name.ts';
import type { Workspace } from '../../../src/workspace/workspace.ts';
import { sampleTarget, sampleWorkspace } from './samples.ts';

/** The children of a tree with one target, as the view asks for them. */
function treeOf(
  workspaces: readonly Workspace[],
  changes: Partial<FleetTarget> = {},
  kept?: { bytes?: number },
): ChildrenOf {
  const of = sampleTarget({ workspaces, ...changes });
  const input: TreeInput = {
    targets: [of],
    loadError: undefined,
    running: [],
    arrangement: { order: 'name', filter: '', favourites: new Set() },
    updateOf: () => undefined,
    adopted: [],
    keptHomes: () => (kept ? [{ name: WorkspaceName.parse('kept') }] : []),
    keptBytes: () => kept?.bytes,
    madeBy: () => undefined,
  };
  return node =>
    !node
      ? rootNodes(input)
      : node.kind === 'target'
        ? targetNodes(input, of)
        : node.kind === 'workspace'
          ? workspaceNodes(node)
          : node.kind === 'keptHomes'
            ? keptHomeNodes(input, node)
            : [];
}

/** A memory of a view that has opened the target. */
function opened(children: ChildrenOf): { memory: TreeMemory; rows: TreeNode[] } {
  const memory = new TreeMemory();
  const [target] = memory.hand(undefined, children(undefined), children);
  assert.ok(target);
  return { memory, rows: memory.hand(target, children(target), children) };
}
const off = sampleWorkspace('a');
const running = sampleWorkspace('a', { state: { kind: 'Running', reason: '' } });
const other = sampleWorkspace('b');
const ids = (changes: 'all' | readonly TreeNode[]) => (changes === 'all' ? changes : changes.map(nodeId));

describe('TreeMemory', () => {
  it('draws nothing where nothing looks another way', () => {
    const { memory } = opened(treeOf([off, other]));
    assert.deepEqual(ids(memory.changes(treeOf([{ ...off, stoppedAt: '2026-01-02T00:00:00Z' }, other]))), []);
  });

  it('draws only the workspace that changed, as the same object', () => {
    const { memory, rows } = opened(treeOf([off, other]));
    const changes = memory.changes(treeOf([running, other]));
    assert.deepEqual(ids(changes), ['workspace:local/a']);
    assert.equal(changes[0], rows[0]);
    assert.ok(rows[0]?.kind === 'workspace' && rows[0].of.state.kind === 'Running');
    assert.deepEqual(ids(memory.changes(treeOf([running, other]))), []);
  });

  it('draws a kept home once its size is known', () => {
    const before = treeOf([off], {}, {});
    const { memory, rows } = opened(before);
    const group = rows.find(({ kind }) => kind === 'keptHomes');
    assert.ok(group);
    const [home] = memory.hand(group, before(group), before);
    const changes = memory.changes(treeOf([off], {}, { bytes: 1_024 }));
    assert.deepEqual(changes, [home]);
    assert.ok(home?.kind === 'keptHome' && home.bytes === 1_024);
  });

  it('draws the target where a workspace came or went', () => {
    const { memory } = opened(treeOf([off]));
    assert.deepEqual(ids(memory.changes(treeOf([off, other]))), ['target:local']);
  });

  it('draws the target that fell', () => {
    const { memory } = opened(treeOf([off]));
    assert.deepEqual(ids(memory.changes(treeOf([off], { health: 'down' }))), ['target:local']);
  });

  it('draws everything where the top rows are others', () => {
    const { memory } = opened(treeOf([off]));
    assert.equal(memory.changes(treeOf([])), 'all');
  });

  it('forgets rows that went, so that one of the same name is a new row', () => {
    const { memory, rows } = opened(treeOf([off, other]));
    const target = treeOf([other])(undefined)[0];
    assert.ok(target);
    memory.hand(target, treeOf([other])(target), treeOf([other]));
    const again = memory.hand(target, treeOf([off, other])(target), treeOf([off, other]));
    assert.notEqual(again[0], rows[0]);
    assert.equal(again[1], rows[1]);
  });
});
