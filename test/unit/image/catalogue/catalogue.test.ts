import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Catalogue, parseCatalogue, parseVersions } from '../../../../src/image/catalogue/catalogue.ts';
import type { Entry } from '../../../../src/image/catalogue/entry.ts';
import { chooseImage } from '../../../../src/image/catalogue/images.ts';
import { pathText } from '../../../../src/image/catalogue/problem.ts';
import { catalogueLimits } from '../../../../src/image/catalogue/schema.ts';
import { isBerthError } from '../../../../src/workspace/error.ts';

const entry10 = {
  friendly_name: 'Firefox',
  description: 'A browser',
  image_src: 'firefox.png',
  architecture: ['amd64', 'arm64'],
  name: 'kasmweb/firefox:1.14.0',
  uncompressed_size_mb: 2500,
  compatibility: ['1.14.x'],
};
const entry11 = {
  friendly_name: 'Firefox',
  description: 'A browser',
  image_src: 'firefox.png',
  architecture: ['amd64'],
  compatibility: [
    {
      version: '1.17.x',
      image: 'kasmweb/firefox:1.17.0',
      uncompressed_size_mb: 2500,
      available_tags: ['develop', '1.17.0'],
    },
    {
      version: '1.18.x',
      image: 'kasmweb/firefox:1.18.0',
      uncompressed_size_mb: 2600,
      available_tags: ['develop'],
    },
  ],
};

const listOf = (workspaces: readonly unknown[], more: object = {}) =>
  JSON.stringify({ name: 'Test', workspacecount: workspaces.length, workspaces, ...more });
const read = (...workspaces: readonly unknown[]): Catalogue => parseCatalogue(listOf(workspaces));
function only(raw: unknown): Entry {
  const { entries, unusable } = read(raw);
  const [entry] = entries;
  assert.ok(entry, JSON.stringify(unusable));
  return entry;
}
const imageOf = (raw: object) => only({ ...entry10, ...raw }).releases[0].image;

