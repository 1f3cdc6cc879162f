/** Everything that people do over ssh, on whatever engine: through the generated config, the launcher and the proxy. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { withKeys, withoutKey } from '../../src/commands/accessRows.ts';
import { changeKeys } from '../../src/engine/keys.ts';
import { connectedNow, endSessions } from '../../src/engine/sessions.ts';
import { generateKey } from '../../src/ssh/key.ts';
import { keyBody } from '../../src/workspace/keyBody.ts';
import type { WorkspaceName } from '../../src/workspace/name.ts';
import { Background, eventually, freePort, run } from '../support/command.ts';
import { sha256OfGigabyte } from './ssh/flow.ts';
import type { Room } from './ssh/room.ts';

/** `open`: a room with a workspace in it that runs, called once before the first case. */
export function sshContract(
  title: string,
  open: () => { readonly room: Room; readonly name: WorkspaceName },
): void {
  let room: Room;
  let yak: WorkspaceName;
  let files = '';
  const remote = () => `${room.alias(yak)}`;
  /** A file of this machine, into the workspace, by the one way that all engines have. */
  const bring = async (from: string, to: string) => {
    const { code, stderr } = await room.ssh(yak, `cat >'${to}' && chmod 755 '${to}'`, {
      input: await readFile(from),
    });
    assert.equal(code, 0, stderr);
  };
  describe(title, () => {
    before(async () => {
      ({ room, name: yak } = open());
      files = join(room.folder, 'files');
      await mkdir(files);
    });

    it('is joined with nothing but the config: input, output and exit code are the command’s', async () => {
      const { code, stdout, stderr } = await room.ssh(yak, 'cat; exit 7', {
        input: 'through',
      });
      assert.equal(stdout, 'through');
      assert.equal(code, 7, stderr);
      assert.equal(stderr, '');
    });

    it('copies with scp and rsync, both ways', async () => {
      const content = createHash('sha512').update('x').digest('hex').repeat(1000);
      await writeFile(join(files, 'a file'), content);
      await run('scp', ['-q', '-F', room.config, join(files, 'a file'), `${remote()}:/tmp/a file`]);
      await run('scp', ['-q', '-F', room.config, `${remote()}:/tmp/a file`, join(files, 'back')]);
      assert.equal(await readFile(join(files, 'back'), 'utf8'), content);
      await run('scp', ['-q', '-O', '-F', room.config, join(files, 'back'), `${remote()}:/tmp/legacy`]);
      // rsync runs in the workspace too: the image has none, so that its own end is brought along.
      await bring('/usr/bin/rsync', '/usr/bin/rsync');
      const missing = await room.ssh(
        yak,
        'ldd /usr/bin/rsync | sed -n "s/^[[:space:]]*\\([^ ]*\\) => not found/\\1/p"',
      );
      for (const library of missing.stdout.split('\n').filter(Boolean)) {
        const { stdout } = await run('sh', [
          '-c',
          'ldconfig -p | sed -n "s|.*$0 .* => ||p" | head -1 | xargs readlink -f',
          library,
        ]);
        await bring(stdout.trim(), `/usr/lib/${library}`);
      }
      await run('rsync', ['-a', '-e', `ssh -F ${room.config}`, `${files}/`, `${remote()}:/tmp/synced/`]);
      await run('rsync', [
        '-a',
        '-e',
        `ssh -F ${room.config}`,
        `${remote()}:/tmp/synced/`,
        join(files, 'again'),
      ]);
      assert.equal(await readFile(join(files, 'again', 'a file'), 'utf8'), content);
    });

    it('is a git remote', async () => {
      const source = join(files, 'source');
      await run('git', ['init', '-q', '-b', 'main', source]);
      await writeFile(join(source, 'readme'), 'words\n');
      const git = (...args: string[]) =>
        run(
          'git',
          ['-C', source, '-c', 'user.name=A Developer', '-c', 'user.email=dev@example.org', ...args],
          {
            env: { GIT_SSH_COMMAND: `ssh -F ${room.config}` },
          },
        );
      await git('add', '.');
      await git('commit', '-qm', 'one');
      await room.ssh(yak, 'git init -q --bare -b main /tmp/repository.git');
      await git('push', '-q', `${remote()}:/tmp/repository.git`, 'main');
      await git('clone', '-q', `ssh://${remote()}/tmp/repository.git`, join(files, 'clone'));
      assert.equal(await readFile(join(files, 'clone', 'readme'), 'utf8'), 'words\n');
    });

    it('forwards ports: -L, -R and -D', async () => {
      const answers = (port: number) =>
        fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2_000) }).then(
          answer => answer.text(),
          () => '',
        );
      const server = createServer((_request, response) => response.end('from this machine'));
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
      const here = (server.address() as AddressInfo).port;
      const [local, socks] = [await freePort(), await freePort()];
      // There is no web server in the image: what came by -R is brought back by -L and -D.
      const ssh = new Background('ssh', [
        ...room.command().slice(1),
        ...['-o', 'ExitOnForwardFailure=yes', '-N', '-R', `8000:127.0.0.1:${here}`],
        ...['-L', `127.0.0.1:${local}:127.0.0.1:8000`, '-D', `127.0.0.1:${socks}`, remote()],
      ]);
      try {
        await ssh.until(async () => (await answers(local)) === 'from this machine', 'both forwards stood');
        assert.equal(await throughSocks(socks, 8000), 'from this machine');
      } finally {
        await ssh.stop();
        server.close();
      }
    });

    it('takes twenty connections at once', async () => {
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) => room.ssh(yak, `echo ${index}`, { timeoutMs: 120_000 })),
      );
      assert.deepEqual(
        results.map(({ stdout, stderr }) => stdout.trim() + stderr),
        results.map((_, index) => String(index)),
      );
    });

    it('carries a gigabyte each way, unchanged', async () => {
      const expected = await sha256OfGigabyte();
      const down = await run(
        'sh',
        ['-c', `ssh -F '${room.config}' ${remote()} 'head -c 1073741824 /dev/zero' | sha256sum`],
        { timeoutMs: 180_000 },
      );
      assert.equal(down.stdout.split(' ')[0], expected);
      const up = await run(
        'sh',
        ['-c', `head -c 1073741824 /dev/zero | ssh -F '${room.config}' ${remote()} sha256sum`],
        { timeoutMs: 180_000 },
      );
      assert.equal(up.stdout.split(' ')[0], expected);
    });

    it('serves programs that start the proxy with pipes of their own, as editors written in Node do', async () => {
      const proxy = spawn(room.home.folder.launcher('linux'), [remote()], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      let said = '';
      proxy.stdout.on('data', chunk => {
        said += String(chunk);
      });
      await eventually(() => said.startsWith('SSH-2.0-'), 'its server greeted', 60_000);
      proxy.stdin.end();
      await new Promise(resolve => proxy.once('close', resolve));
    });

    it('lets somebody in by a key that is given while it runs, names them, and shows them out again', async () => {
      const { engine, home, target } = room;
      const anna = generateKey('anna@example.org');
      const [keyFile, config] = [join(room.folder, 'anna'), join(room.folder, 'anna.config')];
      await writeFile(keyFile, anna.privateKey, { mode: 0o600 });
      const workspace = await engine.find(yak);
      assert.ok(workspace);
      await writeFile(config, await home.configFor(target, [workspace], keyFile));
      const command = ['-F', config, '-o', 'BatchMode=yes', remote()];
      const enter = () => run('ssh', [...command, 'echo in'], { mayFail: true });
      const signal = AbortSignal.timeout(240_000);
      assert.match((await enter()).stderr, /Permission denied/);

      const startedAt = workspace.startedAt;
      await changeKeys(
        engine,
        yak,
        record => withKeys(record, [anna.publicKey]),
        () => {},
        signal,
      );
      // A kubelet takes its time until a changed Secret stands in the pod.
      await eventually(async () => (await enter()).stdout.trim() === 'in', 'the key entered', 150_000, 500);
      const session = new Background('ssh', [...command, 'echo joined; sleep 600']);
      try {
        await session.until(() => session.output.includes('joined'), 'she was in', 60_000);
        const names = async () => (await connectedNow(engine, yak, signal)).map(({ name }) => name);
        await eventually(async () => (await names()).includes('anna@example.org'), 'she was named', 60_000);

        const key = keyBody(anna.publicKey);
        await changeKeys(
          engine,
          yak,
          record => withoutKey(record, key),
          () => {},
          signal,
        );
        assert.ok((await endSessions(engine, yak, key, signal)) >= 1);
        assert.notEqual(await session.ended(60_000), undefined, 'her session was ended');
      } finally {
        await session.stop();
      }
      assert.match((await enter()).stderr, /Permission denied/);
      assert.equal((await room.ssh(yak, 'echo mine')).stdout.trim(), 'mine');
      assert.equal((await engine.find(yak))?.startedAt, startedAt, 'it was not started anew');
    });

    it('is offered this machine’s own key, and no other', async () => {
      const { stdout } = await room
        .ssh(yak, 'true', { args: ['-v'] })
        .then(result => ({ stdout: result.stderr }));
      const offered = stdout.match(/Offering public key: \S+/g) ?? [];
      assert.deepEqual(offered, [`Offering public key: ${room.home.folder.identity}`]);
    });
  });
}

/** An HTTP request to a port inside, through a SOCKS5 proxy (RFC 1928, no authentication). */
function throughSocks(socks: number, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(socks, '127.0.0.1');
    socket.setTimeout(5_000, () => socket.destroy(new Error('no answer through SOCKS')));
    socket.on('error', reject);
    socket.write(Buffer.from([5, 1, 0]));
    let step = 0;
    socket.on('data', chunk => {
      step += 1;
      if (step === 1) socket.write(Buffer.from([5, 1, 0, 1, 127, 0, 0, 1, port >> 8, port & 255]));
      else if (step === 2) socket.write('GET / HTTP/1.0\r\n\r\n');
      else answer += String(chunk);
    });
    socket.on('end', () => {
      socket.end();
      resolve(answer.split('\r\n\r\n')[1] ?? '');
    });
  });
}
