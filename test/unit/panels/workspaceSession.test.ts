import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sensibleActions } from '../../../src/panels/workspaceSession.ts';
import type { WorkspaceState } from '../../../src/workspace/state.ts';
import { workspaceOf } from '../../support/pages/fakes.ts';

const actions = (state: WorkspaceState) => sensibleActions(workspaceOf('otter', state));

describe('the actions of a workspace', () => {
  const rows: readonly (readonly [WorkspaceState, string, readonly string[], readonly string[]])[] = [
    [{ kind: 'Running', reason: '' }, 'connect', ['stop', 'restart', 'edit'], ['start', 'finish']],
    [{ kind: 'Off', reason: '' }, 'connect', ['start', 'delete'], ['stop', 'finish']],
    [{ kind: 'Error', reason: '', cause: 'interrupted' }, 'finish', ['delete'], ['start', 'rebuild']],
    [{ kind: 'Error', reason: '', cause: 'paused' }, 'connect', ['stop', 'start'], ['finish']],
    [{ kind: 'Turning off', reason: '' }, 'forceStop', [], ['start', 'delete']],
    [{ kind: 'Building', reason: '' }, 'copySshCommand', ['inspect'], ['connect', 'delete']],
    [{ kind: 'Deleting', reason: '' }, 'copySshCommand', ['inspect'], ['delete']],
  ];
  for (const [state, first, among, without] of rows) {
    it(`in ${state.kind} ${state.cause ?? ''} begin with ${first}`, () => {
      const list: readonly string[] = actions(state);
      assert.equal(list[0], first);
      for (const action of among) assert.ok(list.includes(action), action);
      for (const action of without) assert.ok(!list.includes(action), action);
    });
  }

  it('show the objects of one on a cluster', () => {
    const off = workspaceOf('otter', { kind: 'Off', reason: '' });
    assert.ok(sensibleActions(off, 'kubernetes').includes('previewYaml'));
    assert.ok(!sensibleActions(off, 'docker').includes('previewYaml'));
  });

  it('extend what has a limit, as long as there is room', () => {
    const time = { endsAt: 0, limit: 'lifespan', what: '8 h lifespan', isWarned: false } as const;
    const running = workspaceOf('otter', { kind: 'Running', reason: '' });
    assert.ok(sensibleActions({ ...running, time: { ...time, roomMs: 1 } }).includes('extend'));
    assert.ok(!sensibleActions({ ...running, time: { ...time, roomMs: 0 } }).includes('extend'));
    assert.ok(!sensibleActions(running).includes('extend'));
  });

  it('change nothing where the settings cannot be read', () => {
    const unreadable = {
      ...workspaceOf('otter', { kind: 'Error', reason: '', cause: 'unreadable' }),
      settings: undefined,
    };
    assert.ok(!sensibleActions(unreadable).includes('edit'));
  });

  it('let what cannot be read be deleted, and what is not reachable be', () => {
    const unknown = (cause: 'unreadable' | 'unreachable') =>
      sensibleActions(workspaceOf('otter', { kind: 'Unknown', reason: '', cause }));
    assert.ok(unknown('unreadable').includes('delete'));
    assert.ok(!unknown('unreachable').includes('delete'));
  });
});
