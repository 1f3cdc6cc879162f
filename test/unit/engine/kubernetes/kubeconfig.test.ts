import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loginCommand, loginIn } from '../../../../src/engine/kubernetes/execPlugin.ts';
import { mergeKubeconfigs, parseKubeconfig } from '../../../../src/engine/kubernetes/kubeconfigText.ts';
import { expiryOf } from '../../../../src/engine/kubernetes/oidc.ts';
import { proxyFor } from '../../../../src/engine/kubernetes/proxyRules.ts';
import { staticAccess } from '../../../../src/engine/kubernetes/staticCredentials.ts';

const sample = `
apiVersion: v1
kind: Config
current-context: one
clusters:
- name: c
  cluster: {server: "https://example:6443/k8s/clusters/x/", certificate-authority: pki/ca.pem, tls-server-name: n}
- name: broken
  cluster: {server: "not a URL"}
- name: c
  cluster: {server: "https://later"}
contexts:
- name: one
  context: {cluster: c, user: u, namespace: 123}
- name: halved
- context: {cluster: c}
users:
- name: u
  user:
    tokenFile: /abs/token
    as: other
    as-groups: [a, b]
    as-user-extra: {"k/x": [v]}
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: ./bin/login
      args: [--n, 5]
      env: [{name: A, value: b}, {name: N, value: 7}, nonsense]
`;

describe('parseKubeconfig', () => {
  const { contexts, clusters, users, currentContext } = parseKubeconfig(sample, '/home/me/.kube/config');

  it('takes what is whole and passes over what is not', () => {
    assert.deepEqual([...contexts.keys()], ['one']);
    assert.deepEqual([...clusters.keys()], ['c']);
    assert.equal(currentContext, 'one');
    assert.equal(contexts.get('one')?.namespace, '123');
  });

  it('of two with one name takes the first, and no slash at the end of the server', () => {
    assert.equal(clusters.get('c')?.server, 'https://example:6443/k8s/clusters/x');
  });

  it('takes paths as relative to its file, programs in the PATH excepted', () => {
    assert.equal(clusters.get('c')?.caFile, '/home/me/.kube/pki/ca.pem');
    assert.equal(users.get('u')?.tokenFile, '/abs/token');
    assert.equal(users.get('u')?.exec?.command, '/home/me/.kube/bin/login');
    const bare = parseKubeconfig('users: [{name: u, user: {exec: {command: aws}}}]', '/x/config');
    assert.equal(bare.users.get('u')?.exec?.command, 'aws');
  });

  it('takes a plugin’s numbers for words', () => {
    const exec = users.get('u')?.exec;
    assert.deepEqual(exec?.args, ['--n', '5']);
    assert.deepEqual(exec?.env, [
      { name: 'A', value: 'b' },
      { name: 'N', value: '7' },
    ]);
  });

  it('is empty for a file without content, or with any other', () => {
    for (const text of ['', '\n', '[]', 'just words', '{"contexts": 5}', 'null'])
      assert.equal(parseKubeconfig(text, '/x').contexts.size, 0);
  });
});

describe('mergeKubeconfigs', () => {
  it('takes each thing from the first file that has it', () => {
    const first = parseKubeconfig('{users: [{name: u, user: {token: a}}]}', '/1');
    const second = parseKubeconfig(
      '{current-context: x, users: [{name: u, user: {token: b}}, {name: v}]}',
      '/2',
    );
    const { users, currentContext } = mergeKubeconfigs([first, second]);
    assert.deepEqual([users.get('u')?.token, users.has('v'), currentContext], ['a', true, 'x']);
  });
});

describe('staticAccess', () => {
  it('says who we are, and for whom we speak', () => {
    const config = parseKubeconfig(
      `{clusters: [{name: c, cluster: {server: "https://h"}}], users: [{name: u, user: {username: me, password: pw, as: other, as-uid: "7", as-groups: [a, b], as-user-extra: {"k/x": [v]}}}]}`,
      '/x',
    );
    const cluster = config.clusters.get('c');
    assert.ok(cluster);
    assert.deepEqual(staticAccess(cluster, config.users.get('u')).headers, {
      authorization: `Basic ${Buffer.from('me:pw').toString('base64')}`,
      'impersonate-user': 'other',
      'impersonate-uid': '7',
      'impersonate-group': ['a', 'b'],
      'impersonate-extra-k%2Fx': ['v'],
    });
  });
});

describe('proxyFor', () => {
  const rows: [string, NodeJS.ProcessEnv, string | undefined][] = [
    ['https://h', {}, undefined],
    ['https://h', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1'],
    ['https://h', { https_proxy: 'p:1' }, 'http://p:1'],
    ['http://h', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['https://localhost:6443', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['https://127.0.0.1:6443', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['https://[::1]:6443', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['https://a.corp.example', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'x, corp.example' }, undefined],
    ['https://corp.example', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'corp.example' }, undefined],
    ['https://corp.example', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '.corp.example' }, 'http://p:1'],
    ['https://mycorp.example', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'corp.example' }, 'http://p:1'],
    ['https://10.1.2.3:6443', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '10.0.0.0/8' }, undefined],
    ['https://11.1.2.3', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '10.0.0.0/8' }, 'http://p:1'],
    ['https://[fd00::5]', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'fd00::/8' }, undefined],
    ['https://h:6443', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'h:443' }, 'http://p:1'],
    ['https://h', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'h:443' }, undefined],
    ['https://h', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' }, undefined],
  ];
  for (const [server, environment, proxy] of rows) {
    it(`${server} with ${JSON.stringify(environment)}: ${proxy ?? 'none'}`, () =>
      assert.equal(proxyFor(server, environment), proxy));
  }
});

describe('a plugin’s answer', () => {
  const entry = parseKubeconfig(
    '{users: [{name: u, user: {exec: {command: /opt/aws, apiVersion: client.authentication.k8s.io/v1beta1}}}]}',
    '/x',
  ).users.get('u')?.exec;

  it('is a token with its end', () => {
    assert.ok(entry);
    const status = { token: 't', expirationTimestamp: '2030-01-01T00:00:00Z' };
    const answer = { kind: 'ExecCredential', apiVersion: entry.apiVersion, status };
    assert.deepEqual(loginIn(entry, JSON.stringify(answer)), {
      login: { token: 't' },
      expiresAt: Date.UTC(2030, 0),
    });
  });

  it('comes from a program whose login people know by another name', () => {
    assert.ok(entry);
    assert.equal(loginCommand(entry), 'aws sso login');
    assert.equal(loginCommand({ ...entry, command: 'my-login' }), 'my-login');
  });
});

describe('expiryOf', () => {
  it('reads the end of a token, and takes anything else for one that has ended', () => {
    const token = `x.${Buffer.from('{"exp":2000000000}').toString('base64url')}.y`;
    assert.equal(expiryOf(token), 2_000_000_000_000);
    for (const other of ['', 'a.b.c', `x.${Buffer.from('{}').toString('base64url')}.y`])
      assert.equal(expiryOf(other), 0);
  });
});
