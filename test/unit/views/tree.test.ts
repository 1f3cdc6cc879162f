import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Activities } from '../../../src/engine/activities.ts';
import type { FleetTarget } from '../../../src/engine/fleetMember.ts';
import { nodeId, type TreeNode } from '../../../src/views/nodes.ts';
import {
  rootNodes,
  runningCount,
  type TreeInput,
  targetNodes,
  workspaceNodes,
} from '../../../src/views/tree.ts';
import { BerthError } from '../../../src/workspace/error.ts';
import { WorkspaceName } from '../../../src/workspace/name.ts';
import { local, sampleSettings, sampleTarget, sampleWorkspace } from './samples.ts';

const input = (targets: FleetTarget[], changes: Partial<TreeInput> = {}): TreeInput => ({
  targets,
  loadError: undefined,
  running: [],
  arrangement: { order: 'name', filter: '', favourites: new Set() },
  updateOf: () => undefined,
  keptHomes: () => [],
  keptBytes: () => undefined,
  madeBy: () => undefined,
  ...changes,
});
const ids = (nodes: readonly TreeNode[]) => nodes.map(nodeId);

describe('the top of the tree', () => {
  const full = sampleTarget({ workspaces: [sampleWorkspace('a')] });
  for (const [title, given, expected] of [
    ['is empty without a target, for the welcome text', input([]), []],
    ['is empty where there is no workspace and nothing wrong', input([sampleTarget()]), []],
    [
      'shows a target that the person added, also without a workspace',
      input([{ ...sampleTarget(), target: { ...sampleTarget().target, origin: 'by hand' } }]),
      ['target:local'],
    ],
    ['shows targets that have workspaces', input([full]), ['target:local']],
    ['shows a target that is down', input([sampleTarget({ health: 'down' })]), ['target:local']],
    ['shows a target that was not asked yet', input([sampleTarget({ health: 'unknown' })]), ['target:local']],
    ['says when the list of targets cannot be read', input([], { loadError: new Error('x') }), ['problem:']],
  ] as const) {
    it(title, () => assert.deepEqual(ids(rootNodes(given)), expected));
  }
});

describe('the rows of a target', () => {
  it('put the problem before the workspaces', () => {
    const of = sampleTarget({
      health: 'down',
      problem: new BerthError('down'),
      workspaces: [sampleWorkspace('b'), sampleWorkspace('a')],
    });
    assert.deepEqual(ids(targetNodes(input([of]), of)), [
      'problem:local',
      'workspace:local/a',
      'workspace:local/b',
    ]);
  });

  it('show a creation of this window before the engine knows of it, and only once after', async () => {
    const activities = new Activities();
    const activity = activities.run(
      { kind: 'create', target: local, name: WorkspaceName.parse('new-one'), title: 'Creating new-one' },
      async report => report({ kind: 'step', step: 'pull', message: 'pulling debian' }),
    );
    await Promise.resolve();
    const before = sampleTarget();
    const rows = targetNodes(input([before], { running: activities.running }), before);
    assert.deepEqual(ids(rows), ['workspace:local/new-one']);
    assert.ok(rows[0]?.kind === 'workspace' && rows[0].activity === 'pulling debian');
    const after = sampleTarget({ workspaces: [sampleWorkspace('new-one')] });
    assert.deepEqual(ids(targetNodes(input([after], { running: activities.running }), after)), [
      'workspace:local/new-one',
    ]);
    await activity.finished;
  });

  it('say that they are being asked for, and that there are none', () => {
    const unknown = sampleTarget({ health: 'unknown' });
    assert.deepEqual(ids(targetNodes(input([unknown]), unknown)), ['hint:local/loading']);
    assert.deepEqual(ids(targetNodes(input([sampleTarget()]), sampleTarget())), ['hint:local/no-workspaces']);
  });

  it('never give two rows the same id, with a thousand of them', () => {
    const workspaces = Array.from({ length: 1000 }, (_, at) => sampleWorkspace(`w-${at}`));
    const of = sampleTarget({ workspaces });
    assert.equal(new Set(ids(targetNodes(input([of]), of))).size, 1000);
  });
});

describe('the rows of a workspace', () => {
  it('are its apps, other ports, home and mounts', () => {
    const of = sampleWorkspace('a', {
      settings: sampleSettings({
        ports: [
          { port: 8888, label: 'Lab' },
          { port: 5432, protocol: 'tcp' },
        ],
        apps: [
          { id: 'lab', command: 'jupyter lab', port: 8888 },
          { id: 'web', command: 'serve', port: 3000 },
          { id: 'worker', command: 'work' },
        ],
        mounts: [
          { type: 'nfs', server: 'nas', source: '/data', name: 'data' },
          { type: 'bind', source: '/src', path: '/src', readOnly: false },
        ],
      }),
    });
    const rows = workspaceNodes({
      kind: 'workspace',
      target: local,
      name: of.name,
      of,
      engine: 'docker',
      isFavourite: false,
      activity: undefined,
      madeBy: undefined,
      update: undefined,
    });
    assert.deepEqual(ids(rows), [
      'port:local/a/lab:8888',
      'port:local/a/web:3000',
      'port:local/a/:5432',
      'volume:local/a//home/dev',
      'volume:local/a//workspace/data/data',
      'volume:local/a//src',
    ]);
    const [lab] = rows;
    assert.ok(lab?.kind === 'port' && lab.port.label === 'Lab');
  });
});

it('the badge counts what runs, over all targets', () => {
  const state = { kind: 'Running', reason: '' } as const;
  const targets = [
    sampleTarget({ workspaces: [sampleWorkspace('a', { state }), sampleWorkspace('b')] }),
    sampleTarget({ workspaces: [sampleWorkspace('c', { state })] }),
  ];
  assert.equal(runningCount(targets), 2);
});
