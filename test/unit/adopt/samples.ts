/** What was adopted, for the tests of what is made of it. */
import { Adopted } from '../../../src/adopt/adopted.ts';

export const folder = '/tmp/.berth-0123456789abcdef';
const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOqDlafKsmiuNffEhKGGkpQxv3HKkTYnE8TK0VI5ZQjo';

/** By sshd over exec. */
export const adopted = Adopted.parse({
  target: 'local',
  name: 'theirs',
  place: { name: 'their-db', id: 'c0ffee' },
  image: 'postgres:16',
  user: 'root',
  home: '/root',
  entry: { way: 'exec', folder, hostKey: { privateKey: 'secret', publicKey: hostKey } },
});

/** By an ssh server of its own, in a pod. */
export const adoptedServer = Adopted.parse({
  ...adopted,
  name: 'served',
  place: { name: 'web-0', container: 'app', id: 'uid-1' },
  user: 'dev',
  home: '/home/dev',
  entry: { way: 'server', port: 2222, hostKey: hostKey.replace('ssh-ed25519', 'ssh-rsa') },
});
