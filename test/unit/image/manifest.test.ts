import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { digestOf, verifyDigest } from '../../../src/image/digest.ts';
import { parseImageConfig } from '../../../src/image/imageConfig.ts';
import { parseManifest } from '../../../src/image/manifest.ts';
import { bestFit, formatPlatform, parsePlatform } from '../../../src/image/platform.ts';
import { isBerthError } from '../../../src/workspace/error.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const oci = (kind: string) => `application/vnd.oci.image.${kind}.v1+json`;
const docker = 'application/vnd.docker.distribution.manifest';
const config = { mediaType: oci('config'), digest, size: 10 };
const image = {
  schemaVersion: 2,
  config,
  layers: [
    { digest, size: 3 },
    { digest, size: 4 },
  ],
};

const layers = [
  { mediaType: '', digest, size: 3 },
  { mediaType: '', digest, size: 4 },
];

describe('parseManifest', () => {
  const parse = (value: unknown, type: string) => parseManifest(JSON.stringify(value), type);

  it('reads an image, of OCI and of Docker', () => {
    assert.deepEqual(parse({ ...image, mediaType: oci('manifest') }, ''), {
      kind: 'image',
      config,
      layers,
      bytes: 7,
    });
    const dockers = { ...config, mediaType: 'application/vnd.docker.container.image.v1+json' };
    const read = parse({ ...image, config: dockers }, `${docker}.v2+json; charset=utf-8`);
    assert.deepEqual(read, { kind: 'image', config: dockers, layers, bytes: 7 });
  });

  it('reads an index, without what is no image', () => {
    const entry = (platform?: object) => ({
      mediaType: oci('manifest'),
      digest,
      size: 1,
      ...(platform && { platform }),
    });
    const manifests = [
      entry({ os: 'linux', architecture: 'amd64' }),
      entry({ os: 'linux', architecture: 'arm', variant: 'v7' }),
      entry({ os: 'unknown', architecture: 'unknown' }),
      entry(),
    ];
    for (const mediaType of [oci('index'), `${docker}.list.v2+json`]) {
      const read = parse({ schemaVersion: 2, mediaType, manifests }, '');
      assert.deepEqual(read.kind === 'index' && read.entries.map(formatPlatform), [
        'linux/amd64',
        'linux/arm/v7',
      ]);
    }
  });

  const refused: readonly [string, unknown, string, RegExp][] = [
    ['schema 1', { schemaVersion: 1, fsLayers: [] }, `${docker}.v1+prettyjws`, /schema 1/],
    [
      'a chart',
      { ...image, config: { ...config, mediaType: 'application/vnd.cncf.helm.config.v1+json' } },
      oci('manifest'),
      /helm/,
    ],
    ['something else', { schemaVersion: 2 }, 'application/x', /application\/x/],
    ['no type', { schemaVersion: 2 }, '', /not an image/],
    ['no JSON object', [], oci('manifest'), /cannot be read/],
    [
      'a digest that is none',
      { ...image, config: { ...config, digest: '../x' } },
      oci('manifest'),
      /cannot be read/,
    ],
    ['a size that is none', { ...image, config: { ...config, size: -1 } }, oci('manifest'), /cannot be read/],
  ];
  for (const [what, value, type, words] of refused) {
    it(`refuses ${what} with words`, () => {
      assert.throws(() => parse(value, type), {
        name: 'RegistryProblem',
        code: 'unsupported',
        message: words,
      });
    });
  }

  it('throws nothing else, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.json(), fc.string()),
        fc.constantFrom(oci('index'), oci('manifest')),
        (text, type) => {
          try {
            parseManifest(text, type);
          } catch (error) {
            assert.equal((error as Error).name, 'RegistryProblem');
          }
        },
      ),
    );
  });
});

describe('bestFit', () => {
  const rows: readonly [string, string, string | undefined][] = [
    ['linux/amd64', 'linux/arm64 linux/amd64', 'linux/amd64'],
    ['linux/x86_64', 'linux/amd64', 'linux/amd64'],
    ['linux/aarch64', 'linux/arm64/v8', 'linux/arm64/v8'],
    ['linux/arm64', 'linux/arm64', 'linux/arm64'],
    ['linux/arm64/v8', 'linux/arm64', 'linux/arm64'],
    ['linux/arm', 'linux/arm/v5 linux/arm/v7 linux/arm/v6', 'linux/arm/v7'],
    ['linux/arm/v6', 'linux/arm/v5 linux/arm/v7', 'linux/arm/v5'],
    ['linux/arm/v5', 'linux/arm/v6 linux/arm/v7', undefined],
    ['linux/amd64', 'linux/amd64/v3', undefined],
    ['linux/amd64/v3', 'linux/amd64 linux/amd64/v2', 'linux/amd64/v2'],
    ['windows/amd64', 'linux/amd64', undefined],
    ['linux/arm64', 'linux/arm/v7', undefined],
    ['linux/s390x', '', undefined],
  ];
  for (const [wanted, offered, expected] of rows) {
    it(`takes ${expected ?? 'none'} of ${offered || 'none'} for ${wanted}`, () => {
      const fit = bestFit(parsePlatform(wanted), offered.split(' ').filter(Boolean).map(parsePlatform));
      assert.equal(fit && formatPlatform(fit), expected);
    });
  }

  it('refuses what is no platform', () => {
    for (const text of ['', 'linux', 'linux/', '/amd64', 'a/b/c/d', 'linux/amd 64']) {
      assert.throws(
        () => parsePlatform(text),
        error => isBerthError(error, 'invalid'),
        text,
      );
    }
  });
});

describe('parseImageConfig', () => {
  it('reads what counts for a workspace, and fills in what was left out', () => {
    const blob = {
      architecture: 'arm64',
      os: 'linux',
      variant: 'v8',
      created: '2026-01-01T00:00:00Z',
      config: {
        User: '1000:1000',
        Env: ['PATH=/bin'],
        ExposedPorts: { '8888/tcp': {}, '22/tcp': {}, x: {} },
        Labels: { 'berth.kind': 'jupyter' },
        Entrypoint: ['/init'],
        Cmd: null,
      },
      rootfs: {},
    };
    assert.deepEqual(parseImageConfig(JSON.stringify(blob)), {
      platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
      createdAt: Date.parse(blob.created),
      user: '1000:1000',
      env: ['PATH=/bin'],
      exposedPorts: [22, 8888],
      labels: { 'berth.kind': 'jupyter' },
      entrypoint: ['/init'],
      command: [],
    });
    assert.equal(parseImageConfig('{"config":null}')?.user, '');
    for (const text of ['', '[]', '{"config":{"Env":"x"}}'])
      assert.equal(parseImageConfig(text), undefined, text);
  });
});

describe('verifyDigest', () => {
  const content = Buffer.from('content');
  it('knows the algorithms of the specification, and no other', () => {
    for (const algorithm of ['sha256', 'sha512']) verifyDigest(content, digestOf(content, algorithm));
    assert.throws(() => verifyDigest(content, digestOf(content, 'sha1')), { code: 'unsupported' });
    assert.throws(() => verifyDigest(content, 'nothing:x'), { code: 'unsupported' });
  });
  it('refuses what is something else, naming both', () => {
    assert.throws(() => verifyDigest(content, digest), {
      code: 'invalid',
      message: /abab.*received sha256:/,
    });
  });
});
