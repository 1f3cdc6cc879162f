import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shellWords } from '../../../../src/image/catalogue/shellWords.ts';
import { translate } from '../../../../src/image/catalogue/translate.ts';
import type { LeftOutLevel, Translation } from '../../../../src/image/catalogue/translation.ts';
import type { Overrides } from '../../../../src/workspace/overrides.ts';

const run = (runConfig: Record<string, unknown>): Translation => translate({ runConfig, execConfig: {} });
const exec = (execConfig: Record<string, unknown>): Translation => translate({ runConfig: {}, execConfig });

describe('run_config', () => {
  const understood: readonly [Record<string, unknown>, Overrides][] = [
    [{ hostname: 'kasm' }, { hostname: 'kasm' }],
    [{ domainname: ['acme', 'org'] }, { domainname: 'acme.org' }],
    [{ user: 'root' }, { user: 'root' }],
    [{ user: 1000 }, { user: '1000' }],
    [{ user: 0 }, { user: '0' }],
    [{ working_dir: '/srv' }, { folder: '/srv' }],
    [{ entrypoint: '/init --x "a b"' }, { entrypoint: ['/init', '--x', 'a b'] }],
    [{ entrypoint: ['/init'] }, { entrypoint: ['/init'] }],
    [{ command: "sh -c 'echo $HOME'" }, { command: ['sh', '-c', 'echo $HOME'] }],
    [{ init: true }, {}],
    [{ privileged: true }, { privileged: true }],
    [{ cap_add: ['NET_ADMIN', 'cap_sys_admin'] }, { capAdd: ['NET_ADMIN', 'SYS_ADMIN'] }],
    [{ cap_drop: ['MKNOD'] }, { capDrop: ['MKNOD'] }],
    [{ security_opt: ['seccomp=unconfined'] }, { securityOpt: ['seccomp=unconfined'] }],
    // Ports: port to port, to any, to an address, to several; a list of lines.
    [{ ports: { '80/tcp': 8080 } }, { publish: [{ port: 80, protocol: 'tcp', hostPort: 8080 }] }],
    [{ ports: { '80': '8080' } }, { publish: [{ port: 80, protocol: 'tcp', hostPort: 8080 }] }],
    [{ ports: { '80/udp': null } }, { publish: [{ port: 80, protocol: 'udp' }] }],
    [
      { ports: { '80/tcp': ['127.0.0.1', 8080] } },
      { publish: [{ port: 80, protocol: 'tcp', hostPort: 8080, hostIp: '127.0.0.1' }] },
    ],
    [
      { ports: { '80/tcp': ['0.0.0.0', 8080] } },
      { publish: [{ port: 80, protocol: 'tcp', hostPort: 8080 }] },
    ],
    [
      { ports: { '80/tcp': ['127.0.0.1', null] } },
      { publish: [{ port: 80, protocol: 'tcp', hostIp: '127.0.0.1' }] },
    ],
    [
      { ports: { '80/tcp': [8080, 8081] } },
      {
        publish: [
          { port: 80, protocol: 'tcp', hostPort: 8080 },
          { port: 80, protocol: 'tcp', hostPort: 8081 },
        ],
      },
    ],
    [
      { ports: { '80/tcp': [['::1', 8080], 8081] } },
      {
        publish: [
          { port: 80, protocol: 'tcp', hostPort: 8080, hostIp: '::1' },
          { port: 80, protocol: 'tcp', hostPort: 8081 },
        ],
      },
    ],
    [{ ports: { '80/tcp': [] } }, {}],
    [
      { ports: ['80', '8080:81', '127.0.0.1:8082:82/udp', '[::1]:8083:83', 84] },
      {
        publish: [
          { port: 80, protocol: 'tcp' },
          { port: 81, protocol: 'tcp', hostPort: 8080 },
          { port: 82, protocol: 'udp', hostPort: 8082, hostIp: '127.0.0.1' },
          { port: 83, protocol: 'tcp', hostPort: 8083, hostIp: '::1' },
          { port: 84, protocol: 'tcp' },
        ],
      },
    ],
    [{ publish_all_ports: true }, { publishAll: true }],
    // Volumes: a dict, a list, and what each of them may be.
    [
      {
        volumes: {
          '/etc': { bind: '/host', mode: 'ro' },
          data: { bind: '/data' },
          '/a': '/b',
          c: { bind: '/c', ro: true },
        },
      },
      {
        mounts: [
          { type: 'bind', source: '/etc', path: '/host', readOnly: true },
          { type: 'volume', source: 'data', path: '/data', readOnly: false },
          { type: 'bind', source: '/a', path: '/b', readOnly: false },
          { type: 'volume', source: 'c', path: '/c', readOnly: true },
        ],
      },
    ],
    [
      { volumes: ['/var/run/docker.sock:/var/run/docker.sock', 'data:/data:ro,z', '/scratch'] },
      {
        mounts: [
          { type: 'bind', source: '/var/run/docker.sock', path: '/var/run/docker.sock', readOnly: false },
          { type: 'volume', source: 'data', path: '/data', readOnly: true },
          { type: 'anonymous', source: '', path: '/scratch', readOnly: false },
        ],
      },
    ],
    [
      {
        mounts: [
          { Target: '/a', Source: '/etc', Type: 'bind', ReadOnly: true },
          { target: '/b', source: 'data', type: 'volume', read_only: false },
          { target: '/c', source: null, type: 'volume' },
          { target: '/d', type: 'tmpfs', tmpfs_size: '64m' },
        ],
      },
      {
        mounts: [
          { type: 'bind', source: '/etc', path: '/a', readOnly: true },
          { type: 'volume', source: 'data', path: '/b', readOnly: false },
          { type: 'anonymous', source: '', path: '/c', readOnly: false },
        ],
        tmpfs: [{ path: '/d', options: 'size=67108864' }],
      },
    ],
    [{ volumes_from: ['other'] }, { volumesFrom: ['other'] }],
    [{ volume_driver: 'rclone' }, { volumeDriver: 'rclone' }],
    [
      { devices: ['/dev/dri', '/dev/a:/dev/b', '/dev/c:/dev/d:r', '/dev/e:rw', { PathOnHost: '/dev/f' }] },
      {
        devices: [
          { host: '/dev/dri', container: '/dev/dri', permissions: 'rwm' },
          { host: '/dev/a', container: '/dev/b', permissions: 'rwm' },
          { host: '/dev/c', container: '/dev/d', permissions: 'r' },
          { host: '/dev/e', container: '/dev/e', permissions: 'rw' },
          { host: '/dev/f', container: '/dev/f', permissions: 'rwm' },
        ],
      },
    ],
    [{ device_cgroup_rules: ['c 42:* rmw'] }, { deviceCgroupRules: ['c 42:* rmw'] }],
    [
      { device_requests: [{ Driver: '', Count: -1, DeviceIDs: null, Capabilities: [['gpu']], Options: {} }] },
      { gpus: { driver: '', count: -1, ids: [], capabilities: [['gpu']] } },
    ],
    [
      { ipc_mode: 'host', uts_mode: 'host', userns_mode: 'host', cgroupns: 'host' },
      { ipc: 'host', uts: 'host', userns: 'host', cgroupns: 'host' },
    ],
    [
      { runtime: 'runsc', cgroup_parent: '/a' },
      { runtime: 'runsc', cgroupParent: '/a' },
    ],
    [{ network: 'lan' }, { network: 'lan' }],
    [{ network_mode: 'bridge' }, { network: 'bridge' }],
    [{ group_add: ['video', 44] }, { groups: ['video', '44'] }],
    [
      { dns: ['1.1.1.1'], dns_opt: ['ndots:2'], dns_search: ['acme.org'] },
      { dns: ['1.1.1.1'], dnsOptions: ['ndots:2'], dnsSearch: ['acme.org'] },
    ],
    [{ extra_hosts: { db: '10.0.0.1' } }, { extraHosts: [{ host: 'db', address: '10.0.0.1' }] }],
    [
      { extra_hosts: ['db:10.0.0.1', 'six:fd00::1', 'host.docker.internal:host-gateway'] },
      {
        extraHosts: [
          { host: 'db', address: '10.0.0.1' },
          { host: 'six', address: 'fd00::1' },
          { host: 'host.docker.internal', address: 'host-gateway' },
        ],
      },
    ],
    [
      { tmpfs: { '/tmp': 'size=64m', '/run': '' } },
      {
        tmpfs: [
          { path: '/tmp', options: 'size=64m' },
          { path: '/run', options: '' },
        ],
      },
    ],
    [{ sysctls: { 'net.core.somaxconn': 1024 } }, { sysctls: { 'net.core.somaxconn': '1024' } }],
    [{ sysctls: ['a.b=1'] }, { sysctls: { 'a.b': '1' } }],
    [
      {
        ulimits: [
          { Name: 'nofile', Soft: 1, Hard: 2 },
          { name: 'nproc', soft: 3 },
        ],
      },
      {
        ulimits: [
          { name: 'nofile', soft: 1, hard: 2 },
          { name: 'nproc', soft: 3, hard: 3 },
        ],
      },
    ],
    [
      { pids_limit: -1, oom_kill_disable: true, oom_score_adj: -5 },
      { pidsLimit: -1, oomKillDisable: true, oomScoreAdjust: -5 },
    ],
    [
      { log_config: { type: 'json-file', config: { 'max-size': '1m' } } },
      { log: { driver: 'json-file', options: { 'max-size': '1m' } } },
    ],
    [
      {
        healthcheck: {
          test: 'curl -f localhost',
          interval: 30_000_000_000,
          timeout: 5_000_000_000,
          retries: 3,
          start_period: 1_000_000_000,
        },
      },
      {
        healthcheck: {
          test: ['CMD-SHELL', 'curl -f localhost'],
          interval: 30_000_000_000,
          timeout: 5_000_000_000,
          retries: 3,
          startPeriod: 1_000_000_000,
        },
      },
    ],
    [{ healthcheck: { Test: ['CMD', 'true'] } }, { healthcheck: { test: ['CMD', 'true'] } }],
    // What is false or empty asks for nothing.
    [
      {
        privileged: false,
        read_only: false,
        cap_add: [],
        volumes: {},
        network: null,
        user: '',
        labels: {},
        weird: false,
      },
      {},
    ],
  ];
  for (const [config, expected] of understood) {
    it(`translates ${JSON.stringify(config).slice(0, 100)}`, () => {
      const { overrides, leftOut } = run(config);
      assert.deepEqual(leftOut, []);
      assert.deepEqual(overrides, expected);
    });
  }

  it('puts environment, ports and shared memory into Berth’s own settings', () => {
    const { env, ports, sharedMemoryMiB, overrides } = run({
      environment: { A: 'b', N: 1, EMPTY: '', NONE: null },
      ports: { '6901/tcp': null, '8080/tcp': 1, '53/udp': 53 },
      shm_size: '512m',
    });
    assert.deepEqual(
      env.map(({ name, value }) => `${name}=${value}`),
      ['A=b', 'N=1', 'EMPTY='],
    );
    // docker-py hands on the name alone: the image's variable is taken away.
    assert.deepEqual(overrides.unsetEnv, ['NONE']);
    assert.deepEqual(
      ports.map(({ port, protocol }) => [port, protocol]),
      [
        [6901, 'https'],
        [8080, 'http'],
      ],
    );
    assert.equal(sharedMemoryMiB, 512);
    const lines = run({ environment: ['A=b=c', 'D', 'E='] });
    assert.deepEqual(
      lines.env.map(({ name, value }) => [name, value]),
      [
        ['A', 'b=c'],
        ['E', ''],
      ],
    );
    assert.deepEqual(lines.overrides.unsetEnv, ['D']);
  });

  const sizes: readonly [unknown, number | undefined][] = [
    ['1g', 1024],
    ['1GB', 1024],
    ['64M', 64],
    ['65536k', 64],
    ['67108864', 64],
    [67_108_864, 64],
    [1, 1],
    ['1.5g', 1536],
    ['64t', 16_384],
    ['many', undefined],
    ['-1g', undefined],
    [-5, undefined],
  ];
  for (const [size, expected] of sizes) {
    it(`takes a shm_size of ${size} for ${expected} MiB`, () =>
      assert.equal(run({ shm_size: size }).sharedMemoryMiB, expected));
  }

  const out: readonly [Record<string, unknown>, LeftOutLevel][] = [
    ...[
      'name',
      'labels',
      'detach',
      'image',
      'mem_limit',
      'cpu_shares',
      'nano_cpus',
      'auto_remove',
      'restart_policy',
      'remove',
    ].map((key): [Record<string, unknown>, LeftOutLevel] => [{ [key]: 'x' }, 'refused']),
    [{ ports: { '22/tcp': 22 } }, 'refused'],
    [{ cap_drop: ['ALL'] }, 'conflict'],
    [{ cap_drop: ['CAP_SETUID'] }, 'conflict'],
    [{ read_only: true }, 'conflict'],
    [{ network: 'none' }, 'conflict'],
    [{ network_mode: 'host' }, 'conflict'],
    [{ network_mode: 'container:db' }, 'conflict'],
    [{ network_disabled: true }, 'conflict'],
    [{ pid_mode: 'host' }, 'conflict'],
    [{ security_opt: ['no-new-privileges:true'] }, 'conflict'],
    [{ shm_size: '64g' }, 'conflict'],
    [{ weird: 1 }, 'unknown'],
    [{ lxc_conf: { a: 'b' } }, 'unknown'],
    [{ init_path: '/init' }, 'unknown'],
    [{ constructor: 1 }, 'unknown'],
    [JSON.parse('{"__proto__":{"privileged":true}}'), 'unknown'],
    [{ privileged: 'yes' }, 'unknown'],
    [{ privileged: 1 }, 'unknown'],
    [{ volumes: { './here': { bind: '/a' } } }, 'unknown'],
    [{ volumes: { '/a': { bind: '/b', mode: 'rw,rshared' } } }, 'unknown'],
    [{ volumes: ['berth-web-record:/a'] }, 'unknown'],
    [{ volumes: ['/etc:/berth/x'] }, 'unknown'],
    [{ volumes: ['/etc:/a/../berth'] }, 'unknown'],
    [{ volumes: ['/etc://berth'] }, 'unknown'],
    [{ volumes: ['/etc:/'] }, 'unknown'],
    [{ mounts: [{ target: '/a', source: '/b', type: 'bind', propagation: 'rshared' }] }, 'unknown'],
    [{ mounts: [{ target: '/a', source: '/b', type: 'npipe' }] }, 'unknown'],
    [{ devices: ['dev'] }, 'unknown'],
    [{ command: 'echo "a' }, 'unknown'],
    [{ user: '-x; y' }, 'unknown'],
    [{ environment: { 'A B': 'c' } }, 'unknown'],
    [{ ports: { '99999/tcp': 1 } }, 'unknown'],
    [{ ports: { '80/tcp': '8000-8010' } }, 'unknown'],
    [{ volumes_from: ['berth-web'] }, 'unknown'],
  ];
  for (const [config, level] of out) {
    it(`leaves ${JSON.stringify(config)} out: ${level}`, () => {
      const { overrides, leftOut, env } = run(config);
      assert.deepEqual(
        leftOut.map(left => left.level),
        [level],
      );
      assert.equal(leftOut[0]?.key, `run_config.${Object.keys(config)[0]}`);
      assert.deepEqual(env, []);
      assert.deepEqual(Object.values(overrides).flat(), []);
    });
  }

  it('says which variables are too many', () => {
    const environment = Object.fromEntries(Array.from({ length: 258 }, (_, at) => [`V${at}`, 'x']));
    const { env, leftOut } = translate({ runConfig: { environment }, execConfig: {} });
    assert.equal(env.length, 256);
    assert.deepEqual(
      leftOut.map(({ level, value }) => [level, value]),
      [['conflict', 'V256, V257']],
    );
  });

  it('keeps what is fine of a key of which a part is not', () => {
    const { overrides, leftOut } = run({ cap_drop: ['MKNOD', 'ALL'], network_mode: 'host', hostname: 'a' });
    assert.deepEqual([overrides.capDrop, overrides.hostname, leftOut.length], [['MKNOD'], 'a', 2]);
  });
});

