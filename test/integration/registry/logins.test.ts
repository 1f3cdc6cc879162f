/** Logins as the docker and podman commands leave them on a machine, with real credential helpers. */
import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CommandLogins } from '../../../src/image/commandLogins.ts';
import { RegistryClient } from '../../../src/image/registryClient.ts';
import { causeChain, isBerthError } from '../../../src/workspace/error.ts';
import { run } from '../../support/command.ts';
import { Scene } from '../targets/support/folder.ts';
import { login, type Registry, startRegistry } from '../targets/support/registry.ts';
import { startFake } from './support/fake.ts';

let scene: Scene;
let homes = 0;
before(async () => {
  scene = await Scene.make();
});
after(() => scene[Symbol.asyncDispose]());

const base64 = (text: string) => Buffer.from(text).toString('base64');
const auths = (logins: Record<string, string>) => ({
  auths: Object.fromEntries(Object.entries(logins).map(([key, text]) => [key, { auth: base64(text) }])),
});

async function write(path: string, content: string | object, mode = 0o600): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  await chmod(path, mode);
}

/** A home with spaces in its name, and what the commands would find there. */
async function home(files: Record<string, string | object>, env: Record<string, string> = {}) {
  const folder = scene.path(`a home ${++homes}`);
  for (const [path, content] of Object.entries(files)) await write(`${folder}/${path}`, content);
  const bin = `${folder}/my programs`;
  const logins = (helperTimeoutMs = 5000) =>
    new CommandLogins({ home: folder, env: { PATH: `${bin}:/usr/bin:/bin`, ...env }, helperTimeoutMs });
  const helper = (name: string, script: string) =>
    write(`${bin}/docker-credential-${name}`, `#!/bin/sh\n${script}\n`, 0o755);
  return { folder, logins, helper };
}

describe('logins in files', () => {
  it('are found where docker and podman keep them, best first', async () => {
    const { folder, logins } = await home({
      '.docker/config.json': auths({ r: 'docker:1' }),
      '.config/containers/auth.json': auths({ r: 'podman:1', 'quay.io/org': 'org:1' }),
    });
    assert.deepEqual(await logins().credentials('r'), { username: 'docker', password: '1' });
    assert.deepEqual(await logins().credentials('quay.io', 'org/app'), { username: 'org', password: '1' });
    assert.equal(await logins().credentials('quay.io', 'other/app'), undefined);
    await write(`${folder}/elsewhere/config.json`, auths({ r: 'moved:1' }));
    await write(`${folder}/run/containers/auth.json`, auths({ s: 'run:1' }));
    await write(`${folder}/named.json`, auths({ r: 'named:1' }));
    const from = (env: Record<string, string>, registry = 'r') =>
      new CommandLogins({ home: folder, env }).credentials(registry);
    assert.deepEqual(await from({ DOCKER_CONFIG: `${folder}/elsewhere` }), {
      username: 'moved',
      password: '1',
    });
    assert.deepEqual(await from({ XDG_RUNTIME_DIR: `${folder}/run` }, 's'), {
      username: 'run',
      password: '1',
    });
    assert.deepEqual(await from({ REGISTRY_AUTH_FILE: `${folder}/named.json` }), {
      username: 'named',
      password: '1',
    });
    const inVariable = { DOCKER_AUTH_CONFIG: JSON.stringify(auths({ r: 'ci:1' })) };
    assert.deepEqual(await from(inVariable), { username: 'ci', password: '1' });
  });

  it('are none where there is no file', async () => {
    const { logins } = await home({});
    assert.equal(await logins().credentials('r'), undefined);
  });

  it('are found behind a file that is broken, and the broken one is told of where nothing else helps', async () => {
    const { folder, logins } = await home({
      '.docker/config.json': '{"auths":{"r":{"auth":"aHVzaDpodXNo"}},}',
      '.config/containers/auth.json': auths({ r: 'podman:1' }),
    });
    assert.deepEqual(await logins().credentials('r'), { username: 'podman', password: '1' });
    await assert.rejects(
      logins().credentials('s'),
      error =>
        isBerthError(error, 'invalid') &&
        error.message.includes(`${folder}/.docker/config.json`) &&
        !causeChain(error).join().includes('aHVzaDpodXNo'),
    );
  });

  it('are read anew each time', async () => {
    const { folder, logins } = await home({});
    const source = logins();
    assert.equal(await source.credentials('r'), undefined);
    await write(`${folder}/.docker/config.json`, auths({ r: 'new:1' }));
    assert.deepEqual(await source.credentials('r'), { username: 'new', password: '1' });
  });
});