describe('parseCatalogue', () => {
  it('reads Berth’s own templates, of which a bad one hides no other', () => {
    const templates = [
      { name: 'R', settings: { image: 'rocker/rstudio', colour: 'red' } },
      { name: 'Bad', settings: { cpus: 'many' } },
      { name: 'B', settings: {} },
    ];
    const catalogue = parseCatalogue(listOf([entry10], { berth: { templates } }));
    assert.deepEqual(
      catalogue.templates.map(({ name }) => name),
      ['R', 'B'],
    );
    assert.deepEqual(
      catalogue.problems.map(({ path, severity }) => [pathText(path), severity]),
      [
        ['berth.templates[0]', 'warning'],
        ['berth.templates[1]', 'error'],
      ],
    );
    for (const berth of [undefined, null, 7, [], {}, { templates: 'x' }, { templates: [null, 7] }])
      assert.deepEqual(parseCatalogue(listOf([entry10], { berth })).templates, []);
  });

  it('reads a list of schema 1.0', () => {
    const catalogue = parseCatalogue(
      listOf([entry10], {
        description: 'All',
        icon: 'icon.png',
        list_url: 'https://acme.org/',
        contact_url: null,
        modified: 1_700_000_000_000,
      }),
    );
    assert.deepEqual(catalogue.problems, []);
    assert.equal(catalogue.name, 'Test');
    assert.equal(catalogue.modifiedAt, 1_700_000_000_000);
    assert.equal(catalogue.contactUrl, undefined);
    assert.deepEqual(catalogue.entries[0]?.releases, [
      { version: '1.14.x', image: 'docker.io/kasmweb/firefox:1.14.0', tags: [], sizeMB: 2500 },
    ]);
  });

  it('reads a list of schema 1.1, the newest release first', () => {
    const catalogue = parseCatalogue(
      listOf([entry11], { channels: ['develop', '1.17.0'], default_channel: 'develop' }),
    );
    assert.deepEqual(catalogue.problems, []);
    assert.deepEqual([catalogue.channels, catalogue.defaultChannel], [['develop', '1.17.0'], 'develop']);
    assert.deepEqual(
      catalogue.entries[0]?.releases.map(({ version }) => version),
      ['1.18.x', '1.17.x'],
    );
  });

  it('has no default channel where no entry has the one that is named, and says so', () => {
    const catalogue = parseCatalogue(
      listOf([entry11], { channels: ['develop'], default_channel: 'nightly' }),
    );
    assert.equal(catalogue.defaultChannel, undefined);
    assert.deepEqual(
      catalogue.problems.map(({ path }) => pathText(path)),
      ['default_channel'],
    );
    assert.equal(parseCatalogue(listOf([entry11], { default_channel: null })).defaultChannel, undefined);
  });

  it('reads commas before closing brackets, a byte order mark, and commas within texts as they are', () => {
    const text = `\uFEFF{"name":"a, ]","workspaces":[${JSON.stringify(entry10)},],}`;
    const catalogue = parseCatalogue(text);
    assert.equal(catalogue.name, 'a, ]');
    assert.equal(catalogue.entries.length, 1);
    assert.equal(catalogue.problems.length, 1);
  });

  for (const text of ['', 'x', '[]', '{}', '{"workspaces":{}}', 'null', '"a"', '<!DOCTYPE html>']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => parseCatalogue(text),
        (error: unknown) => isBerthError(error, 'invalid'),
      );
    });
  }

  it('lists a bad entry with its reason, beside the good ones', () => {
    const { entries, unusable, problems } = read(entry10, { friendly_name: 'Bad' }, null, 7, entry11, {
      ...entry10,
      friendly_name: 'Odd',
      run_config: [1],
    });
    assert.deepEqual(
      entries.map(({ id }) => id),
      ['Firefox', 'Firefox (2)'],
    );
    assert.deepEqual(
      unusable.map(({ index, name }) => [index, name]),
      [
        [1, 'Bad'],
        [2, 'Entry 3'],
        [3, 'Entry 4'],
        [5, 'Odd'],
      ],
    );
    assert.match(unusable[0]?.reasons.join() ?? '', /compatibility: it names no image/);
    assert.match(unusable[3]?.reasons.join() ?? '', /run_config: it must be an object/);
    assert.ok(
      problems.some(
        ({ path, severity }) => pathText(path) === 'workspaces[5].run_config' && severity === 'error',
      ),
    );
  });

  it('reads no more entries than it may, and says so', () => {
    const { entries, problems } = parseCatalogue(
      listOf(
        Array.from({ length: catalogueLimits.entries + 5 }, (_, index) => ({
          ...entry10,
          friendly_name: `E${index}`,
        })),
      ),
    );
    assert.equal(entries.length, catalogueLimits.entries);
    assert.ok(problems.some(({ path }) => pathText(path) === 'workspaces'));
  });

  it('makes other ids of equal names, whatever they are', () => {
    const named = (friendly_name: string) => ({ ...entry10, friendly_name });
    const { entries } = read(named('A'), named('A (2)'), named('A'));
    assert.equal(new Set(entries.map(({ id }) => id)).size, 3);
  });
});

