/** As whom a workspace's pod may run, found by trying it on the server, and who logs in there. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import { LoginUser, type Record as WorkspaceRecord } from '../../workspace/record.ts';
import { isRoot } from '../../workspace/rootUser.ts';
import { loginUser, userPart } from '../loginUser.ts';
import type { FoundImage } from './imageFinder.ts';
import { podManifest } from './manifests.ts';
import { refuseMissing } from './neededObjects.ts';
import type { ImageCommand } from './notes.ts';
import { imageOf, type PodPlan, type PodUser } from './podTemplate.ts';
import { isKubeStatus } from './status.ts';
import type { Workbench } from './workbench.ts';

/** Where a namespace refuses root, nothing but Pod Security or a policy of its kind says so. */
const isAboutRoot = /PodSecurity|runAsNonRoot|run as root|non-?root|allowPrivilegeEscalation|runAsUser/i;

/**
 * The most that the namespace allows, by a dry run of the pod as root and, where that is refused for what it may, as the
 * login user. Quota, limits and other admission refuse here too, before anything is made.
 */
export async function podUser(
  { objects }: Workbench,
  plan: Omit<PodPlan, 'as'>,
  signal: AbortSignal,
): Promise<PodUser> {
  await refuseMissing(objects, plan.record.settings, signal);
  const attempt = (as: PodUser) =>
    objects.create('pod', podManifest({ ...plan, as }), { dryRun: true, signal });
  try {
    await attempt('root');
    return 'root';
  } catch (error) {
    // Admission has let it in, and only the name is taken: a Job gives its pods others.
    if (isKubeStatus(error, 'AlreadyExists')) return 'root';
    if (!isKubeStatus(error, 'Forbidden') || !isAboutRoot.test(error.message)) throw error;
  }
  await attempt('login');
  return 'login';
}

/** For a try beside the pod that runs: a quota holds that one's share. What it does not let in shows when it starts. */
export function small(record: WorkspaceRecord): WorkspaceRecord {
  const { settings } = record;
  const least = {
    cpus: Math.min(settings.cpus, 0.1),
    memoryMiB: Math.min(settings.memoryMiB, 64),
    gpuCount: 0,
  };
  return { ...record, settings: { ...settings, ...least } };
}

/** For the try before the image is known: any ordinary user will do. */
export const anyLogin: LoginUser = { name: 'nobody', uid: 65_534, gid: 65_534, home: '/home/nobody' };

export interface Resolved {
  readonly record: WorkspaceRecord;
  readonly image: ImageCommand;
  /** To be put into the Secret, where the image lacks the login user and boot may not add it. */
  readonly passwd: string | undefined;
}

/** The record with its image and with who logs in to that. */
export async function withImage(
  bench: Workbench,
  record: WorkspaceRecord,
  found: FoundImage,
  as: PodUser,
  signal: AbortSignal,
): Promise<Resolved> {
  const resolved = { ...record, image: { reference: found.reference, digest: found.digest } };
  const { settings } = record;
  const wanted = settings.user ?? userPart(found.command.user);
  const needsPasswd = as === 'login' || !isRoot(wanted);
  const passwd = needsPasswd
    ? await bench.images.passwd(record.name, settings, imageOf(resolved), signal)
    : '';
  const login =
    as === 'login' && isRoot(wanted)
      ? ordinaryUser(passwd, settings.home)
      : loginUser(found.command.user, settings, passwd);
  if (!LoginUser.safeParse(login).success) {
    throw new BerthError(
      l10n.t(
        'The user of the image {0} has a name or home that cannot be used. Choose another user or home.',
        found.reference,
      ),
      { code: 'invalid' },
    );
  }
  const { user, entrypoint, command } = found.command;
  const addsUser = as === 'login' && !isThere(login.name, passwd);
  return {
    record: { ...resolved, login },
    image: { user, entrypoint, command, ...(addsUser && { addsUser }) },
    passwd: addsUser ? withUser(passwd, login) : undefined,
  };
}

/** Pure. Where root is refused and the image names nobody else: its first ordinary user, else one of ours. */
export function ordinaryUser(passwd: string, home: string | undefined): LoginUser {
  const names = passwd.split('\n').map(line => line.split(':'));
  const [name = 'berth'] =
    names.find(([name, , uid]) => name !== '' && Number(uid) >= 1000 && Number(uid) < 65_534) ?? [];
  return loginUser(name, { user: undefined, home }, passwd);
}

function isThere(name: string, passwd: string): boolean {
  return passwd.split('\n').some(line => line.startsWith(`${name}:`));
}

/** Pure: a passwd(5) with one user more. The image's shell stands in a comment, which is left out. */
export function withUser(passwd: string, { name, uid, gid, home }: LoginUser): string {
  const shell = /^#(\/\S+)$/m.exec(passwd)?.[1] ?? '/bin/sh';
  const lines = passwd.split('\n').filter(line => line !== '' && !line.startsWith('#'));
  return [...lines, `${name}:x:${uid}:${gid}::${home}:${shell}`, ''].join('\n');
}
