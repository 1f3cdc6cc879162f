import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import type { Fleet } from '../../../src/engine/fleet.ts';
import { Listeners } from '../../../src/engine/listeners.ts';
import type { Workspace } from '../../../src/workspace/workspace.ts';
import { editor, underEditor } from '../../support/fakeEditor.ts';
import { sampleSettings, sampleWorkspace } from '../views/samples.ts';

const { TimeWarnings } = await underEditor(() => import('../../../src/commands/timeWarnings.ts'));
const { workspaceOfWindow } = await underEditor(() => import('../../../src/commands/remoteWindow.ts'));

after(() => {
  editor.remote = undefined;
  editor.warnings.length = 0;
});

it('a window hears of its own workspace alone, also where its folder comes after Berth', () => {
  const ending = (name: string): Workspace =>
    sampleWorkspace(name, {
      state: { kind: 'Running', reason: '' },
      settings: sampleSettings({ lifespanHours: 8 }),
      time: {
        endsAt: Date.now() + 300_000,
        limit: 'lifespan',
        what: '8 h lifespan',
        isWarned: true,
        roomMs: 0,
      },
    });
  const changes = new Listeners<undefined>();
  const all: Workspace[] = [];
  const fleet = { onDidChange: changes.add.bind(changes), workspaces: () => all } as unknown as Fleet;
  const warnings = new TimeWarnings(fleet, workspaceOfWindow);
  editor.remote = 'ssh-remote+brave-otter.local.berth';
  all.push(ending('brave-otter'), ending('calm-fox'));
  changes.fire(undefined);
  warnings.dispose();
  assert.equal(editor.warnings.length, 1);
  assert.match(editor.warnings[0] ?? '', /brave-otter/);
});
