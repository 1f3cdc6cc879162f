import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { PlaceState } from '../../../src/engine/adoptable.ts';
import { type AdoptedNode, adoptedItem } from '../../../src/views/adoptedItems.ts';
import { AdoptedArgument, WorkspaceArgument } from '../../../src/views/nodes.ts';
import { rootNodes, targetNodes } from '../../../src/views/tree.ts';
import { projectRoot } from '../../support/vsix.ts';
import { adopted, adoptedServer } from '../adopt/samples.ts';
import { sampleTarget, sampleWorkspace } from './samples.ts';

const node = (state: PlaceState | undefined, of = adopted): AdoptedNode => ({
  kind: 'adopted',
  target: of.target,
  name: of.name,
  of: { adopted: of, state },
  isPod: of === adoptedServer,
});
const states: readonly (PlaceState | undefined)[] = [
  { kind: 'running' },
  { kind: 'off', reason: 'exited' },
  { kind: 'replaced', id: 'x', isRunning: true },
  { kind: 'gone' },
  undefined,
];

describe('the row of what was adopted', () => {
  for (const [state, description, icon] of [
    [states[0], 'adopted · Running · postgres:16', 'link'],
    [states[1], 'adopted · Off: exited · postgres:16', 'link'],
    [states[2], 'adopted · replaced by another · postgres:16', 'warning'],
    [states[3], 'adopted · gone · postgres:16', 'warning'],
    [states[4], 'adopted · Unknown · postgres:16', 'link'],
  ] as const) {
    it(`reads “${description}”`, () => {
      const look = adoptedItem(node(state));
      assert.equal(look.description, description);
      assert.equal(look.icon, icon);
    });
  }

  it('says where it is, how it is entered, and nothing secret', () => {
    const { tooltip } = adoptedItem(node({ kind: 'running' }, adoptedServer));
    assert.ok(tooltip.some(line => line.includes('the pod web-0/app')));
    assert.ok(tooltip.some(line => line.includes('port 2222, as dev')));
    assert.ok(!JSON.stringify(adoptedItem(node({ kind: 'running' }))).includes('secret'));
  });

  it('has nothing in its menu that starts, stops, changes or deletes', () => {
    const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
    const entries: { command: string; when: string }[] = manifest.contributes.menus['view/item/context'];
    const shown = (context: string) => [
      ...new Set(
        entries
          .filter(({ when }) => {
            const patterns = [...when.matchAll(/viewItem =~ \/(.*?)\/(?: |$)/g)];
            const words = [...when.matchAll(/viewItem == (\S+)/g)];
            return (
              patterns.every(([, pattern = '']) => new RegExp(pattern).test(context)) &&
              words.every(([, word]) => word === context)
            );
          })
          .map(({ command }) => command),
      ),
    ];
    const harmless = ['connect', 'connectNewWindow', 'openTerminal', 'copySshCommand', 'forgetAdopted'];
    for (const state of states) {
      const commands = shown(adoptedItem(node(state)).context).map(id => id.replace('berth.', ''));
      assert.deepEqual(
        commands.filter(command => !harmless.includes(command)),
        [],
      );
      assert.ok(commands.includes('forgetAdopted'));
    }
  });

  it('is no workspace to commands, though it has a target and a name', () => {
    assert.equal(WorkspaceArgument.safeParse(node(states[0])).success, false);
    assert.equal(AdoptedArgument.safeParse(node(states[0])).success, true);
    const workspace = { kind: 'workspace', target: 'local', name: 'theirs' };
    assert.deepEqual(WorkspaceArgument.parse(workspace), { target: 'local', name: 'theirs' });
    assert.equal(AdoptedArgument.safeParse(workspace).success, false);
  });
});

describe('what was adopted in the tree', () => {
  const input = (filter = '') => ({
    targets: [sampleTarget()],
    loadError: undefined,
    running: [],
    arrangement: { order: 'name', filter, favourites: new Set<string>() } as const,
    updateOf: () => undefined,
    adopted: [{ adopted, state: states[0] }],
    keptHomes: () => [],
    keptBytes: () => undefined,
    madeBy: () => undefined,
  });
  const rows = (filter = '', of = sampleTarget({ workspaces: [sampleWorkspace('a')] })) =>
    targetNodes(input(filter), of).map(({ kind }) => kind);

  it('shows its target, and stands after the workspaces', () => {
    assert.equal(rootNodes(input()).length, 1);
    assert.deepEqual(rows(), ['workspace', 'adopted']);
    assert.deepEqual(rows('', sampleTarget()), ['adopted']);
  });

  it('is filtered like them', () => {
    assert.deepEqual(rows('POSTGRES their'), ['adopted']);
    assert.deepEqual(rows('nothing'), ['hint']);
  });

  it('is of unknown state while its target is down', () => {
    const [, row] = targetNodes(
      input(),
      sampleTarget({ health: 'down', workspaces: [sampleWorkspace('a')] }),
    );
    assert.equal(row?.kind === 'adopted' && row.of.state, undefined);
  });
});
