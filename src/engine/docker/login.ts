/** Who logs in to a workspace, and where the home is: from the image's user, its /etc/passwd and the settings. */
import { posix } from 'node:path';
import type Dockerode from 'dockerode';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { LoginUser } from '../../workspace/record.ts';
import type { WorkspaceSettings } from '../../workspace/settings.ts';
import type { ImageDetails } from '../engine.ts';
import { readFile } from './archive.ts';
import { withPassage } from './passage.ts';

const maxPasswdBytes = 4 * 1024 ** 2;

type Wanted = Pick<WorkspaceSettings, 'user' | 'home'>;

/** Images are asked once for each engine object: they never change. */
export class LoginUsers {
  readonly #docker: Dockerode;
  readonly #passwd = new Map<string, string>();

  constructor(docker: Dockerode) {
    this.#docker = docker;
  }

  /** `name` is whose record asks: what a killed process left of the look goes with that workspace. */
  async of(
    name: WorkspaceName,
    image: ImageDetails,
    settings: Wanted,
    signal: AbortSignal,
  ): Promise<LoginUser> {
    return loginUser(
      image.user,
      settings,
      isRoot(settings.user ?? userPart(image.user)) ? '' : await this.#read(name, image.id, signal),
    );
  }

  async #read(name: WorkspaceName, imageId: string, signal: AbortSignal): Promise<string> {
    const known = this.#passwd.get(imageId);
    if (known !== undefined) return known;
    const file = await withPassage(this.#docker, { name, image: imageId }, container =>
      readFile(container, '/etc/passwd', maxPasswdBytes, signal),
    );
    const text = file?.content ?? '';
    this.#passwd.set(imageId, text);
    return text;
  }
}

/**
 * Pure. `imageUser` as the OCI image config has it: a name or number, with a group after a colon or without. A user that
 * the image lacks is made by boot, as the first ordinary user where no number is given.
 */
export function loginUser(imageUser: string, { user, home }: Wanted, passwd: string): LoginUser {
  const wanted = user ?? userPart(imageUser);
  const login = isRoot(wanted) ? root : (inPasswd(wanted, passwd) ?? newUser(wanted, passwd));
  return home === undefined ? login : { ...login, home: posix.normalize(home) };
}

const root: LoginUser = { name: 'root', uid: 0, gid: 0, home: '/root' };

function userPart(imageUser: string): string {
  return imageUser.split(':')[0] ?? '';
}

function isRoot(user: string): boolean {
  return user === '' || user === 'root' || user === '0';
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
