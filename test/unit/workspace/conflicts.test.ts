import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Room } from '../../../src/workspace/capacity.ts';
import { conflictsOf, type ImageAdvice } from '../../../src/workspace/conflicts.ts';
import { WorkspaceForm } from '../../../src/workspace/settings.ts';

const GiB = 2 ** 30;
const room: Room = {
  cpus: 4,
  memoryBytes: 8 * GiB,
  freeMemoryBytes: 3 * GiB,
  freeDiskBytes: 30 * GiB,
  platforms: ['linux/amd64', 'linux/386'],
  runtimes: ['runc'],
  gpus: false,
  isLocal: false,
};
const form = (settings: object) =>
  WorkspaceForm.parse({ target: 'local', name: 'otter', image: 'debian:bookworm', ...settings });
const told = (settings: object, image: ImageAdvice = {}, at: Room = room) =>
  conflictsOf(form(settings), { engine: 'docker', room: at }, image).map(
    ({ level, path }) => `${level} ${path}`,
  );

describe('what speaks against settings', () => {
  const data = (more: object) => ({ type: 'volume', source: 'data', path: '/data', ...more });
  const rows: readonly (readonly [string, object, ImageAdvice, readonly string[]])[] = [
    ['nothing', {}, {}, []],
    ['more CPUs than there are', { cpus: 5 }, {}, ['error cpus']],
    ['more CPUs than there are, as a weight', { cpus: 5, cpuAllocation: 'shares' }, {}, []],
    ['more memory than there is', { memoryMiB: 9000 }, {}, ['error memoryMiB']],
    ['more memory than is free', { memoryMiB: 4096 }, {}, ['error memoryMiB']],
    ['shared memory above the memory', { sharedMemoryMiB: 4096 }, {}, ['warning sharedMemoryMiB']],
    ['a GPU where there is none', { gpuCount: 1 }, {}, ['error gpuCount']],
    ['more disk than is free', { diskGiB: 40 }, {}, ['error diskGiB']],
    ['a runtime that is not there', { runtime: 'runsc' }, {}, ['error runtime']],
    ['an image for another platform', {}, { platform: 'linux/arm64/v8' }, ['error image']],
    ['an image for a variant of the platform', {}, { platform: 'linux/amd64/v2' }, []],
    ['an image that its registry has not got', {}, { problem: 'no such tag' }, ['warning image']],
    ['an image without labels that it must carry', {}, { missingLabels: ['team'] }, ['warning image']],
    ['an image with all of them', {}, { missingLabels: [] }, []],
    ['both, said in one', {}, { problem: 'x.', missingLabels: ['team'] }, ['warning image']],
    [
      'less than the image recommends',
      { cpus: 1 },
      { cpus: 2, memoryMiB: 2048, diskGiB: 50 },
      ['warning cpus', 'warning diskGiB'],
    ],
    [
      'a folder of another machine',
      { mounts: [data({ type: 'bind', source: '/x' })] },
      {},
      ['warning mounts.0.source'],
    ],
    [
      'the engine’s socket',
      { mounts: [data({ type: 'bind', source: '/var/run/docker.sock' })] },
      {},
      ['warning mounts.0.source', 'warning mounts.0.source'],
    ],
    ['a mount without a place', { mounts: [data({ path: undefined })] }, {}, ['error mounts.0.path']],
    [
      'two mounts at one place',
      { mounts: [data({}), data({ path: '/data/' })] },
      {},
      ['error mounts.1.path'],
    ],
    ['a mount over Berth’s own', { mounts: [data({ path: '/berth/x' })] }, {}, ['error mounts.0.path']],
    ['a mount over the root', { mounts: [data({ path: '/' })] }, {}, ['error mounts.0.path']],
    ['port 22', { ports: [{ port: 22 }] }, {}, ['error ports.0.port']],
    ['a port twice', { ports: [{ port: 80 }, { port: 80 }] }, {}, ['error ports.1.port']],
    [
      'two apps on one port, of one name',
      {
        apps: [
          { id: 'a', command: 'x', port: 1 },
          { id: 'a', command: 'y', port: 1 },
        ],
      },
      {},
      ['error apps.1.id', 'error apps.1.port'],
    ],
    [
      'keys that are damaged or weak, and none that is whole',
      {
        publicKeys: [
          'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBGdbrKFp28LS2SPobYU9Vc4HBeJeULYAwjApqGcJ0jf anna',
          'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBGd bob',
          `ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQD${'/'.repeat(170)}w== carl`,
        ],
      },
      {},
      ['error publicKeys', 'error publicKeys'],
    ],
    [
      'a variable twice',
      {
        env: [
          { name: 'A', value: '' },
          { name: 'A', value: '' },
        ],
      },
      {},
      ['error env.1.name'],
    ],
    ['a variable of the session', { env: [{ name: 'HOME', value: '/x' }] }, {}, ['warning env.0.name']],
    ['a value of several lines', { env: [{ name: 'A', value: 'a\nb' }] }, {}, ['warning env.0.value']],
    [
      'a label twice',
      {
        labels: [
          { name: 'a', value: '' },
          { name: 'a', value: '' },
        ],
      },
      {},
      ['error labels.1.name'],
    ],
  ];
  for (const [words, settings, image, expected] of rows) {
    it(`tells ${words}`, () => assert.deepEqual(told(settings, image), expected));
  }

  const onCluster: readonly (readonly [string, object, readonly string[]])[] = [
    ['nothing', { mounts: [data({}), data({ type: 'secret', path: '/s' })] }, []],
    [
      'a mount of another kind of target',
      { mounts: [data({ type: 'driver', driver: 'x' })] },
      ['error mounts.0.type'],
    ],
    [
      'a claim with a name that none has',
      { mounts: [data({ source: 'Data_1' })] },
      ['error mounts.0.source'],
    ],
    ['a folder of the node', { mounts: [data({ type: 'bind', source: '/x' })] }, ['warning mounts.0.source']],
    [
      'labels that a cluster refuses',
      { labels: [{ name: 'a/b/c', value: 'two words' }] },
      ['error labels.0.name', 'error labels.0.value'],
    ],
    [
      'annotations by their name alone',
      {
        annotations: [
          { name: 'a/b/c', value: 'x' },
          { name: 'note', value: 'any words, of any length' },
          { name: 'note', value: '' },
        ],
      },
      ['error annotations.0.name', 'error annotations.2.name'],
    ],
    [
      'a node label twice',
      {
        nodeSelector: [
          { name: 'zone', value: 'a' },
          { name: 'zone', value: 'b' },
        ],
      },
      ['error nodeSelector.1.name'],
    ],
    [
      'a taint compared without a name',
      { tolerations: [{ operator: 'Equal', value: 'x' }, { key: '' }] },
      ['error tolerations.0.key'],
    ],
  ];
  for (const [words, settings, expected] of onCluster) {
    it(`tells of a cluster ${words}`, () => {
      const place = { engine: 'kubernetes', room } as const;
      const notices = conflictsOf(form(settings), place, {});
      assert.deepEqual(
        notices.map(({ level, path }) => `${level} ${path}`),
        expected,
      );
    });
  }

  it('has ConfigMaps and Secrets on clusters only', () => {
    for (const type of ['configMap', 'secret'])
      assert.deepEqual(told({ mounts: [data({ type })] }), ['error mounts.0.type']);
  });

  it('lets the disk of an edited workspace grow, and never shrink', () => {
    const grown = (diskGiB: number) =>
      conflictsOf(form({ diskGiB }), { engine: 'kubernetes', room: {}, before: { diskGiB: 20 } }, {});
    assert.deepEqual([grown(20), grown(21)], [[], []]);
    assert.deepEqual(grown(19), [
      { path: 'diskGiB', level: 'error', message: 'A disk never shrinks: this one has 20 GiB.' },
    ]);
  });

  it('says nothing of what is not known', () => {
    const all = {
      cpus: 500,
      memoryMiB: 900_000,
      diskGiB: 900,
      gpuCount: 3,
      runtime: 'x',
      mounts: [data({ type: 'bind', source: '/x' })],
    };
    assert.deepEqual(told(all, { platform: 'linux/arm64' }, {}), []);
  });
});