describe('an entry', () => {
  const odd: readonly [string, object, Partial<Entry>, string | undefined][] = [
    [
      'compatibility that is misspelt',
      { compatibility: undefined, compatability: ['1.15.x'] },
      {},
      'compatability',
    ],
    ['a size of 0', { uncompressed_size_mb: 0 }, {}, undefined],
    ['an exact release', { compatibility: ['1.17.0'] }, {}, undefined],
    ['no icon', { image_src: undefined }, {}, 'image_src'],
    ['an empty icon', { image_src: '' }, {}, 'image_src'],
    ['no description', { description: undefined }, { description: '' }, 'description'],
    ['no architecture', { architecture: undefined }, { architectures: [] }, 'architecture'],
    [
      'an unknown architecture',
      { architecture: ['amd64', 'riscv'] },
      { architectures: ['amd64'] },
      'architecture',
    ],
    [
      'an architecture that is no list',
      { architecture: 'arm64' },
      { architectures: ['arm64'] },
      'architecture',
    ],
    ['memory in MB', { memory: 2768 }, { memoryMiB: 2640 }, undefined],
    ['memory in bytes', { memory: 2_768_000_000 }, { memoryMiB: 2640 }, undefined],
    ['the least that counts as bytes', { memory: 1_000_000 }, { memoryMiB: 64 }, undefined],
    ['the most that counts as MB', { memory: 999_999 }, { memoryMiB: 953_673 }, undefined],
    ['memory as text', { memory: '4096' }, { memoryMiB: 3906 }, 'memory'],
    ['cores as text', { cores: '2' }, { cores: 2 }, 'cores'],
    [
      'an allocation in lower case',
      { cpu_allocation_method: 'shares' },
      { cpuAllocation: 'shares' },
      undefined,
    ],
    ['an unknown allocation', { cpu_allocation_method: 'Magic' }, {}, 'cpu_allocation_method'],
    [
      'a run_config that is text',
      { run_config: '{"hostname":"kasm"}' },
      { runConfig: { hostname: 'kasm' } },
      'run_config',
    ],
    ['an empty run_config', { run_config: '' }, { runConfig: {} }, 'run_config'],
    [
      'nothing at all',
      { run_config: null, exec_config: null, notes: null, cores: null, sha: null },
      {},
      undefined,
    ],
    ['not enabled', { enabled: false }, { isEnabled: false }, undefined],
    ['a need of a GPU', { require_gpu: true, gpu_count: 1 }, { requiresGpu: true, gpuCount: 1 }, undefined],
    ['a GPU count that is none', { gpu_count: -1 }, {}, 'gpu_count'],
    ['keys that nobody knows', { hello: 1, __proto__: { a: 1 } }, {}, undefined],
  ];
  for (const [what, raw, expected, problem] of odd) {
    it(`is read with ${what}`, () => {
      const { entries, problems, unusable } = read({ ...entry10, ...raw });
      assert.deepEqual(unusable, []);
      const [entry] = entries;
      assert.ok(entry);
      for (const [key, value] of Object.entries(expected)) assert.deepEqual(entry[key as keyof Entry], value);
      assert.deepEqual(
        problems.map(({ path, severity }) => `${severity} ${path[2]}`),
        problem === undefined ? [] : [`warning ${problem}`],
      );
    });
  }

  it('has no size where that is 0, and no icon where it is missing', () => {
    assert.equal(only({ ...entry10, uncompressed_size_mb: 0 }).releases[0].sizeMB, undefined);
    assert.equal(only({ ...entry10, image_src: undefined }).icon, undefined);
  });

  it('does not heed a stray name beside releases with images', () => {
    const { entries, problems } = read({ ...entry11, name: 'somebody/else:1' });
    assert.equal(entries[0]?.releases[0].image, 'docker.io/kasmweb/firefox:1.18.0');
    assert.deepEqual(
      problems.map(({ path }) => pathText(path)),
      ['workspaces[0].name'],
    );
  });

  it('does without a release that is not as it should be', () => {
    const { entries, problems } = read({
      ...entry11,
      compatibility: [7, { version: '1.18.x' }, ...entry11.compatibility, 'x'],
    });
    assert.equal(entries[0]?.releases.length, 2);
    assert.equal(problems.length, 3);
  });

  it('is unusable with a config that is nested too deeply, or too large', () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 50; depth++) deep = [deep];
    assert.match(read({ ...entry10, run_config: { a: deep } }).unusable[0]?.reasons[0] ?? '', /too deeply/);
    const large = { a: 'x'.repeat(catalogueLimits.configChars) };
    assert.match(read({ ...entry10, run_config: large }).unusable[0]?.reasons[0] ?? '', /larger/);
  });

  it('survives JSON that is nested without end', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const text = `{"workspaces":[${JSON.stringify(entry10)},{"friendly_name":"Deep","name":"a","run_config":{"a":${deep}}}]}`;
    try {
      assert.equal(parseCatalogue(text).entries[0]?.name, 'Firefox');
    } catch (error) {
      assert.ok(isBerthError(error, 'invalid'), String(error));
    }
  });
});

