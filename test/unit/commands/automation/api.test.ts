/** The extension API against an editor and a target of which nothing answers. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Parts } from '../../../../src/commands/parts.ts';
import { BerthError } from '../../../../src/workspace/error.ts';
import { underEditor } from '../../../support/fakeEditor.ts';
import { sampleWorkspace } from '../../views/samples.ts';

const { apiCalls } = await underEditor(() => import('../../../../src/commands/automation/api.ts'));

it('a window that cannot be opened rejects with the reason', async () => {
  const otter = sampleWorkspace('brave-otter');
  const refused = new BerthError('The target does not answer', { code: 'unreachable' });
  const parts = {
    fleet: {
      refresh: async () => undefined,
      workspaces: () => [otter],
      workspace: () => otter,
      engine: () => Promise.reject(refused),
    },
    adoptions: { load: async () => undefined, find: () => undefined },
  } as unknown as Parts;
  await assert.rejects(apiCalls(parts).connect('brave-otter'), refused);
});

it('a start that comes while it stops begins once it has', async () => {
  let otter = sampleWorkspace('brave-otter', { state: { kind: 'Turning off', reason: '' } });
  const done: string[] = [];
  const becomes = (kind: 'Off' | 'Running') => async () => {
    done.push(kind);
    otter = { ...otter, state: { kind, reason: '' } };
  };
  const parts = {
    fleet: { refresh: async () => undefined, workspaces: () => [otter] },
    activities: { of: () => ({ kind: 'stop', state: 'running', succeeded: becomes('Off') }) },
    machine: { ssh: { markWanted: async () => undefined } },
    operations: {
      start: ({ target, name }: typeof otter) => ({ target, name, succeeded: becomes('Running') }),
    },
    updates: { of: () => undefined },
  } as unknown as Parts;
  assert.equal((await apiCalls(parts).start('brave-otter')).state, 'Running');
  assert.deepEqual(done, ['Off', 'Running']);
});
