/** Connecting to workspaces that are off: who may start them, what is said, and how long it takes. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Target } from '../../../src/engine/target.ts';
import { generateKey } from '../../../src/ssh/key.ts';
import type { WorkspaceName } from '../../../src/workspace/name.ts';
import { baseImage } from '../../support/baseImage.ts';
import { Background, eventually, run } from '../../support/command.ts';
import { Room } from './room.ts';

let room: Room;
let yak: WorkspaceName;
before(async () => {
  room = await Room.open();
  yak = await room.create('yak', { start: false });
});
after(() => room?.[Symbol.asyncDispose]());

async function stateOf(name: WorkspaceName): Promise<string> {
  return (await room.engine.list()).find(workspace => workspace.name === name)?.state.kind ?? 'gone';
}

/** The files by which the proxy knows what went on before. */
async function forget(...kinds: ('wanted' | 'refused' | 'seen')[]): Promise<void> {
  for (const kind of kinds) await rm(room.home.folder.mark(room.alias(yak), kind), { force: true });
}

const oneLine = /^berth: [^\n]+\n/;

describe('a workspace that is off', () => {
  it('is started by a script that connects, when it never ran; the config stays as it was', async () => {
    const config = await readFile(
      room.home.folder.config(room.target.id === 't' ? room.target.id : room.target.id),
    );
    const { code, stdout, stderr } = await room.ssh(yak, 'echo hello; id -un');
    assert.equal(code, 0, stderr);
    assert.equal(stdout, 'hello\nroot\n');
    assert.equal(stderr, '');
    assert.deepEqual(await readFile(room.home.folder.config(room.target.id)), config);
  });

  it('is not started by a window that reconnects right after the stop, and each refusal counts anew', async () => {
    await room.stop(yak);
    await forget('wanted', 'refused');
    const first = await room.ssh(yak, 'true');
    assert.notEqual(first.code, 0);
    assert.match(first.stderr, oneLine);
    assert.match(
      first.stderr,
      new RegExp(`^berth: ${yak} stopped less than two minutes ago \\(.+\\), and a window`),
    );
    assert.equal(await stateOf(yak), 'Off');
    // Long after the stop, but the window never gave up.
    assert.ok(await room.home.refusedAt(room.alias(yak)));
    const refused = await stat(room.home.folder.mark(room.alias(yak), 'refused'));
    await sleep(20);
    await room.ssh(yak, 'true');
    assert.ok((await stat(room.home.folder.mark(room.alias(yak), 'refused'))).mtimeMs > refused.mtimeMs);
    assert.equal(await stateOf(yak), 'Off');
  });

  it('is not brought back by a window that was in it when a limit stopped it', async () => {
    await room.home.markWanted(room.alias(yak));
    await forget('refused');
    assert.equal((await room.ssh(yak, 'true')).code, 0);
    await forget('wanted');
    const window = new Background('ssh', room.command(room.alias(yak), 'sleep 600').slice(1));
    try {
      const limits = 'berth_lifespan=3 berth_warning=1 berth_longest=3600\\n';
      await room.ssh(yak, `printf '${limits}' >/berth/limits.new && mv /berth/limits.new /berth/limits`);
      assert.notEqual(await window.ended(60_000), 0);
    } finally {
      await window.stop();
    }
    await eventually(async () => (await stateOf(yak)) === 'Off', 'it is off');
    // As a window does: again and again.
    for (let attempt = 0; attempt < 8; attempt++) {
      const { code, stderr } = await room.ssh(yak, 'true');
      assert.notEqual(code, 0);
      assert.match(stderr, /stopped less than two minutes ago \(stopped at its 3 s lifespan\)/);
      await sleep(500);
    }
    assert.equal(await stateOf(yak), 'Off');
  });

  it('is started by a person at a terminal, who sees each stage in a line', async () => {
    const { code, stdout } = await room.sshAtTerminal(yak, 'echo hello');
    assert.equal(code, 0, stdout);
    assert.match(stdout, new RegExp(`berth: starting ${yak}\r?\n`));
    assert.match(stdout, /berth: boot: sshd\r?\n/);
    assert.match(stdout, /hello/);
  });

  it('is started by whoever comes once Berth’s own command wanted it', async () => {
    await room.stop(yak);
    await forget('wanted');
    assert.notEqual((await room.ssh(yak, 'true')).code, 0);
    await room.home.markWanted(room.alias(yak));
    assert.equal((await room.ssh(yak, 'true')).code, 0);
    // A later stop takes the mark back.
    const mark = room.home.folder.mark(room.alias(yak), 'wanted');
    const earlier = new Date(Date.now() - 60_000);
    await utimes(mark, earlier, earlier);
    await room.stop(yak);
    const again = await room.ssh(yak, 'true');
    assert.match(again.stderr, oneLine);
    assert.equal(await stateOf(yak), 'Off');
  });

  it('obeys berth.ssh.startOnConnect', async () => {
    await forget('wanted', 'refused');
    await room.home.writeSettings({ startOnConnect: 'never' });
    for (const result of [await room.ssh(yak, 'true'), await room.sshAtTerminal(yak, 'true')]) {
      assert.notEqual(result.code, 0);
      assert.match(result.stderr + result.stdout, /berth\.ssh\.startOnConnect/);
    }
    assert.equal(await stateOf(yak), 'Off');
    await room.home.writeSettings({ startOnConnect: 'always' });
    assert.equal((await room.ssh(yak, 'true')).code, 0);
    await room.stop(yak);
    await room.home.writeSettings({ startOnConnect: 'auto' });
    await forget('refused');
    assert.notEqual((await room.ssh(yak, 'true')).code, 0);
  });

  it('is started once by twenty that come at the same time', async () => {
    await room.home.markWanted(room.alias(yak));
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => room.ssh(yak, `echo ${index}`, { timeoutMs: 120_000 })),
    );
    assert.deepEqual(
      results.map(({ stdout, stderr }) => stdout.trim() + stderr),
      results.map((_, index) => String(index)),
    );
  });

  it('is started again where its container was removed by hand', async () => {
    await run('docker', ['rm', '-f', `berth-${yak}`]);
    await forget('refused');
    const { code, stderr } = await room.ssh(yak, 'true');
    assert.equal(code, 0, stderr);
  });

  it('is found where its container was renamed by hand', async () => {
    await run('docker', ['rename', `berth-${yak}`, `renamed-${yak}`]);
    const { code, stderr } = await room.ssh(yak, 'true');
    assert.equal(code, 0, stderr);
  });

  it('is started though the list of what was adopted cannot be read, which is said where nothing else has the name', async () => {
    await room.stop(yak);
    await room.home.markWanted(room.alias(yak));
    await writeFile(room.home.folder.adopted, '{"version":2,"adopted":[]}', { mode: 0o600 });
    try {
      const { code, stderr } = await room.ssh(yak, 'true');
      assert.equal(code, 0, stderr);
      const other = await room.ssh(room.name('nobody'), 'true');
      assert.match(other.stderr, /^berth: The list of what you adopted, [^\n]+, cannot be read\./);
    } finally {
      await rm(room.home.folder.adopted);
    }
  });

  it('is woken where its container was paused by hand, by a person', async () => {
    await run('docker', ['pause', `berth-${yak}`]);
    const { code, stdout } = await room.sshAtTerminal(yak, 'echo hello');
    assert.equal(code, 0, stdout);
  });
});

