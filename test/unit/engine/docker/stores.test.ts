import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { imageDetails, localImages } from '../../../../src/engine/docker/images.ts';
import { keptHomes, visibleVolumes } from '../../../../src/engine/docker/volumes.ts';

describe('localImages', () => {
  it('gives each name a row, newest first, and nameless ones their digest or id', () => {
    const images = localImages([
      { Id: 'sha256:1', RepoTags: ['a:1', 'a:2'], RepoDigests: ['a@sha256:d'], Size: 5, Created: 10 },
      { Id: 'sha256:2', RepoTags: null, RepoDigests: ['b@sha256:e'], Size: 5, Created: 30 },
      { Id: 'sha256:3', RepoTags: ['<none>:<none>'], RepoDigests: ['<none>@<none>'], Size: 5, Created: 20 },
    ]);
    assert.deepEqual(
      images.map(({ reference, createdAt }) => [reference, createdAt]),
      [
        ['b@sha256:e', 30_000],
        ['sha256:3', 20_000],
        ['a:1', 10_000],
        ['a:2', 10_000],
      ],
    );
  });
});

describe('imageDetails', () => {
  it('reads what the image says of itself', () => {
    assert.deepEqual(
      imageDetails('a:1', {
        Id: 'sha256:1',
        RepoDigests: ['a@sha256:d'],
        Size: 5,
        Created: '2026-01-02T03:04:05Z',
        Os: 'linux',
        Architecture: 'arm64',
        Variant: 'v8',
        Config: {
          User: 'me',
          Env: ['A=b'],
          ExposedPorts: { '8888/tcp': {}, '53/udp': {} },
          Cmd: ['sh'],
          Entrypoint: null,
        },
      }),
      {
        reference: 'a:1',
        id: 'sha256:1',
        digests: ['a@sha256:d'],
        bytes: 5,
        createdAt: Date.UTC(2026, 0, 2, 3, 4, 5),
        platform: 'linux/arm64/v8',
        user: 'me',
        env: ['A=b'],
        exposedPorts: [53, 8888],
        labels: {},
        entrypoint: [],
        command: ['sh'],
      },
    );
  });

  it('needs no config, which imported images lack', () => {
    assert.equal(
      imageDetails('a:1', { Id: 'x', Os: 'linux', Architecture: 'amd64' }).platform,
      'linux/amd64',
    );
  });
});

const volume = (Name: string, role?: string, name?: string) => ({
  Name,
  Driver: 'local',
  Labels: role === undefined ? null : { 'workspace.berth/role': role, 'workspace.berth/name': name ?? '' },
});

describe('visibleVolumes', () => {
  it('leaves records and marks out and tells whose home it is', () => {
    const volumes = visibleVolumes({
      Volumes: [
        volume('data'),
        volume('berth-a-home', 'home', 'a'),
        volume('berth-a-record', 'record', 'a'),
        volume('berth-a-mark-building', 'mark', 'a'),
      ],
    });
    assert.deepEqual(volumes, [
      { name: 'berth-a-home', driver: 'local', homeOf: 'a' },
      { name: 'data', driver: 'local' },
    ]);
  });

  it('tells who made the workspace of a home, and of nothing else', () => {
    const by = { 'workspace.berth/created-by': 'ann@example.org' };
    const [home, other] = [volume('berth-a-home', 'home', 'a'), volume('data')].map(one => ({
      ...one,
      Labels: { ...one.Labels, ...by },
    }));
    const volumes = visibleVolumes({ Volumes: [home, other] });
    assert.deepEqual(
      volumes.map(({ createdBy }) => createdBy),
      ['ann@example.org', undefined],
    );
  });

  it('takes an engine without volumes', () => assert.deepEqual(visibleVolumes({ Volumes: null }), []));

  it('believes no label that is not the name of a workspace', () => {
    assert.deepEqual(visibleVolumes({ Volumes: [volume('x', 'home', '../etc')] }), [
      { name: 'x', driver: 'local' },
    ]);
  });
});

describe('keptHomes', () => {
  it('are homes without a record, and without a creation in progress', () => {
    const homes = keptHomes({
      Volumes: [
        volume('berth-a-home', 'home', 'a'),
        volume('berth-a-record', 'record', 'a'),
        volume('berth-b-home', 'home', 'b'),
        volume('berth-c-home', 'home', 'c'),
        volume('berth-c-mark-building', 'mark', 'c'),
      ],
    });
    assert.deepEqual(
      [...homes].map(([name, home]) => [name, typeof home === 'string' ? home : home.name]),
      [
        ['a', 'in-use'],
        ['b', 'berth-b-home'],
        ['c', 'in-use'],
      ],
    );
  });
});
