import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openCluster } from '../../../src/engine/kubernetes/kubeconfig.ts';
import { causeChain } from '../../../src/workspace/error.ts';
import { run } from '../../support/command.ts';
import { projectRoot } from '../../support/vsix.ts';
import { ApiServer, json } from './apiServer.ts';

const token = (seconds: number, name: string) =>
  `x.${Buffer.from(JSON.stringify({ exp: Math.round(Date.now() / 1000) + seconds, name })).toString('base64url')}.y`;

/** The test's server is API server and identity provider in one. */
async function withOidc(server: ApiServer, idToken: string) {
  const renewed = token(3600, 'renewed');
  server.answer = ({ url, body }, response) => {
    if (url === '/idp/.well-known/openid-configuration') {
      json(response, 200, { token_endpoint: `${server.url}/idp/token` });
    } else if (url === '/idp/token') {
      const form = new URLSearchParams(body);
      const isGood = form.get('grant_type') === 'refresh_token' && form.get('refresh_token') === 'r1+/=';
      json(
        response,
        isGood ? 200 : 400,
        isGood ? { id_token: renewed, refresh_token: 'r2' } : { error: 'invalid_grant' },
      );
    } else json(response, 200, {});
  };
  const config = {
    'client-id': 'berth',
    'id-token': idToken,
    'refresh-token': 'r1+/=',
    'idp-issuer-url': `${server.url}/idp`,
    'idp-certificate-authority': server.path('ca.pem'),
  };
  const kubeconfig = await server.kubeconfig({ 'auth-provider': { name: 'oidc', config } });
  await writeFile(kubeconfig, `# mine\n${await readFile(kubeconfig, 'utf8')}`, { mode: 0o600 });
  return { kubeconfig, renewed, cluster: await openCluster({ kubeconfig, context: 'test' }) };
}

describe('an OIDC login', () => {
  it('is used as it stands while it is valid', async () => {
    await using server = await ApiServer.start();
    const valid = token(3600, 'valid');
    const { cluster } = await withOidc(server, valid);
    assert.equal((await cluster.access()).headers.authorization, `Bearer ${valid}`);
    assert.equal(server.seen.length, 0);
  });

  it('is renewed when it has expired, once, and kept in the kubeconfig as kubectl does', async () => {
    await using server = await ApiServer.start();
    const { cluster, renewed, kubeconfig } = await withOidc(server, token(-10, 'old'));
    const mode = (await stat(kubeconfig)).mode;
    for (let i = 0; i < 2; i++) {
      assert.equal((await cluster.access()).headers.authorization, `Bearer ${renewed}`);
    }
    assert.equal(server.seen.length, 2);
    const text = await readFile(kubeconfig, 'utf8');
    assert.ok(text.startsWith('# mine\n') && text.includes(renewed) && text.includes('"r2"'));
    assert.ok(!text.includes('r1+/='));
    assert.equal((await stat(kubeconfig)).mode, mode);
  });

  it('that cannot be renewed says so, without its tokens', async () => {
    await using server = await ApiServer.start();
    const { kubeconfig } = await withOidc(server, token(-10, 'old'));
    await writeFile(kubeconfig, (await readFile(kubeconfig, 'utf8')).replace('r1+/=', 's3cret'));
    const cluster = await openCluster({ kubeconfig, context: 'test' });
    await assert.rejects(cluster.access(), error => {
      assert.match(String(error), /has run out: 127\.0\.0\.1:\d+ did not renew/);
      assert.doesNotMatch(causeChain(error).join(), /s3cret/);
      return true;
    });
  });

  it('of a kind that kubectl has given up is refused with what to do', async () => {
    await using server = await ApiServer.start();
    const kubeconfig = await server.kubeconfig({ 'auth-provider': { name: 'gcp', config: {} } });
    await assert.rejects(openCluster({ kubeconfig, context: 'test' }), { code: 'unsupported' });
  });
});

describe('the PATH of programs', () => {
  const asked = async (server: ApiServer, shell: string, env: Record<string, string | undefined>) => {
    const module = join(projectRoot, 'src/engine/loginPath.ts');
    const script = `const { pathFor } = await import(${JSON.stringify(module)}); const t = Date.now();
console.log(JSON.stringify([await pathFor('mine'), await pathFor('mine'), Date.now() - t])); process.exit()`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
      env: {
        PATH: '/usr/bin:/bin',
        SHELL: await server.program('shell', shell),
        TERM: undefined,
        VSCODE_CLI: undefined,
        ...env,
      },
    });
    return JSON.parse(stdout) as [string, string, number];
  };

  it('has what the login shell adds, which is asked once', async () => {
    await using server = await ApiServer.start();
    await server.program('mine', 'true');
    const count = server.path('asked');
    const shell = `echo x >> ${count}; echo welcome; PATH=${server.folder}:/usr/bin; eval "$4"`;
    const [path] = await asked(server, shell, {});
    assert.equal(path, `/usr/bin:/bin:${server.folder}`);
    assert.equal(await readFile(count, 'utf8'), 'x\n');
  });

  it('is our own where we come from a terminal and the program is found', async () => {
    await using server = await ApiServer.start();
    await server.program('mine', 'true');
    const PATH = `/usr/bin:/bin:${server.folder}`;
    const [path] = await asked(server, 'exit 1', { TERM: 'xterm', PATH });
    assert.equal(path, PATH);
  });

  it('is our own where the shell hangs, fails or says nothing of use', async () => {
    await using server = await ApiServer.start();
    const [path, , ms] = await asked(server, 'sleep 60 & sleep 60', {});
    assert.equal(path, '/usr/bin:/bin');
    assert.ok(ms >= 2900 && ms < 5000, `${ms} ms`);
    assert.equal((await asked(server, 'exit 1', {}))[0], '/usr/bin:/bin');
  });
});
