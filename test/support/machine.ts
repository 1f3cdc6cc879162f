/**
 * What the project's commands need of the machine: installed from apt where we are root on a Debian, named exactly
 * where we may not install.
 */
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { exists } from './cache.ts';
import { findProgram, run } from './command.ts';

interface Need {
  /** The Debian packages that bring it. */
  readonly packages: readonly string[];
  /** Programs (or absolute files) that are there once it is. */
  readonly programs: readonly string[];
}

const needs = {
  git: { packages: ['git'], programs: ['git'] },
  ssh: { packages: ['openssh-client'], programs: ['ssh', 'ssh-keygen', 'scp', 'sftp'] },
  /** Debian's docker.io brings engine and client. */
  docker: { packages: ['docker.io'], programs: ['docker', 'dockerd'] },
  dockerClient: { packages: ['docker.io'], programs: ['docker'] },
  debootstrap: { packages: ['debootstrap'], programs: ['debootstrap'] },
  /** For the native parts of code-server. */
  compiler: { packages: ['g++', 'make', 'python3'], programs: ['g++', 'make', 'python3'] },
  chromium: { packages: ['chromium'], programs: ['chromium'] },
  podman: { packages: ['podman', 'crun', 'fuse-overlayfs'], programs: ['podman', 'crun', 'fuse-overlayfs'] },
  sshServer: { packages: ['openssh-server'], programs: ['sshd', '/usr/lib/openssh/sftp-server'] },
  rsync: { packages: ['rsync'], programs: ['rsync'] },
  shells: { packages: ['dash', 'busybox-static', 'fish'], programs: ['dash', 'busybox', 'fish'] },
  shellcheck: { packages: ['shellcheck'], programs: ['shellcheck'] },
  registry: { packages: ['docker-registry', 'apache2-utils'], programs: ['docker-registry', 'htpasswd'] },
  openssl: { packages: ['openssl'], programs: ['openssl'] },
  /** mkfs and losetup, for the test of a full disk. */
  disks: { packages: ['e2fsprogs', 'mount'], programs: ['mkfs.ext4', 'losetup'] },
  /** What a Kubernetes node is made of (kubernetes/ownCluster.ts); Docker's packages bring their own containerd. */
  containerd: { packages: ['containerd', 'runc'], programs: ['containerd', 'ctr', 'runc'] },
  podNetwork: { packages: ['containernetworking-plugins'], programs: ['/usr/lib/cni/bridge'] },
  network: { packages: ['iproute2', 'iptables'], programs: ['ip', 'iptables'] },
  /** For the tests of clocks that differ. */
  clocks: { packages: ['faketime'], programs: ['faketime'] },
  processes: { packages: ['procps'], programs: ['ps', 'pgrep'] },
} satisfies Record<string, Need>;
export type NeedName = keyof typeof needs;

/** Asked for where they are used, and only there: a cluster for tests can be had without them. */
const asked: readonly NeedName[] = ['dockerClient', 'containerd', 'podNetwork', 'network'];
export const allNeeds = (Object.keys(needs) as NeedName[]).filter(name => !asked.includes(name));

/** Makes sure that what is named is there: one apt call for all of it, or one error that names all that is missing. */
export async function ensureInstalled(
  names: readonly NeedName[],
  say: (line: string) => void,
): Promise<void> {
  const missing = await missingOf(names);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.flatMap(name => needs[name].packages))];
  if (!(await mayInstall())) {
    const programs = missing.flatMap(name => needs[name].programs).join(', ');
    throw new Error(
      `Missing on this machine: ${programs}. Install what brings them (Debian's packages: ${packages.join(' ')}) and run this again.`,
    );
  }
  say(`Installing from apt: ${packages.join(' ')}`);
  await withoutServices(async () => {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    const options = ['-y', '-qq', '-o', 'DPkg::Lock::Timeout=300'];
    await run('apt-get', ['update', ...options], { env, timeoutMs: 300_000 });
    await run('apt-get', ['install', ...options, '--no-install-recommends', ...packages], {
      env,
      timeoutMs: 900_000,
    });
  });
  const still = await missingOf(names);
  if (still.length > 0)
    throw new Error(`apt installed ${packages.join(' ')}, but still missing: ${still.join(', ')}`);
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

async function mayInstall(): Promise<boolean> {
  return isRoot() && (await exists('/etc/debian_version')) && (await findProgram('apt-get')) !== undefined;
}

async function missingOf(names: readonly NeedName[]): Promise<NeedName[]> {
  const checked = await Promise.all(
    names.map(async name => {
      const found = await Promise.all(
        needs[name].programs.map(program =>
          program.startsWith('/') ? exists(program) : findProgram(program).then(path => path !== undefined),
        ),
      );
      return found.every(Boolean) ? [] : [name];
    }),
  );
  return checked.flat();
}

/** Keeps apt from starting the services that come with the packages (Debian policy 9.3.3.2, policy-rc.d). */
async function withoutServices(action: () => Promise<void>): Promise<void> {
  const policy = '/usr/sbin/policy-rc.d';
  const mark = '# by the tests of Berth';
  const isOurs = !(await exists(policy));
  if (isOurs) {
    await writeFile(policy, `#!/bin/sh\n${mark}\nexit 101\n`);
    await chmod(policy, 0o755);
  }
  try {
    await action();
  } finally {
    if (isOurs && (await readFile(policy, 'utf8')).includes(mark)) await rm(policy);
  }
}
