import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Target } from '../../../src/engine/target.ts';
import {
  checkHostKey,
  connectionOf,
  formatConnection,
  parseConnection,
  whyElsewhere,
} from '../../../src/ssh/connectionFile.ts';
import { generateKey } from '../../../src/ssh/key.ts';
import { WorkspaceName } from '../../../src/workspace/name.ts';

const hostKey = generateKey('brave-otter').publicKey;
const workspace = { name: WorkspaceName.parse('brave-otter'), createdBy: 'anna@example.org', hostKey };
const target = (endpoint: unknown, kind = 'docker') =>
  Target.parse({ kind, id: 'box', title: 'The box', origin: 'by hand', endpoint });
const ssh = target({ type: 'ssh', host: 'build-box', user: 'dev', port: 2222, socket: '/run/docker.sock' });
const written = connectionOf(workspace, ssh, { machine: 'here' });
const changed = (change: object, endpoint: object = {}) =>
  JSON.stringify({ ...written, endpoint: { ...written.endpoint, ...endpoint }, ...change });

describe('a connection as a file', () => {
  const endpoints: readonly (readonly [Target, unknown, string?])[] = [
    [ssh, { type: 'ssh', host: 'build-box', user: 'dev', port: 2222, socket: '/run/docker.sock' }],
    [
      target({ type: 'unix', path: '/var/run/docker.sock' }),
      { type: 'unix', path: '/var/run/docker.sock', machine: 'here' },
    ],
    [
      target({
        type: 'tcp',
        host: '10.0.0.5',
        port: 2376,
        tls: { ca: '/home/anna/.docker/ca.pem', key: '/home/anna/.docker/key.pem', verify: true },
      }),
      { type: 'tcp', host: '10.0.0.5', port: 2376, tls: true },
    ],
    [
      target(
        { type: 'kubernetes', context: 'prod', kubeconfig: '/home/anna/.kube/other', namespace: 'team' },
        'kubernetes',
      ),
      { type: 'kubernetes', context: 'prod', server: 'https://k8s.example.org:6443', namespace: 'team' },
      'https://k8s.example.org:6443',
    ],
  ];
  for (const [given, endpoint, server] of endpoints) {
    it(`says where it is and nothing of this person’s: ${given.endpoint.type}`, () => {
      const text = formatConnection(connectionOf(workspace, given, { machine: 'here', server }));
      assert.deepEqual(parseConnection(text, 'x.json').endpoint, endpoint);
      assert.doesNotMatch(text, /\/home\/|PRIVATE|kubeconfig/);
    });
  }

  it('has workspace, target and host key, without its comment', () => {
    const { endpoint: _, ...rest } = parseConnection(formatConnection(written), 'x.json');
    assert.deepEqual(rest, {
      berthConnection: 1,
      workspace: 'brave-otter',
      target: 'box',
      title: 'The box',
      hostKey: hostKey.split(' ').slice(0, 2).join(' '),
      madeBy: 'anna@example.org',
    });
  });

  it('is not written where nobody elsewhere could use it', () => {
    const inCluster = target({ type: 'kubernetes', namespace: 'team' }, 'kubernetes');
    assert.throws(() => connectionOf(workspace, inCluster), /cannot be told to others/);
    assert.throws(() => connectionOf({ ...workspace, hostKey: undefined }, ssh), /cannot be told to others/);
  });

  const hostile: readonly (readonly [string, string, RegExp])[] = [
    ['no JSON', '{', /not JSON/],
    ['something else', '{"a":1}', /is not right/],
    ['a newer version', changed({ berthConnection: 2 }), /berthConnection is not right/],
    ['more than it may say', changed({ command: 'x' }), /is not right/],
    ['a path of credentials', changed({}, { key: '/home/x' }), /endpoint is not right/],
    ['an option as host', changed({}, { host: '-oProxyCommand=touch /tmp/x' }), /endpoint.host is not right/],
    ['words in the host', changed({}, { host: 'a b' }), /endpoint.host is not right/],
    ['a line in the host', changed({}, { host: 'a\nProxyCommand x' }), /endpoint.host is not right/],
    ['an option as user', changed({}, { user: '-l' }), /endpoint.user is not right/],
    ['a user of shell', changed({}, { user: '$(id)' }), /endpoint.user is not right/],
    ['a socket of shell', changed({}, { socket: '/x; rm -rf ~' }), /endpoint.socket is not right/],
    ['a socket up and away', changed({}, { socket: '/run/../etc/x' }), /endpoint.socket is not right/],
    ['a port of nowhere', changed({}, { port: 70_000 }), /endpoint.port is not right/],
    ['a name that is none', changed({ workspace: '../x' }), /workspace is not right/],
    ['a title of two lines', changed({ title: 'a\nb' }), /title is not right/],
    ['a title that turns round', changed({ title: 'a\u202eb' }), /title is not right/],
    ['another kind of host key', changed({ hostKey: `ssh-rsa ${'A'.repeat(300)}` }), /hostKey is not right/],
    ['two host keys', changed({ hostKey: `${written.hostKey}\n${written.hostKey}` }), /hostKey is not right/],
    ['a host key for all', changed({ hostKey: `* ${written.hostKey}` }), /hostKey is not right/],
    [
      'a server of files',
      JSON.stringify({
        ...written,
        endpoint: { type: 'kubernetes', context: 'a', namespace: 'b', server: 'file:///etc' },
      }),
      /endpoint.server is not right/,
    ],
    [
      'a unix socket of nowhere',
      JSON.stringify({ ...written, endpoint: { type: 'unix', path: '/run/x.sock' } }),
      /endpoint.machine is not right/,
    ],
    ['too much', changed({ title: 'x'.repeat(20_000) }), /too long/],
  ];
  for (const [title, text, words] of hostile) {
    it(`is refused with words where it has ${title}, which are not repeated`, () => {
      assert.throws(
        () => parseConnection(text, 'x.json'),
        (error: Error) => {
          assert.match(error.message, /^x\.json is no connection file/);
          assert.match(error.message, words);
          assert.doesNotMatch(error.message, /ProxyCommand|rm -rf/);
          return true;
        },
      );
    });
  }

  it('of a socket is for the machine that it is of', () => {
    const local = connectionOf(workspace, target({ type: 'unix', path: '/run/x.sock' }), {
      machine: 'there',
    });
    assert.match(whyElsewhere(local, 'here') ?? '', /the machine “there”/);
    assert.equal(whyElsewhere(local, 'there'), undefined);
    assert.equal(whyElsewhere(written, 'here'), undefined);
  });

  it('is believed only where that very workspace answers', () => {
    checkHostKey(written, `${written.hostKey} with a comment`);
    assert.throws(() => checkHostKey(written, generateKey('x').publicKey), /ANOTHER HOST KEY/);
    assert.throws(() => checkHostKey(written, undefined), /ANOTHER HOST KEY/);
  });
});
