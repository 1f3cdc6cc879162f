/** What there is in a container that somebody else made: who its programs run as, and what ssh would need. */
import * as l10n from '@vscode/l10n';
import type { Adoptable, Place } from '../engine/adoptable.ts';
import { BerthError } from '../workspace/error.ts';
import { LoginUser } from '../workspace/record.ts';
import type { EnvVariable } from '../workspace/settings.ts';
import { placeWords } from './adopted.ts';

export interface Survey {
  readonly uid: number;
  /** Whom its programs run as; undefined where that number has no name. */
  readonly user: { readonly name: string; readonly home: string; readonly shell: string } | undefined;
  /** The absolute path of sshd, where there is one. */
  readonly sshd: string | undefined;
  /** Something listens on port 22. */
  readonly listens: boolean;
  /** The package manager that could install sshd, which takes root. */
  readonly manager: string | undefined;
  /** Public lines of the host keys in /etc/ssh. */
  readonly hostKeys: readonly string[];
  /** sshd takes the user's password for locked, and lets nobody in without PAM. */
  readonly isLocked: boolean;
  readonly hasPam: boolean;
  /** Of the container. */
  readonly env: readonly EnvVariable[];
}

/** POSIX sh, with nothing but what every image with a shell has. The environment comes last, as the kernel keeps it. */
const script = `
n=$(id -u)
echo "uid=$n"
line=''
while IFS=: read -r name pass uid rest; do
  if [ "$uid" = "$n" ]; then line=$name:$rest; break; fi
done </etc/passwd
[ -n "$line" ] || line=$(getent passwd "$n" 2>/dev/null | sed 's/^\\([^:]*\\):[^:]*:[^:]*:/\\1:/')
echo "user=$line"
name=\${line%%:*}
for f in /usr/sbin/sshd /usr/local/sbin/sshd /usr/bin/sshd /sbin/sshd "$(command -v sshd)"; do
  if [ -x "$f" ]; then echo "sshd=$f"; break; fi
done
for f in /proc/net/tcp /proc/net/tcp6; do
  [ -r "$f" ] && while read -r _ at _ state _; do
    case $at/$state in *:0016/0A) echo listens=22 ;; esac
  done <"$f"
done
for m in apt-get apk dnf microdnf yum zypper pacman; do
  if command -v "$m" >/dev/null 2>&1; then echo "manager=$m"; break; fi
done
for f in /etc/ssh/ssh_host_*_key.pub; do
  [ -r "$f" ] && while read -r key; do echo "key=$key"; done <"$f"
done
[ -r /etc/shadow ] && while read -r entry; do
  case $entry in "$name:!:"* | "$name:!!:"*) echo locked=1 ;; esac
done </etc/shadow
[ -r /etc/pam.d/sshd ] && echo pam=1
echo environ
cat /proc/self/environ
`;

/** Throws 'unsupported' where there is no shell to ask. */
export async function surveyOf(adoptable: Adoptable, place: Place, signal?: AbortSignal): Promise<Survey> {
  const { exitCode, stdout, stderr } = await adoptable.exec(place, ['/bin/sh', '-c', script], {
    ...(signal && { signal }),
  });
  const survey = parseSurvey(stdout);
  if (survey) return survey;
  throw new BerthError(
    l10n.t(
      '“{0}” cannot be looked into: {1}. Berth needs a shell, /bin/sh, in it.',
      placeWords(place),
      lastLine(stderr || stdout) || l10n.t('it ended with {0}', exitCode),
    ),
    { code: 'unsupported' },
  );
}

/** Pure: what the script printed; undefined where it did not come to its end. */
export function parseSurvey(text: string): Survey | undefined {
  const [head, environ] = splitOnce(text, '\nenviron\n');
  if (environ === undefined) return undefined;
  const lines = head.split('\n').map(line => splitOnce(line, '='));
  const all = (key: string) => lines.flatMap(([name, value]) => (name === key && value ? [value] : []));
  const uid = Number(all('uid')[0] ?? Number.NaN);
  if (!Number.isInteger(uid)) return undefined;
  const [name = '', , , home = '', shell = ''] = (all('user')[0] ?? '').split(':');
  const isUsable = LoginUser.pick({ name: true, home: true }).safeParse({ name, home }).success;
  return {
    uid,
    user: isUsable ? { name, home, shell: shell || '/bin/sh' } : undefined,
    sshd: all('sshd').find(path => path.startsWith('/')),
    listens: all('listens').length > 0,
    manager: all('manager')[0],
    hostKeys: all('key'),
    isLocked: all('locked').length > 0,
    hasPam: all('pam').length > 0,
    env: environ.split('\0').flatMap(entry => {
      const [name, value] = splitOnce(entry, '=');
      return value !== undefined && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
        ? [{ name, value, secret: false }]
        : [];
    }),
  };
}

/** The last line of what a program said that is not empty. */
export function lastLine(text: string): string {
  return (
    text
      .split('\n')
      .map(line => line.trim())
      .findLast(line => line !== '') ?? ''
  );
}

function splitOnce(text: string, at: string): [string, string | undefined] {
  const index = text.indexOf(at);
  return index === -1 ? [text, undefined] : [text.slice(0, index), text.slice(index + at.length)];
}
