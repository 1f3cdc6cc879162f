import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseCatalogue } from '../../../../src/image/catalogue/catalogue.ts';
import { iconOf, iconSource, pngSize } from '../../../../src/image/catalogue/icon.ts';
import { pathText } from '../../../../src/image/catalogue/problem.ts';
import { reviewEntry } from '../../../../src/image/catalogue/review.ts';
import { Entry10 } from '../../../../src/image/catalogue/schema.ts';
import { runsOnTarget, settingsOf, type TargetTraits } from '../../../../src/image/catalogue/settingsOf.ts';
import { validateCatalogue, validateEntry } from '../../../../src/image/catalogue/validate.ts';
import { WorkspaceSettings } from '../../../../src/workspace/settings.ts';
import { manifestFile, schemaFiles, schemaFolder, withDefaults } from '../../../support/schemas.ts';
import { projectRoot } from '../../../support/vsix.ts';

const starter = join(projectRoot, 'media', 'catalogue', '1.1');
const starterText = await readFile(join(starter, 'list.json'), 'utf8');

describe('the starter catalogue', () => {
  const { entries } = parseCatalogue(starterText);

  it('has nothing wrong in it', () => {
    assert.deepEqual(validateCatalogue(starterText), []);
    assert.ok(entries.length >= 10);
  });

  it('has an icon for every entry', async () => {
    const names = await readdir(join(starter, 'icons'));
    for (const { icon, name } of entries) {
      assert.ok(icon && names.includes(icon), name);
      assert.equal(iconOf(await readFile(join(starter, 'icons', icon)))?.type, 'image/svg+xml');
    }
  });

  it('wants nothing that has to be allowed, and fills in a form that is valid', () => {
    for (const entry of entries) {
      const review = reviewEntry('berth:starter', entry, []);
      assert.deepEqual([review.isSettled, review.leftOut], [true, []], entry.name);
      WorkspaceSettings.parse(settingsOf(entry, review, review.translation.overrides, {}).settings);
    }
  });

  it('knows notebooks, R and desktops for what they are', () => {
    const kindOf = (id: string) => {
      const entry = entries.find(other => other.id === id);
      assert.ok(entry, id);
      return settingsOf(entry, reviewEntry('berth:starter', entry, []), {}, {}).settings.kind;
    };
    assert.deepEqual(['Debian', 'JupyterLab', 'RStudio', 'Ubuntu Desktop'].map(kindOf), [
      'ssh',
      'jupyter',
      'rstudio',
      'desktop',
    ]);
  });
});

describe('the JSON schemas', () => {
  for (const [name, text] of Object.entries(schemaFiles())) {
    it(`${name} is contributed, and up to date (node test/support/schemas.ts)`, async () => {
      const { contributes } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8'));
      const urls = contributes.jsonValidation.map(({ url }: { url: string }) => url);
      assert.ok(urls.includes(`./media/schemas/${name}`));
      assert.equal(await readFile(join(schemaFolder, name), 'utf8'), text);
    });
  }

  it('of berth.defaults in package.json is up to date (node test/support/schemas.ts)', async () => {
    const manifest = await readFile(manifestFile, 'utf8');
    assert.equal(withDefaults(manifest), manifest);
  });
});

