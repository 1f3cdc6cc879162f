import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gathered } from '../../../src/image/gathered.ts';
import {
  type Finding,
  type FoundImage,
  fits,
  type ImageSource,
  type ImageSourceId,
  searchImages,
} from '../../../src/image/imageSource.ts';
import {
  localImages,
  recentImages,
  recommendedImages,
  registryImages,
} from '../../../src/image/imageSources.ts';
import { missingLabels } from '../../../src/image/requiredLabels.ts';

const never = new AbortController().signal;

function source(
  id: ImageSourceId,
  search: (text: string, signal: AbortSignal) => AsyncIterable<readonly FoundImage[]>,
): ImageSource {
  return { id, title: id, search };
}
async function all(of: ImageSource, text: string): Promise<readonly string[]> {
  const found: Finding[] = [];
  await searchImages(
    [of],
    text,
    finding => void found.push(finding),
    never,
    (_, error) => assert.fail(`${error}`),
  );
  return found.flatMap(({ images }) => images.map(({ reference }) => reference));
}

describe('a search for images', () => {
  const quick = source('recent', async function* () {
    yield [{ reference: 'debian:bookworm' }];
  });

  it('tells what each source finds as it comes; a slow one holds up none', async () => {
    const told: string[] = [];
    let answer = () => {};
    const slow = source('registries', async function* () {
      yield [{ reference: 'a/first:1' }];
      await new Promise<void>(resolve => {
        answer = resolve;
      });
      yield [{ reference: 'a/second:1' }];
    });
    const tell = ({ source, images }: Finding) =>
      void told.push(`${source.id} ${images.map(({ reference }) => reference)}`);
    const done = searchImages([slow, quick], '', tell, never, () => assert.fail());
    await new Promise(resolve => setImmediate(resolve));
    assert.deepEqual(told, ['registries a/first:1', 'recent debian:bookworm']);
    answer();
    await done;
    assert.equal(told.at(-1), 'registries a/second:1');
  });

  it('goes on without a source that fails, and says which', async () => {
    const failed: string[] = [];
    const told: Finding[] = [];
    // biome-ignore lint/correctness/useYield: it fails first
    const broken = source('registries', async function* () {
      throw new Error('down');
    });
    await searchImages(
      [broken, quick],
      '',
      finding => void told.push(finding),
      never,
      ({ id }, error) => failed.push(`${id}: ${error}`),
    );
    assert.deepEqual([failed, told.length], [['registries: Error: down'], 1]);
  });

  it('ends with its signal, also where a source does not heed it, and tells nothing after it', async () => {
    const controller = new AbortController();
    const told: Finding[] = [];
    let answer = () => {};
    const deaf = source('registries', async function* () {
      await new Promise<void>(resolve => {
        answer = resolve;
      });
      yield [{ reference: 'a/late:1' }];
    });
    const done = searchImages(
      [deaf],
      '',
      finding => void told.push(finding),
      controller.signal,
      () => assert.fail(),
    );
    controller.abort();
    await done;
    answer();
    await new Promise(resolve => setImmediate(resolve));
    assert.deepEqual(told, []);
  });

  it('leaves out what is no image reference, and makes one line of what a server says', async () => {
    const told: Finding[] = [];
    const odd = source('registries', async function* () {
      yield [
        { reference: '<img src=x>' },
        { reference: 'https://ghcr.io/a/b' },
        { reference: 'a/b:1', detail: `x\n\u202ey\u0000${'z'.repeat(500)}` },
      ];
    });
    await searchImages(
      [odd],
      '',
      finding => void told.push(finding),
      never,
      () => assert.fail(),
    );
    const [image] = told.flatMap(({ images }) => images);
    assert.deepEqual([told.length, image?.reference, image?.detail?.slice(0, 5)], [1, 'a/b:1', 'x y z']);
    assert.equal(image?.detail?.length, 200);
  });

  it('takes no more from a source than a person looks through', async () => {
    const endless = source('registries', async function* () {
      for (let at = 0; ; at += 90)
        yield Array.from({ length: 90 }, (_, i) => ({ reference: `a/b:${at + i}` }));
    });
    assert.equal((await all(endless, '')).length, 200);
  });
});