describe('the image of an entry', () => {
  const registries: readonly [string | null | undefined, string, string][] = [
    [undefined, 'debian', 'docker.io/library/debian'],
    [null, 'a/b:1', 'docker.io/a/b:1'],
    ['https://index.docker.io/v1/', 'a/b:1', 'docker.io/a/b:1'],
    ['docker.io', 'debian:12', 'docker.io/library/debian:12'],
    ['https://ghcr.io/', 'a/b:1', 'ghcr.io/a/b:1'],
    ['https://ghcr.io', 'a/b:1', 'ghcr.io/a/b:1'],
    ['ghcr.io', 'a/b:1', 'ghcr.io/a/b:1'],
    ['GHCR.IO/', 'a/b:1', 'ghcr.io/a/b:1'],
    ['http://host:5000/v2/', 'a/b', 'host:5000/a/b'],
    ['https://registry.acme.org/team/', 'tool:1', 'registry.acme.org/team/tool:1'],
    ['https://registry.acme.org/team/', 'team/tool:1', 'registry.acme.org/team/tool:1'],
    ['https://ghcr.io/', 'lscr.io/linuxserver/webtop:latest', 'lscr.io/linuxserver/webtop:latest'],
    ['https://index.docker.io/v1/', 'host:5000/a:1', 'host:5000/a:1'],
    ['https://ghcr.io/', 'docker.io/a/b:1', 'docker.io/a/b:1'],
    ['https://ghcr.io/', 'localhost/a', 'localhost/a'],
  ];
  for (const [registry, name, expected] of registries) {
    it(`${name} of ${registry} is ${expected}`, () => {
      assert.equal(imageOf({ docker_registry: registry, name }), expected);
    });
  }

  it('is unusable with an image that is none, and says why', () => {
    for (const name of ['Upper', 'a b', 'https://ghcr.io/a/b', 'a:']) {
      const { unusable } = read({ ...entry10, name });
      assert.match(unusable[0]?.reasons[0] ?? '', /is not an image reference/, name);
    }
  });

  const channels: readonly [string | undefined, string, string | undefined][] = [
    [undefined, 'docker.io/kasmweb/firefox:1.18.0', undefined],
    ['develop', 'docker.io/kasmweb/firefox:develop', 'develop'],
    ['1.17.0', 'docker.io/kasmweb/firefox:1.17.0', '1.17.0'],
    ['nightly', 'docker.io/kasmweb/firefox:1.18.0', undefined],
  ];
  for (const [channel, reference, chosen] of channels) {
    it(`with the channel ${channel} is ${reference}`, () => {
      const found = chooseImage(only(entry11), channel);
      assert.deepEqual([found.reference, found.channel], [reference, chosen]);
    });
  }
});

describe('parseVersions', () => {
  it('reads the releases', () => {
    assert.deepEqual(parseVersions('{"versions":["1.18.x","1.17.x"]}'), ['1.18.x', '1.17.x']);
  });
  it('refuses anything else', () => {
    for (const text of ['{}', '{"versions":["new"]}', '[]']) {
      assert.throws(
        () => parseVersions(text),
        (error: unknown) => isBerthError(error, 'invalid'),
      );
    }
  });
});

/** Anything at all, and things that come near an entry. */
const nearly = fc.oneof(
  fc.json().map((text): unknown => JSON.parse(text)),
  fc.record(
    Object.fromEntries(
      [
        ...Object.keys(entry11),
        ...Object.keys(entry10),
        'compatability',
        'memory',
        'cores',
        'run_config',
        'docker_registry',
      ].map(key => [
        key,
        fc.oneof(fc.jsonValue(), fc.constantFrom(...Object.values({ ...entry10, ...entry11 }))),
      ]),
    ),
    { requiredKeys: [] },
  ),
);

describe('whatever stands in a list', () => {
  it('never crashes, and loses no entry because of another', () => {
    fc.assert(
      fc.property(fc.array(nearly, { maxLength: 8 }), fc.jsonValue(), (others, more) => {
        const list = others.flatMap(other => [other, entry11]);
        const head = typeof more === 'object' && more !== null && !Array.isArray(more) ? more : {};
        const { entries, unusable } = parseCatalogue(JSON.stringify({ ...head, workspaces: list }));
        assert.equal(entries.length + unusable.length, list.length);
        assert.ok(
          entries.filter(({ sha, name }) => sha === undefined && name.startsWith('Firefox')).length >=
            others.length,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('is a catalogue, or is refused in words', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), text => {
        try {
          parseCatalogue(text);
        } catch (error) {
          assert.ok(isBerthError(error, 'invalid'));
        }
      }),
      { numRuns: 500 },
    );
  });
});