describe('settingsOf', () => {
  const raw = {
    friendly_name: 'Tool',
    description: 'Does it',
    image_src: 'a.png',
    architecture: ['arm64'],
    cores: 4,
    memory: 8000,
    gpu_count: 2,
    require_gpu: true,
    cpu_allocation_method: 'Shares',
    categories: ['Jupyter'],
    compatibility: [{ version: '1.18.x', image: 'acme/tool:1', available_tags: ['develop'] }],
    run_config: {
      command: 'serve',
      privileged: true,
      shm_size: '1g',
      environment: { A: 'b' },
      ports: { '9000/tcp': 9000, '8888/tcp': 1 },
    },
  };
  const [entry] = parseCatalogue(JSON.stringify({ workspaces: [raw] })).entries;
  assert.ok(entry);
  const review = reviewEntry('https://acme.org/', entry, []);
  const target: TargetTraits = { platforms: ['linux/amd64'], gpus: false, cpus: 2, memoryBytes: 1024 ** 3 };

  it('fills in what the entry says', () => {
    const { settings, warnings } = settingsOf(entry, review, { hostname: 'a' }, { channel: 'develop' });
    assert.deepEqual(warnings, []);
    const { apps, fromCatalogue, ports, ...rest } = settings;
    assert.deepEqual(rest, {
      image: 'docker.io/acme/tool:develop',
      description: 'Does it',
      kind: 'jupyter',
      cpus: 4,
      memoryMiB: 7629,
      gpuCount: 2,
      cpuAllocation: 'shares',
      sharedMemoryMiB: 1024,
      firstProcess: 'boot',
      env: [{ name: 'A', value: 'b', secret: false }],
      overrides: { hostname: 'a' },
    });
    assert.deepEqual(
      ports.map(({ port, label }) => [port, label]),
      [
        [8888, 'JupyterLab'],
        [9000, ''],
      ],
    );
    assert.deepEqual(
      apps.map(({ id }) => id),
      ['jupyterlab'],
    );
    assert.equal(fromCatalogue?.channel, 'develop');
  });

  it('has the entry’s command run beside boot, where that was decided', () => {
    const { settings } = settingsOf(entry, review, { command: ['serve'] }, {});
    assert.deepEqual([settings.firstProcess, settings.image], ['beside', 'docker.io/acme/tool:1']);
  });

  it('says what the target cannot give', () => {
    const { settings, warnings } = settingsOf(entry, review, {}, { target });
    assert.equal(warnings.length, 4);
    assert.equal(settings.gpuCount, undefined);
    assert.equal(runsOnTarget(entry, target), false);
    assert.equal(runsOnTarget(entry, { platforms: ['linux/amd64', 'linux/arm64/v8'] }), true);
    assert.equal(runsOnTarget({ architectures: [] }, target), true);
  });
});

describe('validation', () => {
  const good = {
    friendly_name: 'Tool',
    description: 'Does it',
    image_src: 'a.png',
    architecture: ['amd64'],
    compatibility: [
      { version: '1.18.x', image: 'acme/tool:1', uncompressed_size_mb: 100, available_tags: ['1'] },
    ],
  };
  const found = (value: unknown) =>
    validateEntry(JSON.stringify(value)).map(({ path, severity }) => `${severity} ${pathText(path)}`);

  it('finds nothing in what is right', () => {
    assert.deepEqual(
      found({ ...good, run_config: { hostname: 'a' }, exec_config: { go: { cmd: 'x' } } }),
      [],
    );
  });

  const rows: readonly [object, string[]][] = [
    [{ friendly_name: undefined }, ['error friendly_name']],
    [{ description: undefined }, ['warning description']],
    [{ architecture: ['riscv'] }, ['warning architecture', 'warning architecture[0]']],
    [{ cores: 'many' }, ['warning cores']],
    [
      { compatability: good.compatibility, compatibility: undefined },
      ['warning compatability', 'warning compatibility'],
    ],
    [{ compatibility: [{ version: 'new', image: 'a' }] }, ['warning compatibility[0].version']],
    [{ compatibility: [{ version: '1.18.x', image: 'a:' }] }, ['error compatibility']],
    [{ run_config: { labels: { a: 'b' } } }, ['warning run_config.labels']],
    [
      { run_config: { weird: 1 }, exec_config: { go: 1 } },
      ['warning run_config.weird', 'warning exec_config.go'],
    ],
    [{ run_config: [] }, ['error run_config']],
  ];
  for (const [more, problems] of rows) {
    it(`of ${JSON.stringify(more)} finds ${problems.join(', ')}`, () =>
      assert.deepEqual(found({ ...good, ...more }), problems));
  }

  it('names the place in a list, and a count that is wrong', () => {
    const list = {
      name: 'A',
      channels: ['1'],
      workspacecount: 3,
      workspaces: [good, { ...good, friendly_name: 'B', run_config: { weird: 1 } }],
    };
    assert.deepEqual(
      validateCatalogue(JSON.stringify(list)).map(({ path }) => pathText(path)),
      ['workspaces[1].run_config.weird', 'workspacecount'],
    );
  });

  it('says of a text that is no JSON at all where it breaks off', () => {
    assert.deepEqual(
      validateCatalogue('{').map(({ severity }) => severity),
      ['error'],
    );
    assert.deepEqual(
      validateEntry('{').map(({ severity }) => severity),
      ['error'],
    );
    assert.deepEqual(
      validateEntry('7').map(({ severity }) => severity),
      ['error'],
    );
  });

  it('holds lists of schema 1.0 against that', () => {
    const { compatibility: _, ...rest } = good;
    const list = {
      name: 'A',
      workspaces: [{ ...rest, name: 'a:1', uncompressed_size_mb: 1, compatibility: ['1.14.x'] }],
    };
    assert.deepEqual(validateCatalogue(JSON.stringify(list)), []);
    Entry10.parse(list.workspaces[0]);
    assert.equal(Entry10.safeParse(good).success, false);
  });
});