describe('exec_config', () => {
  it('has three moments, with the arguments of exec_run', () => {
    const { overrides, leftOut } = exec({
      first_launch: {
        cmd: 'bash -c \'echo "$USER"\'',
        user: 'root',
        workdir: '/srv',
        environment: { A: 'b' },
      },
      assign: { cmd: ['true'], privileged: true, detach: true },
      go: { cmd: 'xdg-open', environment: ['B=c'] },
    });
    assert.deepEqual(leftOut, []);
    assert.deepEqual(overrides, {
      firstLaunch: {
        command: ['bash', '-c', 'echo "$USER"'],
        user: 'root',
        folder: '/srv',
        environment: { A: 'b' },
      },
      assign: { command: ['true'], privileged: true },
      go: { command: ['xdg-open'], environment: { B: 'c' } },
    });
  });

  it('gives a command the variables that have a value, and says of the others that they stay', () => {
    const { overrides, leftOut } = exec({ go: { cmd: 'x', environment: { A: 'b', C: null } } });
    assert.deepEqual(overrides, { go: { command: ['x'], environment: { A: 'b' } } });
    assert.deepEqual(
      leftOut.map(({ level, value }) => [level, value]),
      [['conflict', 'C']],
    );
  });

  for (const config of [
    { last_launch: { cmd: 'true' } },
    { first_launch: { cmd: '' } },
    { first_launch: { user: 'root' } },
    { first_launch: 'true' },
    { go: { cmd: 'true', socket: true } },
    { go: { cmd: 'true', workdir: 'here' } },
  ]) {
    it(`does not understand ${JSON.stringify(config)}`, () => {
      const { overrides, leftOut } = exec(config);
      assert.deepEqual([overrides, leftOut.map(({ level }) => level)], [{}, ['unknown']]);
    });
  }
});

describe('shellWords', () => {
  const lines: readonly [string, string[]][] = [
    ['', []],
    ['  a  b ', ['a', 'b']],
    ["a'b c'd", ['ab cd']],
    [`'' ""`, ['', '']],
    [String.raw`"a\"b\\c\d"`, [String.raw`a"b\c\d`]],
    [String.raw`'a\'b`, [String.raw`a\b`]],
    [String.raw`a\ b`, ['a b']],
    ['a\n"b\nc"', ['a', 'b\nc']],
    ['a#b', ['a#b']],
  ];
  for (const [line, words] of lines)
    it(JSON.stringify(line), () => assert.deepEqual(shellWords(line), words));
  it('refuses a quotation that has no end', () => {
    for (const line of ['"a', "'a", '\\']) assert.throws(() => shellWords(line), SyntaxError);
  });
});
