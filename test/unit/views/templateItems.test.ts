import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FoundTemplate } from '../../../src/template/found.ts';
import { itemOf } from '../../../src/views/items.ts';
import { nodeId } from '../../../src/views/nodes.ts';
import { TemplateRows } from '../../../src/views/templateRows.ts';

const mine: FoundTemplate = {
  id: 'own:1',
  source: { kind: 'own' },
  name: 'Mine',
  content: { template: { name: 'Mine', description: '', settings: {} }, notUsed: [] },
};

async function rowsOf(all: readonly FoundTemplate[], unread: readonly string[]) {
  using rows = new TemplateRows(
    {
      list: async () => all,
      unread: async () => unread,
      load: () => undefined,
      onDidChange: () => ({ [Symbol.dispose]: () => undefined }),
    },
    () => undefined,
  );
  return (await rows.children({ kind: 'group', group: 'templates' })) ?? [];
}

describe('the rows of templates', () => {
  it('say where there are none, and how to get one', async () => {
    const [row, ...others] = await rowsOf([], []);
    assert.ok(row && others.length === 0);
    assert.equal(itemOf(row, 0).command?.id, 'berth.importTemplate');
  });

  it('say of which folders none was read, and lead to the trust in them', async () => {
    const rows = await rowsOf([mine], ['one', 'other']);
    assert.deepEqual(
      rows.map(row => [itemOf(row, 0).label, itemOf(row, 0).command?.id]),
      [
        ['Mine', 'berth.createFromTemplate'],
        ['Templates of one', 'workbench.trust.manage'],
        ['Templates of other', 'workbench.trust.manage'],
      ],
    );
    assert.equal(new Set(rows.map(nodeId)).size, 3);
  });
});