describe('an icon', () => {
  const bytes = (text: string) => Buffer.from(text, 'latin1');
  const rows: readonly [Buffer, string | undefined][] = [
    [bytes('\x89PNG\r\n\x1a\n'), 'image/png'],
    [bytes('\xff\xd8\xff\xe0'), 'image/jpeg'],
    [bytes('GIF89a'), 'image/gif'],
    [bytes('RIFFabcdWEBP'), 'image/webp'],
    [bytes('<svg xmlns="a">'), 'image/svg+xml'],
    [bytes('\n<!-- a --><!DOCTYPE svg PUBLIC "a" "b"><svg>'), 'image/svg+xml'],
    [Buffer.from('\uFEFF<?xml version="1.0"?>\n<!-- a --><!-- b -->\n<SVG width="1">'), 'image/svg+xml'],
    [bytes('<!-- a <svg>'), undefined],
    [bytes('<!DOCTYPE svg [<!ENTITY a "b">]><svg>'), undefined],
    [bytes('<html><svg>'), undefined],
    [bytes('<svgx>'), undefined],
    [bytes('%PDF'), undefined],
    [bytes(''), undefined],
    [Buffer.concat([bytes('\x89PNG\r\n\x1a\n'), Buffer.alloc(600_000)]), undefined],
  ];
  for (const [content, type] of rows) {
    it(`of ${JSON.stringify(content.toString('latin1', 0, 12))} is ${type}`, () =>
      assert.equal(iconOf(content)?.type, type));
  }

  it('is looked into once, whatever it begins with', () => {
    const begun = performance.now();
    for (const piece of ['<!---->', '<!-- -->\n', '<?xml>', '<!DOCTYPE a>', ' ', '<!--']) {
      assert.equal(iconOf(bytes(piece.repeat(600))), undefined);
    }
    assert.ok(performance.now() - begun < 10_000);
  });

  it('is the source of an image, and has a size', () => {
    const icon = iconOf(bytes('<svg>'));
    assert.ok(icon);
    assert.equal(iconSource(icon), 'data:image/svg+xml;base64,PHN2Zz4=');
    const png = Buffer.concat([bytes('\x89PNG\r\n\x1a\n'), Buffer.alloc(16)]);
    png.writeUInt32BE(64, 16);
    png.writeUInt32BE(50, 20);
    assert.deepEqual(pngSize(png), { width: 64, height: 50 });
    assert.equal(pngSize(bytes('<svg>')), undefined);
  });
});
