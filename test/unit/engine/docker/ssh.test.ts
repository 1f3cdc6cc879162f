import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sshArguments, sshProblem } from '../../../../src/engine/docker/ssh.ts';
import { isBerthError } from '../../../../src/workspace/error.ts';

describe('sshArguments', () => {
  it('puts the host after -- and the command in one word', () => {
    const args = sshArguments({ type: 'ssh', host: 'box', user: 'me', port: 2222 }, ['system', 'dial-stdio']);
    assert.deepEqual(args.slice(-7), ['-l', 'me', '-p', '2222', '--', 'box', 'docker system dial-stdio']);
    assert.ok(args.includes('BatchMode=yes'), 'nothing may wait for a password');
  });

  it('names the socket of the other machine', () => {
    const args = sshArguments({ type: 'ssh', host: 'box', socket: "/run/it's here.sock" }, [
      'system',
      'dial-stdio',
    ]);
    assert.equal(args.at(-1), `docker --host 'unix:///run/it'\\''s here.sock' system dial-stdio`);
  });

  for (const endpoint of [
    { type: 'ssh', host: '-oProxyCommand=x' },
    { type: 'ssh', host: 'a b' },
    { type: 'ssh', host: 'box', user: '-x' },
    { type: 'ssh', host: 'box', user: '$(x)' },
  ] as const) {
    it(`refuses ${JSON.stringify(endpoint)} though the file of targets had it`, () => {
      assert.throws(
        () => sshArguments(endpoint, []),
        error => isBerthError(error, 'invalid'),
      );
    });
  }
});

describe('sshProblem', () => {
  const rows: readonly [string, RegExp][] = [
    ['Host key verification failed.', /Host key verification failed\. Connect to it once in a terminal/],
    ['me@box: Permission denied (publickey,password).', /cannot ask for a password/],
    ['bash: line 1: docker: command not found', /docker command is missing/],
    ['ssh: connect to host box port 22: Connection refused', /Is the machine up/],
    ['ssh: Could not resolve hostname box: Name or service not known', /Is the name right/],
    [
      'Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
      /docker group of that machine/,
    ],
    ['Cannot connect to the Docker daemon at unix:///var/run/docker.sock.', /not running on that machine/],
    ['', /ssh said nothing/],
  ];
  for (const [stderr, expected] of rows) {
    it(`says what to do about: ${stderr || 'silence'}`, () => {
      assert.match(
        sshProblem('ssh://box', `some banner\n${stderr}\n`.replace(/^some banner\n\n$/, '')),
        expected,
      );
    });
  }
});
