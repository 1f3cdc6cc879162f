import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Target } from '../../../src/engine/target.ts';
import { itemOf, workspaceContext } from '../../../src/views/items.ts';
import { nodeId, type PortNode, type WorkspaceNode } from '../../../src/views/nodes.ts';
import { BerthError } from '../../../src/workspace/error.ts';
import type { WorkspaceState } from '../../../src/workspace/state.ts';
import type { Workspace } from '../../../src/workspace/workspace.ts';
import { local, sampleSettings, sampleTarget, sampleWorkspace } from './samples.ts';

const now = Date.parse('2026-01-01T03:30:00Z');
const node = (changes: Partial<Workspace>, more: Partial<WorkspaceNode> = {}): WorkspaceNode => {
  const of = sampleWorkspace('brave-otter', changes);
  return {
    kind: 'workspace',
    target: of.target,
    name: of.name,
    of,
    engine: 'docker',
    isFavourite: false,
    activity: undefined,
    madeBy: undefined,
    update: undefined,
    ...more,
  };
};
const running: Partial<Workspace> = {
  state: { kind: 'Running', reason: '' },
  startedAt: '2026-01-01T00:00:00Z',
};
const newer = { image: 'debian:bookworm', from: `sha256:${'a'.repeat(64)}`, to: `sha256:${'b'.repeat(64)}` };

const time = {
  endsAt: Date.parse('2026-01-01T08:00:00Z'),
  limit: 'lifespan',
  what: '8 h lifespan',
  isWarned: false,
  roomMs: 3_600_000,
} as const;

describe('the row of a workspace', () => {
  it('says whose it is where somebody else made it, and whom it is shared with', () => {
    const settings = sampleSettings({ publicKeys: ['ssh-ed25519 AAAA bob', 'ssh-ed25519 BBBB carl'] });
    const other = { ...running, createdBy: 'anna@example.org', settings };
    const look = itemOf(node(other, { madeBy: 'anna@example.org' }), now);
    assert.match(look.description ?? '', / · of anna@example\.org · /);
    assert.match(look.spoken, /, of anna@example\.org, /);
    assert.ok(look.tooltip.includes('Made by anna@example.org'));
    assert.ok(look.tooltip.includes('Shared with bob, carl'));
    const own = itemOf(node({ ...running, createdBy: 'me' }), now);
    assert.doesNotMatch(own.description ?? '', /\bof\b/);
    assert.ok(!own.tooltip.some(words => words.startsWith('Shared')));
  });

  it('says how long it has, what then stops it, and offers more where there is some', () => {
    const look = itemOf(node({ ...running, time }), now);
    assert.equal(
      look.spoken,
      'brave-otter, workspace, Running for 3 h, 4 h 30 min left, image debian:bookworm',
    );
    assert.ok(look.tooltip.includes('Stops in 4 h 30 min: 8 h lifespan'));
    assert.match(look.context, /\bextendable\b/);
    assert.doesNotMatch(itemOf(node(running), now).context, /extendable/);
    const spent = node({ ...running, time: { ...time, roomMs: 0 } });
    assert.doesNotMatch(itemOf(spent, now).context, /extendable/);
  });

  for (const [title, of, description, icon] of [
    ['running', node(running), 'Running for 3 h · debian:bookworm', 'vm-running'],
    [
      'running towards a limit',
      node({ ...running, time }),
      'Running for 3 h · 4 h 30 min left · debian:bookworm',
      'vm-running',
    ],
    ['off', node({}), 'Off: stopped by a person · debian:bookworm', 'vm-outline'],
    [
      'running an image that has a newer one',
      node(running, { update: newer }),
      '⇡ Running for 3 h · update available · debian:bookworm',
      'vm-running',
    ],
    [
      'failed',
      node({ state: { kind: 'Error', reason: 'out of memory', cause: 'out-of-memory' } }),
      'Error: out of memory · debian:bookworm',
      'error',
    ],
    [
      'on a target that is down',
      node({ state: { kind: 'Unknown', reason: 'the target does not answer' } }),
      'Unknown: the target does not answer · debian:bookworm',
      'question',
    ],
    [
      'busy',
      node({}, { activity: 'starting the ssh server' }),
      'starting the ssh server · debian:bookworm',
      'loading~spin',
    ],
    [
      'a favourite',
      node(running, { isFavourite: true }),
      '★ Running for 3 h · debian:bookworm',
      'vm-running',
    ],
  ] as const) {
    it(title, () => {
      const look = itemOf(of, now);
      assert.deepEqual([look.description, look.icon], [description, icon]);
    });
  }

  it('says in words what icon, colour and star say', () => {
    assert.equal(
      itemOf(node(running, { isFavourite: true }), now).spoken,
      'brave-otter, favourite workspace, Running for 3 h, image debian:bookworm',
    );
  });

  it('says that a newer image is there, and which', () => {
    const look = itemOf(node(running, { update: newer }), now);
    assert.match(look.spoken, /update available$/);
    assert.ok(
      look.tooltip.includes(
        'Update available: it runs sha256:aaaaaaaaaaaa, the registry has sha256:bbbbbbbbbbbb.',
      ),
    );
  });

  it('keeps its id over every change', () => {
    assert.equal(nodeId(node(running)), nodeId(node({}, { activity: 'stopping', isFavourite: true })));
  });

  it('has no children to open where its settings cannot be read', () => {
    assert.equal(itemOf(node({ settings: undefined }), now).expansion, 'none');
  });
});

