/** Containers that Berth did not make: entered by real ssh with a pinned key, and never stopped or changed. */
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Adopted } from '../../../src/adopt/adopted.ts';
import { installSshd } from '../../../src/adopt/install.ts';
import { serverKeyOf } from '../../../src/adopt/serverKeys.ts';
import { surveyOf } from '../../../src/adopt/survey.ts';
import { serverWay, sessionWay } from '../../../src/adopt/ways.ts';
import type { WorkspaceName } from '../../../src/workspace/name.ts';
import { eventually, run } from '../../support/command.ts';
import { type ImageName, testImage } from '../../support/rootfs/testImages.ts';
import { adoptAs, adoptableOf, candidate, forget, refusals } from '../adoption.ts';
import { Room } from './room.ts';

let room: Room;
const containers = new Set<string>();
/** When each was started: what no test of this file may change. */
const startedAt = new Map<string, string>();

before(async () => {
  room = await Room.open();
});
after(async () => {
  if (containers.size > 0) await run('docker', ['rm', '-f', '-v', ...containers]);
  await room?.[Symbol.asyncDispose]();
});

async function docker(...args: string[]): Promise<string> {
  return (await run('docker', args)).stdout.trim();
}

/** A container as anybody makes it; its name is the one that it is adopted by. */
async function container(
  stem: string,
  image: ImageName,
  { options = [], command = ['sleep', 'infinity'] }: { options?: string[]; command?: string[] } = {},
): Promise<WorkspaceName> {
  const name = room.name(stem);
  const reference = await testImage(image);
  containers.add(name);
  await docker('run', '-d', `--name=${name}`, ...options, '--entrypoint', '', reference, ...command);
  startedAt.set(name, await started(name));
  return name;
}

const started = (name: string) => docker('inspect', '-f', '{{.State.StartedAt}} {{.Id}}', name);

/** Files that were added or removed since it was made. */
async function changes(name: string): Promise<readonly string[]> {
  const lines = (await docker('diff', name)).split('\n');
  // PAM of an ssh server of its own writes the message of the day.
  return lines.filter(line => line !== '' && !line.startsWith('C ') && !line.includes('motd')).sort();
}

async function answer(name: WorkspaceName, command: string, args: string[] = []): Promise<string> {
  const { stdout, stderr } = await room.ssh(name, command, { args });
  assert.equal(stderr, '');
  return stdout.trim();
}

