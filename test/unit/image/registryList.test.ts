import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRegistries, withoutRegistry, withRegistry } from '../../../src/image/registryList.ts';

describe('parseRegistries', () => {
  it('reads hosts as references have them, with what they leave out', () => {
    const { entries, problems } = parseRegistries([
      { host: 'index.docker.io' },
      { host: ' localhost:5000 ', http: true, repositories: ['team/dev'] },
      { host: 'r.example.org', kind: 'harbor', comment: 'kept' },
    ]);
    assert.deepEqual(problems, []);
    assert.deepEqual(entries, [
      { host: 'docker.io', http: false, repositories: [] },
      { host: 'localhost:5000', http: true, repositories: ['team/dev'] },
      { host: 'r.example.org', http: false, kind: 'harbor', repositories: [] },
    ]);
  });

  const bad: readonly (readonly [string, unknown, RegExp])[] = [
    ['is no list', { host: 'a' }, /not a list/],
    ['is no object', ['ghcr.io'], /entry 1: /],
    ['has no host', [{}], /entry 1\.host: /],
    [
      'has an address for a host',
      [{ host: 'https://ghcr.io' }],
      /entry 1\.host: 'https:\/\/ghcr\.io' is not/,
    ],
    ['is of no known kind', [{ host: 'a', kind: 'zoo' }], /entry 1\.kind: /],
    ['names what is no repository', [{ host: 'a', repositories: ['../x'] }], /entry 1\.repositories\.0: /],
    ['says http in words', [{ host: 'a', http: 'yes' }], /entry 1\.http: /],
  ];
  for (const [name, setting, words] of bad) {
    it(`says which entry ${name}`, () => {
      const { entries, problems } = parseRegistries(setting);
      assert.deepEqual(entries, []);
      assert.match(problems.join('\n'), words);
    });
  }

  it('hides no other entry behind a bad one, and takes the first of two', () => {
    const { entries, problems } = parseRegistries([
      { host: 'a' },
      7,
      { host: 'b', http: true },
      { host: 'b' },
    ]);
    assert.deepEqual(
      entries.map(({ host, http }) => [host, http]),
      [
        ['a', false],
        ['b', true],
      ],
    );
    assert.equal(problems.length, 1);
  });
});

describe('withRegistry and withoutRegistry', () => {
  const setting = [{ host: 'docker.io' }, 'rubbish', { host: 'a', comment: 'mine' }];

  it('add at the end, and write nothing that says nothing', () => {
    const entry = { host: 'b', http: false, repositories: [] };
    assert.deepEqual(withRegistry(setting, entry), [...setting, { host: 'b' }]);
    assert.deepEqual(withRegistry(undefined, { host: 'b', http: true }), [{ host: 'b', http: true }]);
  });

  it('put another in its place, and leave what they do not understand', () => {
    assert.deepEqual(withRegistry(setting, { host: 'docker.io', repositories: ['a/b'] }), [
      { host: 'docker.io', repositories: ['a/b'] },
      'rubbish',
      { host: 'a', comment: 'mine' },
    ]);
    assert.deepEqual(withoutRegistry(setting, 'docker.io'), ['rubbish', { host: 'a', comment: 'mine' }]);
  });
});
