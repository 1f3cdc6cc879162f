import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { candidates, type DockerContext, type Environment } from '../../../../src/engine/docker/discover.ts';
import { formatEndpoint } from '../../../../src/engine/docker/endpoint.ts';

const linux: Environment = {
  platform: 'linux',
  home: '/home/me',
  uid: 1000,
  variables: {},
  contexts: [],
  colima: [],
  podmanMachines: [],
};
const context = (name: string, host: string, more: Partial<DockerContext> = {}): DockerContext => ({
  name,
  description: '',
  host,
  skipTlsVerify: false,
  tls: {},
  ...more,
});
const lines = (environment: Environment) =>
  candidates(environment).map(({ name, endpoint }) => `${name} ${formatEndpoint(endpoint)}`);

describe('candidates', () => {
  it('looks into the usual places of Linux', () => {
    assert.deepEqual(lines({ ...linux, variables: { XDG_RUNTIME_DIR: '/run/user/1000' } }), [
      'local unix:///var/run/docker.sock',
      'rootless unix:///run/user/1000/docker.sock',
      'podman unix:///run/podman/podman.sock',
      'podman unix:///run/user/1000/podman/podman.sock',
      'desktop unix:///home/me/.docker/run/docker.sock',
      'desktop unix:///home/me/.docker/desktop/docker.sock',
      'rancher unix:///home/me/.rd/docker.sock',
      'orbstack unix:///home/me/.orbstack/run/docker.sock',
    ]);
  });

  it('guesses the runtime folder where the variable is missing', () => {
    assert.ok(lines(linux).includes('rootless unix:///run/user/1000/docker.sock'));
  });

  it('names every profile of Colima and every Podman machine', () => {
    const found = candidates({
      ...linux,
      platform: 'darwin',
      colima: [
        { name: 'default', path: '/c/default/docker.sock' },
        { name: 'big', path: '/c/big/docker.sock' },
      ],
      podmanMachines: [{ name: 'podman-machine-default', path: '/p.sock' }],
    });
    assert.deepEqual(
      found.filter(({ name }) => /colima|podman/.test(name)).map(({ name, title }) => `${name}: ${title}`),
      [
        'podman: Podman (rootless)',
        'podman: Podman (podman-machine-default)',
        'colima: Colima',
        'colima-big: Colima (big)',
      ],
    );
  });

  it('looks for named pipes on Windows', () => {
    assert.deepEqual(lines({ ...linux, platform: 'win32', home: 'C:\\Users\\me', uid: -1 }), [
      'local npipe:////./pipe/docker_engine',
      'desktop npipe:////./pipe/dockerDesktopLinuxEngine',
      'podman npipe:////./pipe/podman-machine-default',
    ]);
  });

  it('takes Docker contexts with their certificates, the current one first, and passes by what it cannot use', () => {
    const contexts = [
      context('build', 'ssh://me@build.example.com'),
      context('k8s', 'https://cluster:6443'),
      context('secure', 'tcp://10.0.0.5:2376', {
        tls: { ca: '/t/ca.pem', cert: '/t/cert.pem', key: '/t/key.pem' },
      }),
      context('lax', 'tcp://10.0.0.6:2376', { skipTlsVerify: true }),
    ];
    const found = candidates({
      ...linux,
      contexts,
      currentContext: 'build',
      variables: { DOCKER_CONTEXT: 'secure' },
    });
    assert.deepEqual(
      found.slice(-3).map(({ name, endpoint }) => [name, endpoint]),
      [
        [
          'secure',
          {
            type: 'tcp',
            host: '10.0.0.5',
            port: 2376,
            tls: { ca: '/t/ca.pem', cert: '/t/cert.pem', key: '/t/key.pem', verify: true },
          },
        ],
        ['build', { type: 'ssh', host: 'build.example.com', user: 'me' }],
        ['lax', { type: 'tcp', host: '10.0.0.6', port: 2376, tls: { verify: false } }],
      ],
    );
  });

  const hosts: readonly [Record<string, string>, unknown][] = [
    [{ DOCKER_HOST: 'tcp://box:2375' }, { type: 'tcp', host: 'box', port: 2375 }],
    [
      { DOCKER_HOST: 'tcp://box:2376', DOCKER_TLS_VERIFY: '1' },
      {
        type: 'tcp',
        host: 'box',
        port: 2376,
        tls: {
          ca: '/home/me/.docker/ca.pem',
          cert: '/home/me/.docker/cert.pem',
          key: '/home/me/.docker/key.pem',
          verify: true,
        },
      },
    ],
    [
      { DOCKER_HOST: 'tcp://box', DOCKER_CERT_PATH: '/certs' },
      {
        type: 'tcp',
        host: 'box',
        port: 2376,
        tls: { ca: '/certs/ca.pem', cert: '/certs/cert.pem', key: '/certs/key.pem', verify: true },
      },
    ],
    [{ DOCKER_HOST: 'ssh://me@box' }, { type: 'ssh', host: 'box', user: 'me' }],
    [{ DOCKER_HOST: 'unix:///tmp/own.sock' }, { type: 'unix', path: '/tmp/own.sock' }],
  ];
  for (const [variables, expected] of hosts) {
    it(`reads ${JSON.stringify(variables)}`, () => {
      const found = candidates({ ...linux, variables }).find(({ origin }) => origin === 'DOCKER_HOST');
      assert.deepEqual(found?.endpoint, expected);
    });
  }

  it('lets a DOCKER_HOST that makes no sense be', () => {
    assert.deepEqual(lines({ ...linux, variables: { DOCKER_HOST: 'fd://' } }), lines(linux));
  });
});
