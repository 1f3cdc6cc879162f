import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { dockerRun, mask, shellQuote } from '../../../src/workspace/dockerRun.ts';
import { WorkspaceForm } from '../../../src/workspace/settings.ts';

const form = (settings: object) =>
  WorkspaceForm.parse({ target: 'local', name: 'otter', image: 'debian:bookworm', ...settings });

describe('the equal docker run line', () => {
  it('has everything that Berth makes by default', () => {
    assert.equal(
      dockerRun(form({})),
      [
        'docker run -d',
        '--name berth-otter',
        '--hostname otter',
        '-v berth-otter-home:/root',
        '-v berth-otter-record:/berth',
        '-p 127.0.0.1::22',
        '--cpus 2',
        '--memory 2048m',
        '--shm-size 64m',
        '--stop-timeout 10',
        '--user 0:0 --entrypoint /bin/sh debian:bookworm /berth/boot.sh',
      ].join(' \\\n  '),
    );
  });

  const rows: readonly (readonly [string, object, string])[] = [
    ['shares', { cpuAllocation: 'shares', cpus: 1.5 }, '--cpu-shares 1536'],
    ['GPUs', { gpuCount: 2 }, '--gpus 2'],
    ['a runtime', { runtime: 'runsc' }, '--runtime runsc'],
    ['a home of one’s own', { home: '/home/dev' }, '-v berth-otter-home:/home/dev'],
    ['a variable', { env: [{ name: 'A', value: "it's" }] }, `-e 'A=it'\\''s'`],
    ['a label', { labels: [{ name: 'team', value: 'a b' }] }, `--label 'team=a b'`],
    [
      'a data mount',
      { mounts: [{ type: 'volume', source: 'data', name: 'set' }] },
      '--mount type=volume,target=/workspace/data/set,source=data,readonly',
    ],
    [
      'a folder that may be written',
      { mounts: [{ type: 'bind', source: '/a,b', path: '/c', readOnly: false }] },
      `--mount 'type=bind,"source=/a,b",target=/c'`,
    ],
    [
      'NFS',
      { mounts: [{ type: 'nfs', server: 'files', source: '/x', options: 'soft', path: '/x' }] },
      `--mount 'type=volume,target=/x,volume-driver=local,volume-opt=type=nfs,volume-opt=device=:/x,"volume-opt=o=addr=files,soft",readonly'`,
    ],
  ];
  for (const [words, settings, line] of rows) {
    it(`has ${words}`, () =>
      assert.ok(dockerRun(form(settings)).split(' \\\n  ').includes(line), dockerRun(form(settings))));
  }

  it('masks every secret', () => {
    const text = dockerRun(
      form({
        env: [{ name: 'TOKEN', value: 'hush', secret: true }],
        mounts: [{ type: 'cifs', source: '//s/share', username: 'me', password: 'hush', path: '/x' }],
        gitAccess: 'token',
        gitToken: 'hush',
      }),
    );
    assert.ok(!text.includes('hush'));
    assert.equal(text.split(mask).length, 3);
  });

  it('leaves the image’s entrypoint where that is the first process', () => {
    assert.ok(dockerRun(form({ firstProcess: 'image' })).endsWith('\n  debian:bookworm'));
  });

  it('quotes any text so that a shell reads it as one word', () => {
    const words = fc.array(
      fc.string({ unit: 'binary', maxLength: 12 }).filter(text => !text.includes('\0')),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(words, list => {
        const script = `printf '%s\\0' ${list.map(shellQuote).join(' ')}`;
        const said = execFileSync('/bin/sh', ['-c', script]).toString();
        const expected = list.length === 0 ? ['', ''] : [...list, ''];
        assert.deepEqual(
          said.split('\0'),
          expected.map(text => Buffer.from(text).toString()),
        );
      }),
      { numRuns: 20 },
    );
  });
});
