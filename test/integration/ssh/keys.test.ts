/** This machine's key: exchanged for a new one in all its workspaces, or one of the person's own. */
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { changeKeys } from '../../../src/engine/keys.ts';
import { generateKey } from '../../../src/ssh/key.ts';
import { KeyRotation, type Place } from '../../../src/ssh/keyRotation.ts';
import { SshHome } from '../../../src/ssh/sshHome.ts';
import { keyBody } from '../../../src/workspace/keyBody.ts';
import type { WorkspaceName } from '../../../src/workspace/name.ts';
import { Background, eventually, run } from '../../support/command.ts';
import { placeOf } from './places.ts';
import { Room } from './room.ts';

let room: Room;
let on: WorkspaceName;
let off: WorkspaceName;
let later: WorkspaceName;
const never = () => AbortSignal.timeout(240_000);
const silent = () => {};
before(async () => {
  room = await Room.open();
  on = await room.create('on');
  off = await room.create('off', { start: false });
  later = await room.create('later');
});
after(() => room?.[Symbol.asyncDispose]());

const own = async () => (await room.home.identity()).publicKey;
const keysOf = async (name: WorkspaceName) =>
  (await room.engine.record(name)).authorizedKeys.map(({ key }) => keyBody(key));
const enters = async (name: WorkspaceName) => {
  const { stdout, stderr } = await room.ssh(name, 'echo in', { timeoutMs: 120_000 });
  assert.equal(stdout.trim(), 'in', stderr);
};
const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

describe('the rotation of Berth’s key', () => {
  it('gives the new key to what runs and what is off, and the old one goes', async () => {
    const before = await own();
    const rotation = new KeyRotation(room.home);
    const silentPlace: Place = {
      ...placeOf(room.engine, 'far', [later]),
      engine: () => Promise.reject(new Error('no answer')),
    };
    const places = [placeOf(room.engine, 't', [on, off]), silentPlace];
    const { changed, tried, pending } = await rotation.run(places, silent, never());
    assert.deepEqual([changed, tried, pending.map(({ title }) => title)], [2, 1, ['Place far']]);
    const now = await own();
    assert.notEqual(keyBody(now), keyBody(before));
    for (const name of [on, off]) assert.deepEqual(await keysOf(name), [keyBody(now)], name);
    await enters(on);
    assert.equal((await room.engine.find(off))?.state.kind, 'Off', 'it was not started for this');
    await enters(off);

    // What could not be reached is entered with the old key, until it gets the new one.
    assert.deepEqual(await keysOf(later), [keyBody(before)]);
    await enters(later);
    assert.equal(await rotation.isWanted(places, silentPlace.target.id), true);
    await assert.rejects(rotation.run(places, silent, never()), /waits for Place far/);
    await rotation.goOn(
      [places[0] ?? silentPlace, placeOf(room.engine, 'far', [later])],
      silentPlace.target.id,
      never(),
    );
    assert.deepEqual(await keysOf(later), [keyBody(now)]);
    assert.equal(await isThere(room.home.folder.formerIdentity), false);
    assert.equal((await rotation.state()).kind, 'none');
    await enters(later);
  });

  for (const [title, words, state] of [
    ['before the new key counts', 'Trying the new key', 'adding'],
    ['after the new key counts', 'The old key leaves', 'removing'],
  ] as const) {
    it(`killed ${title} leaves a machine that enters, and is gone on with`, async () => {
      const script = join(import.meta.dirname, 'rotator.ts');
      const names = [on, off, later].join(',');
      const rotator = new Background(process.execPath, [script, room.folder, names, words]);
      await rotator.until(() => rotator.output.includes(words), 'it had come so far', 120_000);
      process.kill(rotator.child.pid ?? 0, 'SIGKILL');
      await rotator.stop();

      const rotation = new KeyRotation(room.home);
      assert.deepEqual(await rotation.state(), { kind: state, isAbandoned: true });
      for (const name of [on, off, later]) await enters(name);
      const places = [placeOf(room.engine, 't', [on, off, later])];
      await rotation.run(places, silent, never());
      assert.equal((await rotation.state()).kind, 'none');
      const now = keyBody(await own());
      for (const name of [on, off, later]) {
        assert.deepEqual(await keysOf(name), [now], name);
        await enters(name);
      }
    });
  }

  it('that is cancelled leaves the old key as the one that counts', async () => {
    const before = await own();
    const abort = new AbortController();
    const rotation = new KeyRotation(room.home);
    const run = rotation.run(
      [placeOf(room.engine, 't', [on])],
      progress => {
        if (progress.kind === 'step' && progress.message.includes('Trying')) abort.abort();
      },
      abort.signal,
    );
    await assert.rejects(run);
    assert.equal(await own(), before);
    assert.equal((await rotation.state()).kind, 'adding');
    await enters(on);
    await rotation.run([placeOf(room.engine, 't', [on, off, later])], silent, never());
    assert.notEqual(await own(), before);
    await enters(on);
  });
});

