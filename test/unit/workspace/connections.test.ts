import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectedWords, lookArgv, parseLook } from '../../../src/workspace/connections.ts';

describe('a look into a workspace', () => {
  const sessions: readonly (readonly [string, readonly (readonly [string, string, number])[]])[] = [
    ['session 9 1 5000 sshd: root@pts/0', [['root', 'pts/0', 50]]],
    ['session 9 1 5000 sshd-session: dev@notty ', [['dev', '', 50]]],
    ['session 9 1 5000 sshd: dev@pts/1,pts/2', [['dev', 'pts/1,pts/2', 50]]],
    ['session 8 1 4900 sshd: dev [priv]\nsession 9 8 5000 sshd: dev@pts/0', [['dev', 'pts/0', 50]]],
    ['session 8 1 5000 sshd: root [priv]', [['root', '', 50]]],
    [
      'session 8 1 5000 sshd: dev@notty\nsession 9 1 9000 sshd: dev@pts/3',
      [
        ['dev', '', 50],
        ['dev', 'pts/3', 10],
      ],
    ],
    ['session 1 0 100 sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups', []],
    ['session 1 0 100 /usr/sbin/sshd -D -f /berth/run/sshd_config', []],
    ['session 9 1 5000 sshd: [accepted]', []],
    ['session 9 1 5000 sshd: unknown [priv]', []],
    ['session 9 1 5000 sshd: dev [net]', []],
  ];
  for (const [lines, found] of sessions) {
    it(`sees in '${lines.replace('\n', ' | ')}' ${found.length} sessions`, () => {
      const { ssh } = parseLook(`up 101\n${lines}\n`).connections;
      assert.deepEqual(
        ssh.map(({ user, terminals, seconds }) => [user, terminals.join(','), seconds]),
        found.map(([user, terminals, seconds]) => [user, terminals, seconds + 1]),
      );
    });
  }

  it('tells with which key a session was opened, where a program of it says so', () => {
    const text = [
      'session 8 1 100 sshd: dev [priv]',
      'session 9 8 100 sshd: dev@pts/0',
      'key 9 ssh-ed25519 AAAAanna',
      'session 11 1 200 sshd: dev@notty',
      'key 12 ssh-ed25519 AAAAnobody',
      'key 11 ssh-ed25519 <script>',
    ].join('\n');
    assert.deepEqual(
      parseLook(text).connections.ssh.map(({ pid, key }) => [pid, key]),
      [
        ['9', 'ssh-ed25519 AAAAanna'],
        ['11', undefined],
      ],
    );
  });

  for (const [sessions, words] of [
    [[], ''],
    [[{ user: 'dev', name: 'anna' }], 'anna'],
    [
      [
        { user: 'dev', name: 'anna' },
        { user: 'dev', name: 'anna' },
        { user: 'dev', name: 'bob' },
      ],
      'anna (2), bob',
    ],
    [[{ user: 'dev' }], '1 connection without a name'],
    [[{ user: 'dev' }, { user: 'dev', name: 'bob' }, { user: 'dev' }], 'bob, 2 connections without a name'],
  ] as const) {
    it(`says who is there: '${words}'`, () => assert.equal(connectedWords(sessions), words));
  }

  it('counts connections by port', () => {
    const { ports } = parseLook('port 22B8\nport 0050\nport 22B8\nport zzzz\nport\n').connections;
    assert.deepEqual(ports, [
      { port: 80, count: 1 },
      { port: 8888, count: 2 },
    ]);
  });

  it('has no more of either than anybody reads, whoever made them up', () => {
    const sessions = Array.from({ length: 1000 }, (_, at) => `session ${at + 100} 1 100 sshd: dev@pts/${at}`);
    const cards = Array.from({ length: 1000 }, () => 'gpu A, 1, 1, 1');
    const { connections, gpus } = parseLook([...sessions, ...cards].join('\n'));
    assert.deepEqual([connections.ssh.length, gpus.length], [200, 64]);
  });

  const MiB = 2 ** 20;
  const gpus: readonly (readonly [string, unknown])[] = [
    [
      'NVIDIA A10, 40, 1024, 24576',
      { name: 'NVIDIA A10', busy: 0.4, memoryBytes: 1024 * MiB, memoryTotalBytes: 24576 * MiB },
    ],
    [
      'GB10, 3, [N/A], [N/A]',
      { name: 'GB10', busy: 0.03, memoryBytes: undefined, memoryTotalBytes: undefined },
    ],
    ['A, B, 150, 1, 2', { name: 'A, B', busy: 1, memoryBytes: MiB, memoryTotalBytes: 2 * MiB }],
    ['NVIDIA-SMI has failed', undefined],
  ];
  for (const [line, gpu] of gpus) {
    it(`reads the card in '${line}'`, () =>
      assert.deepEqual(parseLook(`gpu ${line}\n`).gpus, gpu ? [gpu] : []));
  }

  it('asks for ports as /proc/net/tcp writes them', () => {
    assert.match(lookArgv([22, 8888])[2] ?? '', /^BERTH_PORTS='0016 22B8'\n/);
  });
});