describe('a container with sshd that nobody runs', () => {
  let name: WorkspaceName;
  let adopted: Adopted;
  let untouched: readonly string[];
  before(async () => {
    name = await container('root', 'debian', { options: ['-e', 'GREETING=it is "quoted"'] });
    untouched = await changes(name);
    adopted = await adoptAs(room, name, await candidate(room, name));
  });

  it('is entered as its own user, with its variables, by the key that is pinned', async () => {
    assert.equal(await answer(name, 'id -un; echo "$GREETING"'), 'root\nit is "quoted"');
    const config = (await run('ssh', ['-G', '-F', room.config, room.alias(name)])).stdout;
    assert.match(config, /^stricthostkeychecking true$/m);
    const pins = await readFile(room.home.folder.knownHosts, 'utf8');
    assert.equal(pins.split('\n').filter(line => line.startsWith(room.alias(name))).length, 1);
  });

  it('is refused by ssh where its key is another', async () => {
    const { knownHosts } = room.home.folder;
    const good = await readFile(room.home.folder.adopted, 'utf8');
    const other = (await room.home.identity()).publicKey.split(' ').slice(0, 2).join(' ');
    const file = JSON.parse(good);
    file.adopted[0].entry.hostKey.publicKey = other;
    await writeFile(room.home.folder.adopted, JSON.stringify(file));
    // What sshd shows there stays what it is: the list alone says another key.
    await writeFile(knownHosts, `${room.alias(name)} ${other}\n`);
    try {
      const config = await readFile(room.home.folder.config(room.target.id), 'utf8');
      assert.match(config, /StrictHostKeyChecking yes/);
      const { code, stderr } = await room.ssh(name, 'true');
      assert.notEqual(code, 0);
      assert.match(stderr, /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/);
    } finally {
      await writeFile(room.home.folder.adopted, good, { mode: 0o600 });
      await room.writeConfig();
    }
    assert.equal(await answer(name, 'echo well'), 'well');
  });

  it('copies with scp, both ways', async () => {
    const file = join(room.folder, 'sent');
    await writeFile(file, 'words\n'.repeat(20_000));
    await run('scp', ['-q', '-F', room.config, file, `${room.alias(name)}:/var/tmp/there`]);
    await run('scp', ['-q', '-F', room.config, `${room.alias(name)}:/var/tmp/there`, `${file}.back`]);
    assert.equal(await readFile(`${file}.back`, 'utf8'), await readFile(file, 'utf8'));
    await answer(name, 'rm /var/tmp/there');
  });

  it('keeps what was put in it from others', async () => {
    const { folder } = adopted.entry.way === 'exec' ? adopted.entry : { folder: '' };
    const modes = await docker('exec', name, 'sh', '-c', `stat -c '%a %n' ${folder} ${folder}/*`);
    assert.deepEqual(
      modes.split('\n').map(line => line.split(' ')[0]),
      [
        '700',
        ...modes
          .split('\n')
          .slice(1)
          .map(() => '600'),
      ],
    );
    assert.equal((await stat(room.home.folder.adopted)).mode & 0o777, 0o600);
  });

  it('is never a workspace: the engine refuses whatever would change it', async () => {
    assert.deepEqual(await refusals(room, name), Array(5).fill('not-found'));
    assert.equal(
      (await room.engine.list()).some(workspace => workspace.name === name),
      false,
    );
    assert.equal(await started(name), startedAt.get(name));
  });

  it('is entered again after a restart that took the files away', async () => {
    const { folder } = adopted.entry.way === 'exec' ? adopted.entry : { folder: '' };
    await docker('exec', name, 'rm', '-rf', folder, '/run/sshd');
    assert.equal(await answer(name, 'echo healed'), 'healed');
    await docker('restart', '-t', '0', name);
    startedAt.set(name, await started(name));
    assert.equal(await answer(name, 'echo restarted'), 'restarted');
  });

  it('that is stopped stays stopped, and ssh says why', async () => {
    await docker('stop', '-t', '0', name);
    const { code, stderr } = await room.ssh(name, 'true');
    assert.notEqual(code, 0);
    assert.match(stderr, /^berth: “.*” does not run \(exited\), and Berth starts nothing/);
    assert.equal(await docker('inspect', '-f', '{{.State.Running}}', name), 'false');
    await docker('start', name);
    startedAt.set(name, await started(name));
  });

  it('is as it was once it is forgotten, and ssh knows it no more', async () => {
    await forget(room, adopted);
    assert.deepEqual(await changes(name), untouched);
    assert.equal(await started(name), startedAt.get(name));
    assert.match((await room.ssh(name, 'true')).stderr, /^berth: There is no workspace/);
  });

  it('that is made anew is another one, and nobody enters that unasked', async () => {
    adopted = await adoptAs(room, name, await candidate(room, name));
    await docker('rm', '-f', name);
    await container('root', 'debian');
    const { code, stderr } = await room.ssh(name, 'true');
    assert.notEqual(code, 0);
    assert.match(stderr, /^berth: “.*” is another one than was adopted/);
    assert.deepEqual(await changes(name), []);
    await docker('rm', '-f', name);
    assert.match((await room.ssh(name, 'true')).stderr, /^berth: “.*” is gone/);
    await room.home.adopted.remove(adopted);
  });
});

describe('a container that runs as an ordinary user', () => {
  it('is entered as that one, and left as it was', async () => {
    const name = await container('dev', 'locked');
    const user = await docker('exec', name, 'id', '-un');
    assert.notEqual(user, 'root');
    const untouched = await changes(name);
    const adopted = await adoptAs(room, name, await candidate(room, name));
    assert.equal(await answer(name, 'id -un; cd; pwd'), `${user}\n${adopted.home}`);
    await forget(room, adopted);
    assert.deepEqual(await changes(name), untouched);
    assert.equal(await started(name), startedAt.get(name));
  });
});