describe('a key of the person’s own', () => {
  const key = generateKey('dev@desk');
  const allow = () =>
    changeKeys(
      room.engine,
      on,
      ({ authorizedKeys }) => ({
        authorizedKeys: [
          ...authorizedKeys.filter(entry => entry.key !== key.publicKey),
          { key: key.publicKey, owner: 'dev' },
        ],
      }),
      silent,
      never(),
    );
  /** Through a config that was written with that setting. */
  const enterWith = async (setting: string, env: Record<string, string | undefined>) => {
    const home = new SshHome({ sshFolder: room.folder, identity: () => setting });
    const identity = await home.identity();
    const workspace = await room.engine.find(on);
    assert.ok(workspace);
    await home.writeTargetConfig(room.target, [workspace]);
    const { stdout, stderr } = await room.ssh(on, 'echo in', { env });
    return { identity, stdout: stdout.trim(), stderr };
  };
  let agent: Background;
  let socket = '';
  const sockBefore = process.env.SSH_AUTH_SOCK;
  before(async () => {
    await allow();
    // Berth's own key is out: nothing but the chosen one can enter.
    const mine = keyBody(await own());
    await changeKeys(
      room.engine,
      on,
      ({ authorizedKeys }) => ({
        authorizedKeys: authorizedKeys.filter(entry => keyBody(entry.key) !== mine),
      }),
      silent,
      never(),
    );
    await writeFile(join(room.folder, 'desk'), key.privateKey, { mode: 0o600 });
    socket = join(room.folder, 'agent.sock');
    agent = new Background('ssh-agent', ['-D', '-a', socket]);
    await eventually(() => isThere(socket), 'the agent listened');
    await run('ssh-add', ['-q', join(room.folder, 'desk')], { env: { SSH_AUTH_SOCK: socket } });
    process.env.SSH_AUTH_SOCK = socket;
  });
  after(async () => {
    if (sockBefore === undefined) delete process.env.SSH_AUTH_SOCK;
    else process.env.SSH_AUTH_SOCK = sockBefore;
    await agent?.stop();
  });

  it('is needed: Berth’s own does not enter here', async () => {
    const { stderr } = await enterWith('', { SSH_AUTH_SOCK: socket });
    assert.match(stderr, /Permission denied/);
  });

  it('enters from its file', async () => {
    const { identity, stdout, stderr } = await enterWith(join(room.folder, 'desk'), {
      SSH_AUTH_SOCK: undefined,
    });
    assert.deepEqual([stdout, stderr], ['in', '']);
    assert.equal(keyBody(identity.publicKey), keyBody(key.publicKey));
  });

  for (const [title, setting] of [
    ['as the first that an agent offers', () => 'agent'],
    ['by its public half, while an agent has the other', () => key.publicKey],
  ] as const) {
    it(`enters ${title}`, async () => {
      const { identity, stdout, stderr } = await enterWith(setting(), { SSH_AUTH_SOCK: socket });
      assert.deepEqual([stdout, stderr], ['in', '']);
      assert.equal(keyBody(identity.publicKey), keyBody(key.publicKey));
      assert.match(
        await readFile(room.home.folder.config(room.target.id), 'utf8'),
        /IdentityAgent SSH_AUTH_SOCK/,
      );
      assert.match(
        (await room.ssh(on, 'true', { env: { SSH_AUTH_SOCK: undefined } })).stderr,
        /Permission denied/,
      );
    });
  }

  for (const [setting, words] of [
    ['desk', /neither an absolute path/],
    ['/nowhere/id', /there is no file \/nowhere\/id/],
    ['ssh-ed25519 AAAA', /cut off or damaged/],
  ] as const) {
    it(`is said to be unusable in words: ${setting}`, async () => {
      const home = new SshHome({ sshFolder: room.folder, identity: () => setting });
      await assert.rejects(home.identity(), words);
    });
  }

  it('gives way to Berth’s own once the setting is cleared', async () => {
    await enterWith('agent', { SSH_AUTH_SOCK: socket });
    await enterWith('', { SSH_AUTH_SOCK: socket });
    assert.equal(await isThere(room.home.folder.chosenIdentity), false);
    const config = await readFile(room.home.folder.config(room.target.id), 'utf8');
    assert.ok(config.includes(room.home.folder.identity) && !config.includes('IdentityAgent'));
  });
});
