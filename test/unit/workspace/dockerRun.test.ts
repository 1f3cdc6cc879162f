import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dockerRun, mask, type RunImage } from '../../../src/workspace/dockerRun.ts';
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
        '--no-healthcheck',
        '--stop-timeout 10',
        '--user 0:0 --stop-signal SIGTERM --entrypoint /bin/sh debian:bookworm /berth/boot.sh',
      ].join(' \\\n  '),
    );
  });

  const rows: readonly (readonly [string, object, string])[] = [
    ['shares', { cpuAllocation: 'shares', cpus: 1.5 }, '--cpu-shares 1536'],
    ['GPUs', { gpuCount: 2 }, '--gpus 2'],
    ['a host name that overrides ask for', { overrides: { hostname: 'kasm' } }, '--hostname kasm'],
    [
      'a command that overrides ask for',
      { firstProcess: 'beside', overrides: { command: ['serve'], user: 'dev' } },
      '--user 0:0 --stop-signal SIGTERM --entrypoint /bin/sh debian:bookworm /berth/boot.sh beside dev serve',
    ],
    ['a runtime', { runtime: 'runsc' }, '--runtime runsc'],
    ['a home of one’s own', { home: '/home/dev' }, '-v berth-otter-home:/home/dev'],
    ['the home of a user', { user: 'dev' }, '-v berth-otter-home:/home/dev'],
    [
      'a mount without path and name',
      { mounts: [{ type: 'volume', source: 'My.Data' }] },
      '--mount type=volume,target=/workspace/data/my-data,source=My.Data,readonly',
    ],
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
      `--mount 'type=volume,target=/x,volume-driver=local,volume-opt=type=nfs,volume-opt=device=:/x,"volume-opt=o=addr=files,ro,soft",readonly'`,
    ],
  ];
  for (const [words, settings, line] of rows) {
    it(`has ${words}`, () =>
      assert.ok(dockerRun(form(settings)).split(' \\\n  ').includes(line), dockerRun(form(settings))));
  }

  it('has everything that overrides ask for, a flag a line', () => {
    const text = dockerRun(
      form({
        overrides: {
          publish: [
            { port: 80, hostIp: '::1', hostPort: 8080 },
            { port: 53, protocol: 'udp' },
            { port: 1, hostIp: '127.0.0.1' },
          ],
          mounts: [
            { type: 'bind', source: '/etc', path: '/host', readOnly: true },
            { type: 'anonymous', source: '', path: '/scratch' },
          ],
          privileged: true,
          capAdd: ['NET_ADMIN'],
          sysctls: { 'a.b': '1' },
          extraHosts: [{ host: 'db', address: '10.0.0.1' }],
        },
      }),
    );
    const flags = [
      "-p '[::1]:8080:80'",
      '-p 53/udp',
      '-p 127.0.0.1::1',
      '-v /etc:/host:ro',
      '-v /scratch',
      '--privileged',
      '--cap-add NET_ADMIN',
      '--sysctl a.b=1',
      '--add-host db:10.0.0.1',
    ];
    assert.ok(text.includes(flags.join(' \\\n  ')), text);
    const healthy = dockerRun(
      form({ overrides: { healthcheck: { test: ['CMD-SHELL', 'true'], interval: 1000 } } }),
    );
    assert.match(healthy, /--health-cmd true \\\n {2}--health-interval 1000ns/);
    assert.doesNotMatch(healthy, /--no-healthcheck/);
  });

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

  it('masks what a volume driver is told', () => {
    const mounts = [{ type: 'driver', driver: 'rclone', options: { key: 'hush' }, path: '/x' }];
    assert.ok(!dockerRun(form({ mounts })).includes('hush'));
  });

  it('has the image’s own command where that runs beside', () => {
    const last = (image: RunImage) =>
      dockerRun(form({ firstProcess: 'beside' }), image)
        .split(' \\\n  ')
        .at(-1);
    const image = { user: 'kasm', entrypoint: ['/start.sh'], command: ['--wait', 'a b'] };
    assert.match(last(image) ?? '', / \/berth\/boot\.sh beside kasm \/start\.sh --wait 'a b'$/);
    assert.match(last({}) ?? '', / beside '' '<the image’s own command>'$/);
  });

  it('has a Studio’s command without the client, and its port', () => {
    const image = { entrypoint: ['/usr/bin/connect-client', '--entrypoint'], command: ['serve'] };
    const text = dockerRun(form({ kind: 'studio', firstProcess: 'beside', ports: [{ port: 9000 }] }), image);
    assert.match(text, / -e CONNECT_TOOL_PORT=9000 /);
    assert.match(text, / beside '' serve$/);
  });

  it('puts the home where the image’s user has it', () => {
    for (const [user, home] of [
      ['', '/root'],
      ['root', '/root'],
      ['0:0', '/root'],
      ['jovyan:100', '/home/jovyan'],
    ] as const)
      assert.match(dockerRun(form({}), { user }), new RegExp(`-home:${home} `));
  });

  it('leaves the image’s entrypoint where that is the first process', () => {
    assert.ok(dockerRun(form({ firstProcess: 'image' })).endsWith('\n  debian:bookworm'));
  });
});
