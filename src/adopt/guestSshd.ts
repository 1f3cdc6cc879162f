/**
 * sshd in a container that somebody else made: for each connection one session of it (`sshd -i`) over an exec, with a host
 * key and a list of keys out of one private folder in /tmp. What Berth put in it takes away again.
 */

import { createHash } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { setEnvArguments, splitEnvironment } from '../boot/environment.ts';
import type { Adoptable, Place } from '../engine/adoptable.ts';
import { withComment } from '../ssh/publicKey.ts';
import { BerthError } from '../workspace/error.ts';
import { type Entry, placeWords } from './adopted.ts';
import { lastLine, type Survey, surveyOf } from './survey.ts';

export type Guest = Extract<Entry, { way: 'exec' }>;

/** Raised when the files are to be put in anew by a newer Berth. */
const layout = 1;

/** Its arguments: the folder, the stamp. Says nothing where the folder is not as it should be, or another user's who took its place: what is in it is run. The directory that sshd wants may be in memory, and gone after a restart. `-e`: Kubernetes ends a connection whose standard error was closed. */
const sessionScript = `
d=$1
[ -O "$d" ] && [ ! -L "$d" ] && [ "$(cat "$d/stamp" 2>/dev/null)" = "$2" ] || exit 0
made=$(cat "$d/made" 2>/dev/null)
[ -z "$made" ] || [ -d "$made" ] || mkdir -m 755 "$made"
exec "$(cat "$d/sshd")" -i -e -f "$d/sshd_config"
`;

/**
 * Reads files, each after a line '@file NAME', until '@end'. sshd says itself what it lacks: the directory is remembered to
 * be taken away, and variables that an old one cannot pass on are left out.
 */
const putScript = `
d=$1
umask 077
[ -d "$d" ] || mkdir "$d" || exit 1
[ -O "$d" ] && [ ! -L "$d" ] || { echo "$d is somebody else's" >&2; exit 1; }
f=/dev/null
while IFS= read -r line; do
  case $line in
    '@file '*) f=$d/\${line#@file }; : >"$f" || exit 1 ;;
    @end) break ;;
    *) printf '%s\\n' "$line" >>"$f" || exit 1 ;;
  esac
done
sshd=$(cat "$d/sshd")
check() { words=$("$sshd" -t -f "$d/sshd_config" 2>&1); }
if ! check; then
  case $words in
    *'privilege separation directory: '*)
      made=\${words##*directory: }
      made=\${made%%[!a-zA-Z0-9/._-]*}
      mkdir -m 755 "$made" && printf '%s\\n' "$made" >"$d/made"
      ;;
  esac
  if ! check; then
    sed '/^SetEnv /d' "$d/sshd_config" >"$d/plain" && mv "$d/plain" "$d/sshd_config"
    check || { printf '%s\\n' "$words" >&2; exit 1; }
  fi
fi
printf '%s\\n' "$2" >"$d/stamp"
`;

const removeScript = `
d=$1
made=
[ -O "$d" ] && [ ! -L "$d" ] && made=$(cat "$d/made" 2>/dev/null)
rm -rf "$d"
[ -z "$made" ] || rmdir "$made" 2>/dev/null
[ ! -e "$d" ]
`;

/** The words of the program that is one connection. */
export function sessionCommand(guest: Guest, publicKey: string): readonly string[] {
  return ['/bin/sh', '-c', sessionScript, 'berth', guest.folder, stampOf(guest, publicKey)];
}