describe('the sources that need no registry', () => {
  const local = localImages(async () => [
    { reference: 'debian:bookworm', id: 'sha256:1', bytes: 2 ** 20 },
    { reference: 'acme/Python-dev:1'.toLowerCase(), id: 'sha256:2', bytes: 1 },
    { reference: 'sha256:3', id: 'sha256:3', bytes: 1 },
  ]);
  const jupyter = recommendedImages('debian:bookworm', 'jupyter');
  for (const [title, of, text, expected] of [
    ['recent ones, as they were used', recentImages(['b:1', 'a:1']), '', ['b:1', 'a:1']],
    ['recent ones that fit', recentImages(['b:1', 'a:1']), 'A', ['a:1']],
    ['local ones that have a name', local, '', ['debian:bookworm', 'acme/python-dev:1']],
    ['local ones that have every word', local, 'dev python', ['acme/python-dev:1']],
    ['the default one', recommendedImages('debian:bookworm', undefined), '', ['debian:bookworm']],
    ['the default one where it fits', recommendedImages('debian:bookworm', undefined), 'ubuntu', []],
    [
      'others by a part of their name',
      recommendedImages('debian:bookworm', undefined),
      'rstudio',
      ['rocker/rstudio:latest'],
    ],
    ['no default of another kind than the chosen one', jupyter, 'debian', []],
    [
      'no default twice',
      recommendedImages('rocker/rstudio:latest', undefined),
      'rstudio',
      ['rocker/rstudio:latest'],
    ],
  ] as const) {
    it(`give ${title}`, async () => assert.deepEqual(await all(of, text), expected));
  }
  it('give those of the chosen kind', async () => {
    const found = await all(jupyter, '');
    assert.ok(found.length > 1 && found.every(reference => reference.includes('jupyter')));
  });
  it('fits: every word, in any case, anywhere', () => {
    assert.ok(fits('BOOK deb', 'debian:bookworm') && fits('', 'x') && !fits('debx', 'debian'));
  });
});

describe('required labels', () => {
  const labels = { team: 'core', 'berth.kind': 'jupyter', empty: '' };
  for (const [required, missing] of [
    [[], []],
    [['team'], []],
    [['team=core'], []],
    [['team=web'], ['team=web']],
    [['owner'], ['owner']],
    [['empty', 'empty='], []],
    [['a=b=c'], ['a=b=c']],
    [['toString'], ['toString']],
    [
      ['owner', 'team', 'berth.kind=ssh'],
      ['owner', 'berth.kind=ssh'],
    ],
  ] as const) {
    it(`[${required}] lack [${missing}]`, () => assert.deepEqual(missingLabels(labels, required), missing));
  }
});

describe('what comes one after the other', () => {
  it('is told in one where it comes without a pause, and as it comes where not', async () => {
    const tick = () => new Promise(resolve => setTimeout(resolve, 20));
    async function* items() {
      yield 1;
      yield 2;
      await tick();
      yield 3;
    }
    assert.deepEqual(await Array.fromAsync(gathered(items())), [[1, 2], [3]]);
    assert.deepEqual(await Array.fromAsync(gathered((async function* () {})())), []);
  });

  it('fails as it fails, with what was there told before', async () => {
    async function* items() {
      yield 1;
      throw new Error('down');
    }
    const told: (readonly number[])[] = [];
    await assert.rejects(async () => {
      for await (const batch of gathered(items())) told.push(batch);
    }, /down/);
    assert.deepEqual(told, [[1]]);
  });

  it('from a registry says how large it is, else what it is, else where', async () => {
    const common = { registry: 'ghcr.io', repository: 'a', description: '' };
    async function* search() {
      yield { ...common, reference: 'ghcr.io/a:1', facts: { bytes: 2 ** 20 } };
      yield { ...common, reference: 'ghcr.io/b', description: 'A thing' };
      yield { ...common, reference: 'ghcr.io/c' };
    }
    const [found] = await Array.fromAsync(registryImages(search).search('', never));
    assert.deepEqual(
      found?.map(({ detail }) => detail),
      ['1 MiB', 'A thing', 'ghcr.io'],
    );
  });
});
