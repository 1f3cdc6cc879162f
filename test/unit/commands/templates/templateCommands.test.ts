/** Commands of templates against an editor of which only what they ask is there. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Parts } from '../../../../src/commands/parts.ts';
import type { FoundTemplate } from '../../../../src/template/found.ts';
import { parseTemplate } from '../../../../src/template/template.ts';
import { Personal } from '../../../../src/vscode/personal.ts';
import { editor, underEditor } from '../../../support/fakeEditor.ts';

const { templateCommands, linkCommands } = await underEditor(async () => ({
  ...(await import('../../../../src/commands/templates/templates.ts')),
  ...(await import('../../../../src/commands/links.ts')),
}));

const mine = parseTemplate('{"name": "Mine", "settings": {"image": "debian"}}', 'mine.json').template;
const file = 'file:///app/.berth/dev.json';
const written = '{\n  // For everybody\n  "name": "Dev",\n  "settings": { "image": "acme/dev" },\n}\n';

/** One template of the person's own, one of the open folder. */
async function scene() {
  editor.files.clear();
  editor.files.set(file, written);
  editor.files.set(
    'file:///app/.git/config',
    '[remote "origin"]\n\turl = https://me:x@github.com/acme/app.git\n',
  );
  editor.isDirty = false;
  const state = new Map<string, unknown>();
  const personal = new Personal({
    keys: () => [...state.keys()],
    get: (key: string, other?: unknown) => state.get(key) ?? other,
    update: async (key: string, value: unknown) => void state.set(key, value),
    setKeysForSync: () => undefined,
  } as ConstructorParameters<typeof Personal>[0]);
  await personal.setTemplate('1', mine);
  const list = async (): Promise<readonly FoundTemplate[]> => [
    ...personal.templates().map(
      ({ id, template }): FoundTemplate => ({
        id: `own:${id}`,
        source: { kind: 'own' },
        name: template.name,
        content: { template, notUsed: [] },
      }),
    ),
    {
      id: `folder:${file}`,
      source: { kind: 'folder', folder: 'app', path: '.berth/dev.json', uri: file },
      name: 'Dev',
      content: parseTemplate(editor.files.get(file) ?? '', file),
    },
  ];
  const parts = { personal, templates: { list, listAll: list } } as unknown as Parts;
  const rename = async (template: string, name: string | undefined) => {
    editor.typed = name;
    await templateCommands(parts).renameTemplate?.({ template });
  };
  const badge = async (template: string) => {
    await linkCommands(parts).copyBadge?.({ template });
    const [, address = ''] = /\]\(([^()]+)\)$/.exec(editor.clipboard) ?? [];
    const { search } = new URL(new URL(address).searchParams.get('url') ?? '');
    return new URLSearchParams(decodeURIComponent(search.slice(1)));
  };
  return { personal, rename, badge };
}

describe('renaming a template', () => {
  it('of the person’s own changes its name alone', async () => {
    const { personal, rename } = await scene();
    await rename('own:1', ' Ours ');
    assert.deepEqual(personal.templates(), [{ id: '1', template: { ...mine, name: 'Ours' } }]);
    await rename('own:1', undefined);
    assert.equal(personal.templates()[0]?.template.name, 'Ours');
  });

  it('of a folder leaves its file as its author wrote it', async () => {
    const { rename } = await scene();
    await rename(`folder:${file}`, 'Team “A”');
    assert.equal(editor.files.get(file), written.replace('"Dev"', '"Team “A”"'));
  });

  it('of a folder whose file is being edited is refused', async () => {
    const { rename } = await scene();
    editor.isDirty = true;
    await assert.rejects(rename(`folder:${file}`, 'Other'), /not saved/);
    assert.equal(editor.files.get(file), written);
  });

  it('that is gone says so', async () => {
    const { rename } = await scene();
    await assert.rejects(rename('own:2', 'Other'), /gone/);
  });
});

describe('the badge of a template', () => {
  it('names the person’s own', async () => {
    const { badge } = await scene();
    assert.deepEqual([...(await badge('own:1'))], [['template', 'Mine']]);
  });

  it('has the address of a repository’s file, and no login', async () => {
    const { badge } = await scene();
    assert.deepEqual(Object.fromEntries(await badge(`folder:${file}`)), {
      template: 'https://raw.githubusercontent.com/acme/app/HEAD/.berth/dev.json',
      repo: 'https://github.com/acme/app.git',
    });
  });
});

it('a badge reads no config of git without bounds', async () => {
  const { badge } = await scene();
  editor.files.set(
    'file:///app/.git/config',
    `[remote "origin"]\nurl = https://a.example/b\n${'#'.repeat(2 ** 20)}`,
  );
  assert.deepEqual([...(await badge(`folder:${file}`))], [['template', 'Dev']]);
});

describe('what was used before', () => {
  it('is offered again, without a login, until it is forgotten', async () => {
    const { personal } = await scene();
    await personal.addRecentImage('debian');
    await personal.addRecentValues({ repository: 'https://token@github.com/acme/app' });
    assert.deepEqual(personal.recentImages(), ['debian']);
    assert.deepEqual(personal.recentValues().repository, ['https://github.com/acme/app']);
    await personal.forgetRecent();
    assert.deepEqual(personal.recentImages(), []);
    assert.deepEqual(personal.recentValues(), {});
    assert.equal(personal.templates().length, 1, 'and nothing else is');
  });
});