/** Puts the files in, again where they are there. Throws with sshd's own words where it cannot work there. */
export async function putGuest(
  adoptable: Adoptable,
  place: Place,
  guest: Guest,
  publicKey: string,
  signal?: AbortSignal,
): Promise<void> {
  const survey = await surveyOf(adoptable, place, signal);
  const problem = guestProblem(survey, place);
  if (problem !== undefined) throw new BerthError(problem, { code: 'unsupported' });
  const files = {
    host_key: guest.hostKey.privateKey,
    authorized_keys: publicKey,
    sshd: survey.sshd ?? '',
    sshd_config: guestConfig(survey, guest.folder),
  };
  const stdin = [
    ...Object.entries(files).flatMap(([name, text]) => [`@file ${name}`, text.trimEnd()]),
    '@end',
    '',
  ];
  const argv = ['/bin/sh', '-c', putScript, 'berth', guest.folder, stampOf(guest, publicKey)];
  const { exitCode, stderr } = await adoptable.exec(place, argv, {
    stdin: stdin.join('\n'),
    ...(signal && { signal }),
  });
  if (exitCode === 0) return;
  throw new BerthError(
    l10n.t('sshd cannot work in “{0}”: {1}', placeWords(place), lastLine(stderr) || String(exitCode)),
    { code: 'unsupported' },
  );
}

/** Takes away all that putGuest made; fine too where nothing of it is there. */
export async function removeGuest(
  adoptable: Adoptable,
  place: Place,
  guest: Guest,
  signal?: AbortSignal,
): Promise<void> {
  const argv = ['/bin/sh', '-c', removeScript, 'berth', guest.folder];
  const { exitCode, stderr } = await adoptable.exec(place, argv, { ...(signal && { signal }) });
  if (exitCode === 0) return;
  throw new BerthError(
    l10n.t('{0} in “{1}” could not be removed: {2}', guest.folder, placeWords(place), lastLine(stderr)),
  );
}

/** Pure: why no session of sshd can be had there, in words; undefined where it can. A missing sshd may be installed. */
export function guestProblem(survey: Survey, place: Place): string | undefined {
  const where = placeWords(place);
  const { user, uid, sshd, isLocked, hasPam } = survey;
  if (!user) {
    return l10n.t(
      '“{0}” runs as user {1}, who has no name in its /etc/passwd: sshd lets nobody in without one.',
      where,
      String(uid),
    );
  }
  if (/\/(nologin|false)$/.test(user.shell)) {
    return l10n.t(
      '“{0}” runs as {1}, whose shell is {2}: sshd lets nobody in with that.',
      where,
      user.name,
      user.shell,
    );
  }
  if (isLocked && !hasPam) {
    return l10n.t(
      '“{0}” runs as {1}, whose account is locked: sshd lets nobody in. “usermod -p "*" {1}” in it unlocks it for keys.',
      where,
      user.name,
    );
  }
  return sshd === undefined
    ? l10n.t('There is no sshd in “{0}”. Install openssh-server in it, or adopt it again.', where)
    : undefined;
}

/** Pure: keys only, this one user only, and the container's variables in every session. */
export function guestConfig(survey: Survey, folder: string): string {
  const { user, uid, isLocked, env } = survey;
  const variables = setEnvArguments(splitEnvironment(env)).split('\n').join(' ');
  return [
    '# Written by Berth for whoever adopted this container; it goes when they forget it.',
    `HostKey ${folder}/host_key`,
    `AuthorizedKeysFile ${folder}/authorized_keys`,
    // /tmp is everybody's to write; the folder in it is not.
    'StrictModes no',
    ...(user && !user.name.includes('@') ? [`AllowUsers ${user.name}`] : []),
    `PermitRootLogin ${uid === 0 ? 'prohibit-password' : 'no'}`,
    'PubkeyAuthentication yes',
    'PasswordAuthentication no',
    'ChallengeResponseAuthentication no',
    'AuthenticationMethods publickey',
    `UsePAM ${isLocked ? 'yes' : 'no'}`,
    'UseDNS no',
    'PidFile none',
    'LoginGraceTime 60',
    'MaxAuthTries 20',
    'X11Forwarding no',
    'ClientAliveInterval 30',
    'ClientAliveCountMax 4',
    'PrintMotd no',
    'PrintLastLog no',
    'Subsystem sftp internal-sftp',
    ...(variables === '' ? [] : [`SetEnv ${variables}`]),
  ].join('\n');
}

/** Another one where the files have to be others. No secret. */
function stampOf({ hostKey }: Guest, publicKey: string): string {
  // Its comment may be another.
  const key = withComment(publicKey, '');
  return createHash('sha256').update(`${layout}\n${hostKey.publicKey}\n${key}`).digest('hex');
}
