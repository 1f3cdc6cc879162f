/** openssh-server into a container that somebody else made: only ever after its person has said so. */
import * as l10n from '@vscode/l10n';
import type { Adoptable, Place } from '../engine/adoptable.ts';
import { BerthError } from '../workspace/error.ts';
import { placeWords } from './adopted.ts';
import { lastLine } from './survey.ts';

/** policy-rc.d keeps Debian's package from starting a server of its own (Debian policy 9.3.3.2). */
const byApt = `
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ -e "$policy" ]; then policy=''; else
  printf '#!/bin/sh\\nexit 101\\n' >"$policy" && chmod 755 "$policy"
fi
apt-get update -q -o Acquire::Retries=1 -o Acquire::http::Timeout=30
apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=60 openssh-server
status=$?
[ -z "$policy" ] || rm -f "$policy"
exit "$status"
`;

/** Pure: the shell program; undefined for a package manager that Berth does not know. */
export function installCommand(manager: string): string | undefined {
  switch (manager) {
    case 'apt-get':
      return byApt;
    case 'apk':
      return 'apk add --no-cache openssh-server';
    case 'dnf':
    case 'microdnf':
    case 'yum':
      return `${manager} install -y openssh-server`;
    case 'zypper':
      return 'zypper --non-interactive install --no-recommends openssh-server';
    case 'pacman':
      return 'pacman -Sy --noconfirm --needed openssh';
    default:
      return undefined;
  }
}

export async function installSshd(
  adoptable: Adoptable,
  place: Place,
  manager: string,
  signal: AbortSignal,
): Promise<void> {
  const command = installCommand(manager) ?? 'exit 1';
  const { exitCode, stdout, stderr } = await adoptable.exec(place, ['/bin/sh', '-c', command], { signal });
  if (exitCode === 0) return;
  throw new BerthError(
    l10n.t(
      '{0} could not install openssh-server in “{1}”: {2}',
      manager,
      placeWords(place),
      lastLine(stderr || stdout),
    ),
  );
}