describe('credential helpers', () => {
  const config = (name: string) => ({ '.docker/config.json': { credsStore: name, auths: { r: {} } } });

  async function refusal(name: string, script: string, timeoutMs = 5000) {
    const { logins, helper } = await home(config(name));
    await helper(name, script);
    const begin = performance.now();
    const error = await logins(timeoutMs)
      .credentials('r')
      .then(
        found => assert.fail(`it gave ${Object.keys(found ?? {})}`),
        (failure: unknown) => failure,
      );
    assert.ok(isBerthError(error));
    assert.ok(performance.now() - begin < timeoutMs + 12_000);
    assert.ok(!causeChain(error).join().includes('hush'), causeChain(error).join());
    assert.match(error.message, new RegExp(`^Cannot get the login for r: .*docker-credential-${name} `));
    return error.message;
  }

  it('are asked as docker asks them: `get`, the server on stdin, nothing in argv', async () => {
    const { folder, logins, helper } = await home(config('good'));
    await helper(
      'good',
      `read -r server; echo "$# $1 $server" >> '${folder}/asked'; echo '{"ServerURL":"x","Username":"me","Secret":"hush"}'`,
    );
    assert.deepEqual(await logins().credentials('r'), { username: 'me', password: 'hush' });
    assert.deepEqual(await logins().credentials('docker.io'), { username: 'me', password: 'hush' });
    assert.equal(await readFile(`${folder}/asked`, 'utf8'), '1 get r\n1 get https://index.docker.io/v1/\n');
  });

  it('may give an identity token, and may know nothing', async () => {
    const { logins, helper } = await home(config('token'));
    await helper('token', `echo '{"Username":"<token>","Secret":"t"}'`);
    assert.deepEqual(await logins().credentials('r'), { identitytoken: 't' });
    await helper('token', 'echo "credentials not found in native keychain"; exit 1');
    assert.equal(await logins().credentials('r'), undefined);
  });

  it('may be deaf', async () => {
    const { logins, helper } = await home(config('deaf'));
    await helper('deaf', `exec <&-; echo '{"Username":"me","Secret":"t"}'`);
    assert.deepEqual(await logins().credentials('r'), { username: 'me', password: 't' });
  });

  it('that fail are told of in their own words, unless a secret may be in them', async () => {
    assert.match(
      await refusal('sad', 'echo "pass not initialized: exit status 1"; exit 1'),
      /says: pass not initialized/,
    );
    assert.match(
      await refusal('sad', 'echo "the store is gone" >&2; exit 3'),
      /says: the store is gone\. Log in to r anew/,
    );
    assert.match(await refusal('sad', `echo '{"Secret":"hush"}'; exit 1`), /failed \(1\)/);
    assert.match(await refusal('sad', 'echo "bad password hush"; exit 1'), /failed \(1\)/);
    assert.match(await refusal('sad', 'kill -9 $$'), /failed/);
  });

  it('that say garbage are told of, without the garbage', async () => {
    assert.match(await refusal('odd', 'echo hush'), /cannot be read/);
    assert.match(await refusal('odd', 'exit 0'), /cannot be read/);
    assert.match(await refusal('odd', `echo '{"Username":"me","Secret":"hush"'`), /cannot be read/);
    assert.match(await refusal('odd', 'exec yes hush'), /does not end/);
  });

  it('that are slow are ended, also where a child of theirs holds on', async () => {
    assert.match(await refusal('slow', 'exec sleep 20', 300), /did not answer within 0\.3 s/);
    const { folder, logins, helper } = await home(config('child'));
    await helper('child', `sleep 20 & echo $! > '${folder}/pid'; wait`);
    const begin = performance.now();
    await assert.rejects(logins(500).credentials('r'), /did not answer/);
    assert.ok(performance.now() - begin < 15_000);
    await run('kill', [(await readFile(`${folder}/pid`, 'utf8')).trim()], { mayFail: true });
  });

  it('that are missing, or have a name that is none, are told of', async () => {
    const { logins } = await home(config('absent'));
    await assert.rejects(logins().credentials('r'), /docker-credential-absent is not installed/);
    const forbidden = await home(config('forbidden'));
    await write(`${forbidden.folder}/my programs/docker-credential-forbidden`, 'x', 0o600);
    await assert.rejects(forbidden.logins().credentials('r'), /docker-credential-forbidden cannot be run/);
    const odd = await home(config('../../bin/sh'));
    await assert.rejects(odd.logins().credentials('r'), /name of its credential helper is not valid/);
  });
});

