/** Who logs in to a workspace, and where the home is: from the image's user, its /etc/passwd and the settings. Pure. */
import { posix } from 'node:path';
import type { LoginUser } from '../workspace/record.ts';
import { isRoot } from '../workspace/rootUser.ts';
import type { WorkspaceSettings } from '../workspace/settings.ts';

/** What of the settings decides. */
export type WantedLogin = Pick<WorkspaceSettings, 'user' | 'home'>;

/**
 * Pure. `imageUser` as the OCI image config has it: a name or number, with a group after a colon or without. A user that
 * the image lacks is made by boot, as the first ordinary user where no number is given.
 */
export function loginUser(imageUser: string, { user, home }: WantedLogin, passwd: string): LoginUser {
  const wanted = user ?? userPart(imageUser);
  const login = isRoot(wanted) ? root : (inPasswd(wanted, passwd) ?? newUser(wanted, passwd));
  return home === undefined ? login : { ...login, home: posix.normalize(home) };
}

const root: LoginUser = { name: 'root', uid: 0, gid: 0, home: '/root' };

/** Without the group. */
export function userPart(imageUser: string): string {
  return imageUser.split(':')[0] ?? '';
}

function inPasswd(user: string, passwd: string): LoginUser | undefined {
  const lines = passwd.split('\n').map(line => line.split(':'));
  const line = lines.find(([name]) => name === user) ?? lines.find(([, , uid]) => uid === user);
  if (line === undefined) return undefined;
  const [name = '', , uid, gid, , home = ''] = line;
  const numbers = { uid: Number(uid), gid: Number(gid) };
  if (name === '' || !Number.isInteger(numbers.uid) || !Number.isInteger(numbers.gid)) return undefined;
  return { name, ...numbers, home: home.startsWith('/') && home !== '/' ? home : `/home/${name}` };
}

/** passwd(5) of useradd: ordinary users start at 1000. */
function newUser(user: string, passwd: string): LoginUser {
  const taken = new Set(passwd.split('\n').map(line => Number(line.split(':')[2])));
  const isNumber = /^\d+$/.test(user);
  let uid = isNumber ? Number(user) : 1000;
  while (!isNumber && taken.has(uid)) uid++;
  const name = isNumber ? `user${user}` : user;
  return { name, uid, gid: uid, home: `/home/${name}` };
}
