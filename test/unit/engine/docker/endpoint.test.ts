import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatEndpoint, parseEndpoint } from '../../../../src/engine/docker/endpoint.ts';
import { sshArguments } from '../../../../src/engine/docker/ssh.ts';
import { DockerEndpoint } from '../../../../src/engine/target.ts';
import { isBerthError } from '../../../../src/workspace/error.ts';

describe('parseEndpoint', () => {
  const good: readonly [string, DockerEndpoint][] = [
    ['unix:///var/run/docker.sock', { type: 'unix', path: '/var/run/docker.sock' }],
    ['  unix:///with space/d.sock ', { type: 'unix', path: '/with space/d.sock' }],
    ['npipe:////./pipe/docker_engine', { type: 'npipe', path: '//./pipe/docker_engine' }],
    ['npipe://\\\\.\\pipe\\docker_engine', { type: 'npipe', path: '//./pipe/docker_engine' }],
    ['tcp://10.0.0.5', { type: 'tcp', host: '10.0.0.5', port: 2375 }],
    ['TCP://Box.example.com:4000/', { type: 'tcp', host: 'Box.example.com', port: 4000 }],
    ['tcp://[::1]:2375', { type: 'tcp', host: '::1', port: 2375 }],
    ['ssh://box', { type: 'ssh', host: 'box' }],
    ['ssh://me@box.example.com:2222', { type: 'ssh', host: 'box.example.com', user: 'me', port: 2222 }],
    ['ssh://core@[fe80::1]:22', { type: 'ssh', host: 'fe80::1', user: 'core', port: 22 }],
    [
      'ssh://core@127.0.0.1:50123/run/user/1000/podman/podman.sock',
      {
        type: 'ssh',
        host: '127.0.0.1',
        user: 'core',
        port: 50123,
        socket: '/run/user/1000/podman/podman.sock',
      },
    ],
  ];
  for (const [text, endpoint] of good) {
    it(`reads ${text}`, () => assert.deepEqual(parseEndpoint(text), endpoint));
  }

  it('takes the TLS port where certificates are given', () => {
    assert.deepEqual(parseEndpoint('tcp://box', { ca: '/ca.pem', verify: true }), {
      type: 'tcp',
      host: 'box',
      port: 2376,
      tls: { ca: '/ca.pem', verify: true },
    });
  });

  const bad = [
    '',
    'box',
    '/var/run/docker.sock',
    'http://box:2375',
    'unix://',
    'unix://relative.sock',
    'unix:///a\nb',
    'npipe://docker_engine',
    'tcp://',
    'tcp://:2375',
    'tcp://box:0',
    'tcp://box:65536',
    'tcp://box:1e3',
    'tcp://box:80:80',
    'tcp://me@box:2375',
    'tcp://box:2375/prefix',
    'tcp://[box]:2375',
    'tcp://a b:1',
    'ssh://',
    'ssh://-oProxyCommand=touch$IFS/pwned',
    'ssh://-box',
    'ssh://me@-box',
    'ssh://-l@box',
    'ssh://me:secret@box',
    'ssh://box;reboot',
    'ssh://$(reboot)@box',
    'ssh://box`reboot`',
    'ssh://a@b@c',
  ];
  for (const text of bad) {
    it(`refuses ${JSON.stringify(text)} with words`, () => {
      assert.throws(
        () => parseEndpoint(text),
        error => isBerthError(error, 'invalid') && error.message.length > 20,
      );
    });
  }

  it('never repeats a password', () => {
    assert.throws(
      () => parseEndpoint('ssh://me:hunter2@box'),
      error => error instanceof Error && !error.message.includes('hunter2'),
    );
  });

  it('reads back what formatEndpoint wrote', () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
    const port = fc.integer({ min: 1, max: 65_535 });
    const path = fc.stringMatching(/^\/[a-z/._-]{1,40}$/);
    const user = fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,20}$/);
    const endpoint = fc.oneof(
      fc.record({ type: fc.constant('unix' as const), path }, { noNullPrototype: true }),
      fc.record({ type: fc.constant('tcp' as const), host, port }, { noNullPrototype: true }),
      fc.record(
        { type: fc.constant('ssh' as const), host, user, port, socket: path },
        { requiredKeys: ['type', 'host'], noNullPrototype: true },
      ),
    );
    fc.assert(
      fc.property(endpoint, made => {
        // A lone slash names no socket.
        fc.pre(!('socket' in made) || made.socket !== '/');
        assert.deepEqual(parseEndpoint(formatEndpoint(made)), made);
      }),
    );
  });

  it('answers any text with a valid endpoint or words, and never gives ssh an option', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 60, unit: 'binary' }),
      fc
        .tuple(fc.constantFrom('unix://', 'tcp://', 'ssh://', 'npipe://'), fc.string({ maxLength: 40 }))
        .map(parts => parts.join('')),
    );
    fc.assert(
      fc.property(text, input => {
        try {
          const endpoint = parseEndpoint(input);
          DockerEndpoint.parse(endpoint);
          if (endpoint.type !== 'ssh') return;
          const args = sshArguments(endpoint, ['system', 'dial-stdio']);
          const host = args[args.indexOf('--') + 1];
          assert.ok(host !== undefined && !host.startsWith('-'));
          assert.equal(args.length, args.indexOf('--') + 3);
        } catch (error) {
          assert.ok(isBerthError(error, 'invalid'), String(error));
        }
      }),
      { numRuns: 200 },
    );
  });
});