describe('a client with the logins of the machine', () => {
  let closed: Registry;
  const { signal } = new AbortController();
  before(async () => {
    closed = await startRegistry(scene, { withLogin: true });
  });
  const client = (host: string, credentials: CommandLogins) => {
    const made = new RegistryClient(host, { plainHttp: true, env: {}, credentials });
    scene.later(() => made[Symbol.dispose]());
    return made;
  };

  it('comes in by what podman login wrote', async () => {
    const { logins } = await home({}, { REGISTRY_AUTH_FILE: scene.path('podman auth.json') });
    const options = ['--tls-verify=false', '--authfile', scene.path('podman auth.json'), '--password-stdin'];
    await run('podman', ['login', '-u', login.username, ...options, closed.host], { input: login.password });
    await client(closed.host, logins()).ping(signal);
  });

  it('comes in by what docker login wrote: into its file, or by a credential helper', async () => {
    const { folder, logins, helper } = await home({ '.docker/config.json': {} });
    const config = `${folder}/.docker/config.json`;
    const kept = `${folder}/kept`;
    await mkdir(kept);
    // A file for each registry, as docker's own helpers have their keychains.
    await helper(
      'kept',
      `read_in() { IFS= read -r server || [ -n "$server" ]; }
case $1 in
  store) body=$(cat); server=$(printf %s "$body" | sed 's/.*"ServerURL":"\\([^"]*\\)".*/\\1/')
    printf %s "$body" >'${kept}'/"$(printf %s "$server" | tr / _)" ;;
  get) read_in; cat '${kept}'/"$(printf %s "$server" | tr / _)" 2>/dev/null || { echo 'credentials not found in native keychain'; exit 1; } ;;
  erase) read_in; rm -f '${kept}'/"$(printf %s "$server" | tr / _)" ;;
  list) echo '{}' ;;
esac`,
    );
    const docker = async (...args: string[]) =>
      await run('docker', ['--config', `${folder}/.docker`, ...args, closed.host], {
        input: args[0] === 'login' ? login.password : '',
        // Without an engine the command asks the registry itself.
        env: { DOCKER_HOST: `unix://${folder}/none`, PATH: `${folder}/my programs:${process.env.PATH}` },
      });
    const signIn = () => docker('login', '-u', login.username, '--password-stdin');
    await assert.rejects(client(closed.host, logins()).ping(signal));

    await signIn();
    assert.match(await readFile(config, 'utf8'), /"auth":/);
    await client(closed.host, logins()).ping(signal);
    await docker('logout');
    await assert.rejects(client(closed.host, logins()).ping(signal));

    await write(config, { credsStore: 'kept' });
    await signIn();
    assert.doesNotMatch(await readFile(config, 'utf8'), /"auth":/, 'the helper has it');
    await client(closed.host, logins()).ping(signal);
    await docker('logout');
    await assert.rejects(client(closed.host, logins()).ping(signal));
  });

  it('asks a helper once, however many requests wait, and no more than it must', async () => {
    const { folder, logins, helper } = await home({
      '.docker/config.json': { credHelpers: { [closed.host]: 'ok' } },
    });
    const answer = JSON.stringify({ Username: login.username, Secret: login.password });
    await helper('ok', `echo x >> '${folder}/asked'; sleep 0.3; echo '${answer}'`);
    const at = client(closed.host, logins());
    await Promise.all([at.ping(signal), at.ping(signal), at.ping(signal)]);
    await at.ping(signal);
    assert.equal(await readFile(`${folder}/asked`, 'utf8'), 'x\n');
  });

  it('needs no helper where the registry is open, and names it where it is not', async () => {
    const { logins, helper } = await home({ '.docker/config.json': { credsStore: 'sad' } });
    await helper('sad', 'echo "the store is locked"; exit 1');
    const open = await startFake(scene, (_, answer) => answer(200, '{}'));
    await client(open.host, logins()).ping(signal);
    await assert.rejects(
      client(closed.host, logins()).ping(signal),
      error =>
        isBerthError(error, 'pull-refused') &&
        /docker-credential-sad says: the store is locked/.test(error.message),
    );
  });

  it('waits for no helper that the person does not wait for', async () => {
    const { logins, helper } = await home({ '.docker/config.json': { credsStore: 'slow' } });
    await helper('slow', 'exec sleep 30');
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 300);
    const begin = performance.now();
    await assert.rejects(client(closed.host, logins(1000)).ping(cancel.signal), error =>
      isBerthError(error, 'cancelled'),
    );
    assert.ok(performance.now() - begin < 20_000);
  });
});
