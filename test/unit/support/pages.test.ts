import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { projectRoot } from '../../support/vsix.ts';

const read = (name: string) => readFileSync(join(projectRoot, name), 'utf8');
const pages = new Map(
  ['README.md', 'PLATFORM.md', 'SECURITY.md', 'CHANGELOG.md', 'CONTRIBUTING.md'].map(name => [
    name,
    // What is code says nothing about links and commands.
    read(name).replace(/```.*?```/gs, ''),
  ]),
);
const manifest: {
  readonly contributes: {
    readonly configuration: readonly { readonly properties: Readonly<Record<string, unknown>> }[];
    readonly menus: Readonly<Record<string, readonly { command: string; when?: string; group?: string }[]>>;
  };
} = JSON.parse(read('package.json'));
const titles: Readonly<Record<string, string>> = JSON.parse(read('package.nls.json'));

describe('the pages for people', () => {
  it('lead somewhere with every link of theirs', () => {
    const anchors = new Map([...pages].map(([name, text]) => [name, anchorsOf(text)]));
    const lost = [...pages].flatMap(([name, text]) =>
      [...text.matchAll(/\]\((?!https?:)([^)#]*)#?([^)]*)\)/g)]
        .map(([, file = '', anchor = '']) => [file || name, anchor] as const)
        .filter(
          ([file, anchor]) =>
            !existsSync(join(projectRoot, file)) || (anchor !== '' && !anchors.get(file)?.has(anchor)),
        )
        .map(([file, anchor]) => `${name}: ${file}#${anchor}`),
    );
    assert.deepEqual(lost, []);
  });

  it('call commands as the palette does', () => {
    const commands = new Set(
      Object.entries(titles).flatMap(([key, title]) => (key.startsWith('command.') ? [title] : [])),
    );
    const named = [...pages].flatMap(([name, text]) =>
      [...text.matchAll(/\*Berth: ([^*\n]+)\*/g)].map(([, title = '']) => ({ name, title })),
    );
    assert.ok(named.length > 5);
    assert.deepEqual(
      named.filter(({ title }) => !commands.has(title)),
      [],
    );
  });

  it('have every setting in the table, and no other', () => {
    const [, table = ''] = /\n## Settings\n(.*?)\n## /s.exec(pages.get('README.md') ?? '') ?? [];
    const shown = [...table.matchAll(/^\| `(berth\.[^`]+)` \|/gm)].map(([, key = '']) => key);
    const all = manifest.contributes.configuration.flatMap(({ properties }) => Object.keys(properties));
    assert.deepEqual(shown.sort(), all.sort());
  });
});

describe('menus', () => {
  it('have one place for each entry that others are not shown in', () => {
    for (const [menu, entries] of Object.entries(manifest.contributes.menus)) {
      const taken = entries.flatMap(({ command, when = '', group }) =>
        group === undefined ? [] : [{ at: `${group} where ${when}`, command }],
      );
      const places = taken.map(({ at }) => at);
      assert.deepEqual(
        taken.filter(({ at }, index) => places.indexOf(at) !== index),
        [],
        menu,
      );
    }
  });
});

/** As GitHub and the marketplace make them of headings. */
function anchorsOf(text: string): ReadonlySet<string> {
  return new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_\- ]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}
