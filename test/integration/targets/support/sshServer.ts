/** A real sshd on loopback with keys and a client config of its own; nothing of the person's ssh is touched. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import type { SshCommand } from '../../../../src/engine/docker/ssh.ts';
import { Background, findProgram, freePort, run } from '../../../support/command.ts';
import { isRoot } from '../../../support/machine.ts';
import type { Scene } from './folder.ts';

export interface SshServer {
  /** Runs ssh with the config below instead of the person's. */
  readonly ssh: SshCommand;
  readonly port: number;
  stop(): Promise<void>;
}

/** `maxStartups`: as few as a client may need at once. Hosts of its config: `box` works; `locked` offers no key; `stranger` has no pinned host key. */
export async function startSshServer(
  scene: Scene,
  { maxStartups = '9:100:9' }: { readonly maxStartups?: string } = {},
): Promise<SshServer> {
  const sshd = await findProgram('sshd');
  if (sshd === undefined) throw new Error('sshd is missing: install openssh-server');
  if (isRoot()) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const port = await freePort();
  for (const name of ['host', 'user']) {
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', scene.path(name)]);
  }
  await copyFile(scene.path('user.pub'), scene.path('authorized_keys'));
  const { stdout: hostKey } = await run('cat', [scene.path('host.pub')]);
  await writeFile(scene.path('known_hosts'), `[127.0.0.1]:${port} ${hostKey}`);
  await writeFile(scene.path('no_hosts'), '');
  await writeFile(
    scene.path('sshd_config'),
    `Port ${port}
ListenAddress 127.0.0.1
HostKey ${scene.path('host')}
AuthorizedKeysFile ${scene.path('authorized_keys')}
PidFile none
StrictModes no
UsePAM ${isRoot() ? 'yes' : 'no'}
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups ${maxStartups}
`,
  );
  const common = `  HostName 127.0.0.1
  Port ${port}
  User ${userInfo().username}
  IdentitiesOnly yes
  IdentityAgent none
  StrictHostKeyChecking yes
`;
  // What a person's config may hold and what must not break us.
  const nuisance =
    '  RemoteCommand echo hello\n  RequestTTY force\n  LocalForward 1 127.0.0.1:1\n  LogLevel QUIET\n';
  await writeFile(
    scene.path('config'),
    `Host box\n${common}  IdentityFile ${scene.path('user')}\n  UserKnownHostsFile ${scene.path('known_hosts')}\n${nuisance}
Host locked\n${common}  IdentityFile none\n  UserKnownHostsFile ${scene.path('known_hosts')}
Host stranger\n${common}  IdentityFile ${scene.path('user')}\n  UserKnownHostsFile ${scene.path('no_hosts')}
`,
  );
  const server = new Background(sshd, ['-D', '-e', '-f', scene.path('sshd_config')]);
  const stop = () => server.stop();
  scene.later(stop);
  await server.until(() => accepts(port), 'sshd listened');
  return { ssh: { program: 'ssh', args: ['-F', scene.path('config')] }, port, stop };
}

function accepts(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