describe('the menus of a workspace', () => {
  const state = (kind: WorkspaceState['kind'], cause?: WorkspaceState['cause']): Partial<Workspace> => ({
    state: { kind, reason: '', ...(cause && { cause }) },
  });
  for (const [title, of, words] of [
    ['off', node(state('Off', 'person')), 'startable connectable readable deletable plain'],
    ['running', node(state('Running')), 'stoppable connectable readable deletable plain'],
    ['initializing', node(state('Initializing')), 'stoppable connectable readable deletable plain'],
    ['paused', node(state('Error', 'paused')), 'startable stoppable connectable readable deletable plain'],
    [
      'with a newer image',
      node(state('Off'), { update: newer }),
      'startable connectable readable deletable updatable plain',
    ],
    [
      'with a newer image and out of reach',
      node(state('Unknown', 'unreachable'), { update: newer }),
      'readable plain',
    ],
    ['interrupted', node(state('Error', 'interrupted')), 'interrupted deletable plain'],
    ['another’s container', node(state('Error', 'foreign')), 'plain'],
    ['from a newer version', node(state('Unknown', 'unreadable')), 'deletable plain'],
    ['without its record', node(state('Error', 'unreadable')), 'deletable plain'],
    ['not reachable', node(state('Unknown', 'unreachable')), 'readable plain'],
    ['building elsewhere', node(state('Building')), 'readable deletable plain'],
    ['out of reach', node(state('Unknown', 'unreachable')), 'readable plain'],
    [
      'busy',
      node(state('Off'), { activity: 'starting', isFavourite: true }),
      'busy connectable readable favourite',
    ],
  ] as const) {
    it(title, () => assert.equal(workspaceContext(of), `workspace ${words}`));
  }
});

describe('other rows', () => {
  it('an app is named by its label, a raw port is not for the browser', () => {
    const port: PortNode = {
      kind: 'port',
      target: local,
      name: sampleWorkspace('a').name,
      port: { port: 5432, label: '', protocol: 'tcp' },
      app: undefined,
      isRunning: true,
    };
    assert.deepEqual(
      [itemOf(port, now).label, itemOf(port, now).description, itemOf(port, now).context],
      ['Port 5432', 'tcp', 'port running raw'],
    );
    const app = {
      id: 'lab',
      label: 'JupyterLab',
      command: 'jupyter lab',
      port: 8888,
      start: 'open' as const,
      readyPath: '',
      restart: true,
    };
    const look = itemOf(
      { ...port, app, port: { port: 8888, label: '', protocol: 'http' }, isRunning: false },
      now,
    );
    assert.deepEqual(
      [look.label, look.description, look.context],
      ['JupyterLab', '8888 · starts when opened', 'port off web'],
    );
  });

  it('a problem offers its own fix, else another try', () => {
    const fix = { label: 'Sign in', command: 'berth.signIn', args: ['x'] };
    const own = itemOf(
      { kind: 'problem', target: local, error: new BerthError('refused', { action: fix }) },
      now,
    );
    assert.deepEqual(own.command, { id: 'berth.signIn', title: 'Sign in', args: ['x'] });
    const plain = itemOf({ kind: 'problem', target: local, error: new BerthError('down') }, now);
    assert.deepEqual(plain.command, {
      id: 'berth.refresh',
      title: 'Try again',
      args: [{ target: 'local' }],
    });
  });

  it('a target says in words that it does not answer', () => {
    const of = sampleTarget({ health: 'down', problem: new BerthError('no socket') });
    const look = itemOf({ kind: 'target', target: local, of }, now);
    assert.deepEqual(
      [look.spoken, look.context, look.tooltip.at(-1)],
      ['This machine, target, does not answer', 'target down docker', 'no socket'],
    );
  });

  it('a namespace of a cluster says where it is, its version and what to know of it', () => {
    const target = Target.parse({
      kind: 'kubernetes',
      id: 'dev',
      title: 'Dev',
      endpoint: { type: 'kubernetes', context: 'kind-dev', namespace: 'team-a' },
      origin: 'by hand',
    });
    const facts = {
      version: 'Kubernetes v1.34.1',
      platforms: [],
      runtimes: [],
      defaultRuntime: '',
      gpus: false,
      isLocal: false,
      missingRights: ['create jobs', 'get pods/log'],
      warnings: ['The certificate of the cluster is not verified.'],
    };
    const look = itemOf({ kind: 'target', target: target.id, of: sampleTarget({ target, facts }) }, now);
    assert.deepEqual(
      [look.description, look.context, look.tooltip],
      [
        'rights are missing',
        'target up kubernetes',
        [
          'Dev',
          'Id dev, by hand',
          'Namespace team-a, context kind-dev',
          'Kubernetes v1.34.1',
          'You may not do this there, and workspaces need it: jobs (create), pods/log (get)',
          'The certificate of the cluster is not verified.',
        ],
      ],
    );
  });

  it('a workspace on a cluster has its own menus', () => {
    assert.match(workspaceContext(node({}, { engine: 'kubernetes' })), /\breadable\b.* kubernetes$/);
    assert.doesNotMatch(workspaceContext(node({})), /kubernetes/);
  });

  it('an image without a name shows the short id', () => {
    const id = `sha256:${'ab'.repeat(32)}`;
    const look = itemOf(
      {
        kind: 'image',
        target: local,
        image: { reference: id, id, digests: [], bytes: 3 * 2 ** 20, createdAt: now - 3_600_000 },
      },
      now,
    );
    assert.deepEqual(
      [look.label, look.description, look.context],
      ['abababababab', '3 MiB, made 1 h ago', 'image'],
    );
  });
});
