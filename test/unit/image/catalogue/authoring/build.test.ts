import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type BuiltFiles, buildCatalogue } from '../../../../../src/image/catalogue/authoring/build.ts';
import { parseCatalogue, parseVersions } from '../../../../../src/image/catalogue/catalogue.ts';
import { parseReference } from '../../../../../src/image/reference.ts';
import { assertGolden } from '../../../../support/golden.ts';
import { both, entryOf, firefox, png, sourceOf } from './support.ts';

const read = (files: BuiltFiles, path: string) => String(files.get(path));

describe('a catalogue that is built', () => {
  const files = buildCatalogue(sourceOf(both));

  it('has both lists, the releases, the icons and a front page', () => {
    assert.deepEqual([...files.keys()].toSorted(), [
      '.nojekyll',
      '1.0/icons/firefox.png',
      '1.0/icons/terminal.svg',
      '1.0/list.json',
      '1.1/icons/firefox.png',
      '1.1/icons/terminal.svg',
      '1.1/list.json',
      '1.1/versions.json',
      'index.html',
    ]);
    for (const path of ['1.0/list.json', '1.1/list.json', 'index.html']) {
      assertGolden(join(import.meta.dirname, 'golden', path.replace('/', '-')), read(files, path));
    }
  });

  it('is read without a warning, both lists alike but for what schema 1.0 cannot say', () => {
    for (const schema of ['1.0', '1.1']) {
      const { problems, unusable, entries } = parseCatalogue(read(files, `${schema}/list.json`));
      assert.deepEqual([problems, unusable], [[], []]);
      assert.deepEqual(
        entries.map(({ name, icon, runConfig }) => [name, icon, runConfig]),
        [
          ['Firefox', 'firefox.png', firefox.run_config],
          ['Terminal', 'terminal.svg', {}],
        ],
      );
    }
    assert.deepEqual(parseVersions(read(files, '1.1/versions.json')), [
      '1.18.x',
      '1.17.x',
      '1.15.x',
      '1.14.x',
    ]);
    const [old] = parseCatalogue(read(files, '1.0/list.json')).entries;
    assert.deepEqual(
      old?.releases.map(({ version, image }) => [version, image]),
      [['1.18.x', 'docker.io/kasmweb/firefox:1.18.0']],
    );
  });

  it('has the templates of its author in both lists', () => {
    const templates = [{ name: 'R', description: 'For figures', settings: { cpus: 4 } }];
    const built = buildCatalogue(sourceOf(both, { templates }));
    for (const schema of ['1.0', '1.1']) {
      const catalogue = parseCatalogue(read(built, `${schema}/list.json`));
      assert.deepEqual([catalogue.templates, catalogue.problems], [templates, []]);
    }
  });

  it('marks a change of an entry or of its icon, and nothing else', () => {
    const sha = (entry: (typeof both)[number]) =>
      parseCatalogue(read(buildCatalogue(sourceOf([entry])), '1.1/list.json')).entries[0]?.sha;
    const icon = { 'firefox.png': png(64) };
    const marks = [
      entryOf('Firefox', firefox, icon),
      entryOf('Elsewhere', Object.fromEntries(Object.entries(firefox).toReversed()), icon),
      entryOf('Firefox', { ...firefox, cores: 3 }, icon),
      entryOf('Firefox', firefox, { 'firefox.png': png(65) }),
    ].map(sha);
    assert.equal(marks[0], marks[1]);
    assert.equal(new Set(marks).size, 3);
  });

  it('comes of what is right alone', () => {
    const broken = [...both, entryOf('Bad', { friendly_name: 'Bad' })];
    assert.throws(() => buildCatalogue(sourceOf(broken)), {
      code: 'invalid',
      message: /workspaces\/Bad\/workspace\.json/,
    });
    assert.throws(() => buildCatalogue(sourceOf(both, { info: undefined })), /catalogue\.json/);
  });

  it('keeps every entry whatever it says, and the page shows it as text', () => {
    const text = fc
      .string({ minLength: 1, maxLength: 40, unit: 'binary' })
      .filter(value => value.trim() !== '');
    const image = fc
      .tuple(fc.stringMatching(/^[a-z0-9]{1,8}$/), fc.stringMatching(/^[a-z0-9]{1,8}$/))
      .map(([name, tag]) => `acme/${name}:${tag}`);
    const entry = fc.record({
      friendly_name: text,
      description: fc.string({ maxLength: 60, unit: 'binary' }),
      categories: fc.array(text, { maxLength: 3 }),
      notes: text,
      run_config: fc.dictionary(
        fc.string().filter(key => key !== '__proto__'),
        fc.jsonValue({ maxDepth: 3 }),
        { maxKeys: 4 },
      ),
      compatibility: fc.array(fc.record({ version: fc.constantFrom('1.16.x', '1.17.x', '1.18.0'), image }), {
        minLength: 1,
        maxLength: 3,
      }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: one => one.friendly_name, maxLength: 5 }), made => {
        const entries = made.map((one, index) =>
          entryOf(`E${index}`, { ...one, image_src: 'i.png', architecture: ['amd64'] }, { 'i.png': png(50) }),
        );
        const built = buildCatalogue(sourceOf(entries));
        for (const schema of ['1.0', '1.1']) {
          const { entries: found, problems } = parseCatalogue(read(built, `${schema}/list.json`));
          assert.deepEqual(problems, []);
          assert.deepEqual(
            found.map(({ name, notes, runConfig }) => JSON.stringify([name, notes, runConfig])).toSorted(),
            made.map(one => JSON.stringify([one.friendly_name, one.notes, one.run_config])).toSorted(),
          );
          for (const { releases } of found) for (const release of releases) parseReference(release.image);
        }
        const page = read(built, 'index.html');
        assert.equal(page.match(/<li>/g)?.length ?? 0, made.length);
        assert.equal(page.match(/<script>/g)?.length, 1);
      }),
      { numRuns: 200 },
    );
  });
});