describe('a workspace that takes seconds to boot', () => {
  let slow: WorkspaceName;
  before(async () => {
    slow = await room.create('slow', { start: false, image: await slowImage() });
  });
  after(() => run('docker', ['image', 'rm', '-f', slowTag], { mayFail: true }));

  it('is awaited though ssh was told to give up sooner: its own clock runs from the socket on', async () => {
    const result = await room.ssh(slow, 'echo hello', { args: ['-o', 'ConnectTimeout=1'] });
    assert.equal(result.stdout, 'hello\n', result.stderr);
  });

  it('is said not to be ready in time, and its start goes on', async () => {
    await room.stop(slow);
    await room.home.markWanted(room.alias(slow));
    await room.home.writeSettings({ startTimeoutSeconds: 1 });
    const { code, stderr } = await room.ssh(slow, 'true');
    await room.home.writeSettings({});
    assert.notEqual(code, 0);
    assert.match(stderr, new RegExp(`^berth: ${slow} was not ready within 1 s[^\n]+\n`));
    // The next try joins the start that goes on, and starts nothing itself.
    assert.equal(await stateOf(slow), 'Initializing');
    await room.home.writeSettings({ startOnConnect: 'never' });
    const next = await room.ssh(slow, 'echo hello');
    await room.home.writeSettings({});
    assert.equal(next.stdout, 'hello\n', next.stderr);
  });

  it('is off again when the person at the terminal gives up', async () => {
    await room.stop(slow);
    const line = room.command(room.alias(slow), 'true').map(word => `'${word}'`);
    const terminal = new Background('script', ['-qec', line.join(' '), '/dev/null'], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    try {
      await terminal.until(() => terminal.output.includes('boot: sshd'), 'boot had begun');
      terminal.child.stdin?.write('\x03');
      assert.notEqual(await terminal.ended(20_000), 0);
      await eventually(async () => (await stateOf(slow)) === 'Off', 'it was off', 60_000);
    } finally {
      await terminal.stop();
    }
  });
});

describe('what cannot be connected to', () => {
  it('says so in one line where the workspace was deleted, though the config still has it', async () => {
    const gone = await room.create('gone', { start: false });
    await room.remove(gone);
    const stale = await room.ssh(gone, 'true');
    assert.notEqual(stale.code, 0);
    assert.match(stale.stderr, new RegExp(`^berth: There is no workspace ${gone} on Test engine [^\n]+\n`));
    await room.writeConfig();
    assert.match(
      (await room.ssh(gone, 'true')).stderr,
      new RegExp(`^berth: There is no workspace ${gone} on`),
    );
  });

  it('says so where boot fails, with its last line', async () => {
    const bad = await room.create('bad', { start: false });
    await run('docker', ['cp', '-', `berth-${bad}:/berth`], { input: await brokenHostKey() });
    const { code, stderr } = await room.ssh(bad, 'true');
    assert.notEqual(code, 0);
    assert.match(stderr, oneLine);
    assert.match(stderr, /hostkey|host key|sshd/i);
    const again = await room.ssh(bad, 'true');
    assert.match(again.stderr, oneLine);
  });

  it('says so where the engine is down', async () => {
    const { target } = room;
    await room.writeTargets([
      Target.parse({ ...target, endpoint: { type: 'unix', path: '/nowhere/docker.sock' } }),
    ]);
    try {
      const { code, stderr } = await room.ssh(yak, 'true');
      assert.notEqual(code, 0);
      assert.match(stderr, oneLine);
      assert.match(stderr, /Test engine|nowhere/);
    } finally {
      await room.writeTargets([target]);
    }
  });

  it('says so where the engine accepts and never answers', async () => {
    const path = join(room.folder, 'mute.sock');
    const sockets = new Set<Socket>();
    const server = createServer(socket => void sockets.add(socket.on('error', () => {})));
    await new Promise<void>(resolve => server.listen(path, resolve));
    await room.writeTargets([Target.parse({ ...room.target, endpoint: { type: 'unix', path } })]);
    try {
      assert.match((await room.ssh(yak, 'true')).stderr, /^berth: Test engine does not answer[^\n]*\n/);
    } finally {
      await room.writeTargets([room.target]);
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });

  it('says so where the target was removed', async () => {
    await room.writeTargets([]);
    try {
      assert.match((await room.ssh(yak, 'true')).stderr, /^berth: There is no target “t” any more[^\n]*\n/);
    } finally {
      await room.writeTargets([room.target]);
    }
  });

  it('says whose it is where this machine’s key is not among those that may enter', async () => {
    const theirs = await room.create('theirs', { keys: [generateKey('other').publicKey] });
    const { code, stderr } = await room.ssh(theirs, 'true');
    assert.notEqual(code, 0);
    assert.match(
      stderr,
      new RegExp(`^berth: this machine’s key is not among .* ${theirs}, .* of dev@example\\.org: `),
    );
    assert.match(stderr, /Permission denied/);
  });
});

const slowTag = `berth-test-ssh-slow:${process.pid}`;

/** The base image with an sshd that takes three seconds to come up. */
async function slowImage(): Promise<string> {
  const script = '#!/bin/sh\\nsleep 3\\nexec /usr/sbin/sshd.real "$@"\\n';
  const dockerfile = `FROM ${baseImage}\nRUN mv /usr/sbin/sshd /usr/sbin/sshd.real && printf '${script}' >/usr/sbin/sshd && chmod 755 /usr/sbin/sshd\n`;
  await run('docker', ['build', '-q', '-t', slowTag, '-'], { input: dockerfile });
  return slowTag;
}

/** A tar with a host key that sshd refuses. */
async function brokenHostKey(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-broken-'));
  await writeFile(join(folder, 'ssh_host_ed25519_key'), 'not a key\n', { mode: 0o600 });
  await run('tar', ['-C', folder, '-cf', join(folder, 'x.tar'), 'ssh_host_ed25519_key']);
  const tar = await readFile(join(folder, 'x.tar'));
  await rm(folder, { recursive: true });
  return tar;
}