describe('a container that sshd cannot be used in', () => {
  it('is refused before anything is put there, with the reason', async () => {
    const name = await container('nologin', 'userName');
    const place = await candidate(room, name);
    const survey = await surveyOf(adoptableOf(room), place);
    assert.throws(() => sessionWay(place, survey), /whose shell is \/usr\/sbin\/nologin/);
    assert.deepEqual(await changes(name), []);
  });

  it('is entered through PAM where the account is locked for keys alone', async () => {
    const name = await container('locked', 'debian', {
      command: ['/bin/sh', '-c', "usermod -p '!' root; exec sleep infinity"],
    });
    await eventually(
      async () => (await docker('exec', name, 'grep', '-c', '^root:!:', '/etc/shadow')) === '1',
      'it was locked',
      30_000,
    );
    const adopted = await adoptAs(room, name, await candidate(room, name));
    assert.equal(await answer(name, 'id -un'), 'root');
    await forget(room, adopted);
  });
});

describe('a container with an ssh server of its own', () => {
  it('is entered with the person’s own keys, by the key that it shows, and nothing is written there', async () => {
    const key = join(room.folder, 'person');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const publicKey = (await readFile(`${key}.pub`, 'utf8')).trim();
    const name = await container('server', 'debian', {
      command: [
        '/bin/sh',
        '-c',
        `mkdir -p /run/sshd -m 755; mkdir -m 700 -p /root/.ssh; echo '${publicKey}' >/root/.ssh/authorized_keys
         ssh-keygen -A >/dev/null; exec /usr/sbin/sshd -D -p 2022`,
      ],
    });
    const place = await candidate(room, name);
    const adoptable = adoptableOf(room);
    let hostKey: string | undefined;
    // It takes a moment until it listens.
    for (let tries = 0; hostKey === undefined && tries < 60; tries++) {
      hostKey = await serverKeyOf(adoptable, place, 2022);
    }
    const { hostKeys } = await surveyOf(adoptable, place);
    assert.ok(hostKey && hostKeys.some(line => line.startsWith(hostKey ?? '-')));
    const untouched = await changes(name);
    const way = await serverWay(adoptable, place, { port: 2022, user: 'root', hostKey });
    const adopted = await adoptAs(room, name, place, way);
    assert.equal(adopted.home, '/root');
    assert.equal(await answer(name, 'echo well', ['-i', key]), 'well');
    const asStranger = await room.ssh(name, 'true');
    assert.match(asStranger.stderr, /Permission denied/);
    await forget(room, adopted);
    assert.deepEqual(await changes(name), untouched);
    assert.equal(await started(name), startedAt.get(name));
  });
});

describe('a container without sshd', () => {
  it('cannot be entered until openssh-server is installed in it, which is another question', async () => {
    const name = await container('bare', 'debianBare');
    const place = await candidate(room, name);
    const adoptable = adoptableOf(room);
    const survey = await surveyOf(adoptable, place);
    assert.throws(() => sessionWay(place, survey), /There is no sshd in “.*”\. Install openssh-server/);
    assert.deepEqual(await changes(name), []);
    assert.equal(survey.manager, 'apt-get');
    await installSshd(adoptable, place, 'apt-get', AbortSignal.timeout(150_000));
    await adoptAs(room, name, place);
    assert.equal(await answer(name, 'echo well'), 'well');
    assert.equal(await started(name), startedAt.get(name));
  });

  it('or without a shell says so', async () => {
    const name = await container('mute', 'debian', {
      command: ['/bin/sh', '-c', 'rm /bin/sh; exec sleep infinity'],
    });
    const place = await candidate(room, name);
    await assert.rejects(surveyOf(adoptableOf(room), place), /\/bin\/sh/);
  });
});

describe('what can be adopted', () => {
  it('is neither Berth’s own nor on the way out', async () => {
    const yak = await room.create('yak');
    const stopped = await container('off', 'debian');
    await docker('stop', '-t', '0', stopped);
    const names = (await adoptableOf(room).candidates()).map(({ name }) => name);
    assert.ok(!names.includes(`berth-${yak}`));
    assert.ok(!names.includes(stopped));
    // An image made of a workspace hands its labels on, and what runs it is somebody's own.
    const image = `${yak}-image`;
    await docker('commit', `berth-${yak}`, image);
    const name = room.name('copy');
    containers.add(name);
    try {
      await docker('run', '-d', `--name=${name}`, '--entrypoint', '', image, 'sleep', 'infinity');
      assert.ok((await adoptableOf(room).candidates()).some(place => place.name === name));
    } finally {
      await docker('rm', '-f', name);
      await docker('rmi', '-f', image);
    }
  });
});
