/** How dangerous host paths, devices, capabilities and namespaces are, in words. Unknown ones count as dangerous. Pure. */
import * as l10n from '@vscode/l10n';

/** Blocked: only where the person allows it. Warned: the person has to accept it. Shown and safe: need nothing. */
export type GrantLevel = 'blocked' | 'warned' | 'shown' | 'safe';

const sockets = /(?:^|\/)(?:docker|podman|containerd|crio)\.sock$/;

/** A folder or file of the engine's host; always blocked until it is allowed. */
export function hostPathWords(path: string, readOnly: boolean): string {
  const plain = plainPath(path);
  if (sockets.test(plain) || ['/var/run', '/run', '/run/podman', '/run/containerd'].includes(plain)) {
    return l10n.t('Controls the engine, and by that has every right on its host');
  }
  if (plain === '/') {
    return readOnly
      ? l10n.t('Can read every file of the engine’s host')
      : l10n.t('Can read and change every file of the engine’s host');
  }
  return readOnly
    ? l10n.t('Can read what is at {0} on the engine’s host', plain)
    : l10n.t('Can read and change what is at {0} on the engine’s host', plain);
}

/** As the engine takes it: '/etc/..' is the root. */
function plainPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return path.startsWith('/') ? `/${parts.join('/')}` : path;
}

const usualDevices: readonly (readonly [RegExp, () => string])[] = [
  [/^\/dev\/net\/tun$/, () => l10n.t('Can make network tunnels')],
  [
    /^\/dev\/(?:kfd|(?:dri|nvidia[\w-]*)(?:\/[\w-]+)*)$/,
    () => l10n.t('Uses the graphics hardware of the engine’s host'),
  ],
  [
    /^\/dev\/(?:video\d+|snd(?:\/[\w-]+)*)$/,
    () => l10n.t('Uses microphone, speakers or cameras of the engine’s host'),
  ],
  [/^\/dev\/(?:fuse|kvm)$/, () => l10n.t('Uses a device of the engine’s host that is made for many users')],
];

export function deviceWords(host: string): readonly [GrantLevel, string] {
  const usual = usualDevices.find(([pattern]) => pattern.test(host));
  if (usual) return ['warned', usual[1]()];
  if (/^\/dev\/(?:mem|kmem|port|kmsg)$/.test(host)) {
    return ['blocked', l10n.t('Can read and change the memory or the log of the engine’s host')];
  }
  if (/^\/dev\/(?:sd|hd|vd|xvd|nvme|mmcblk|dm-|md|loop|mapper|disk)/.test(host)) {
    return ['blocked', l10n.t('Can read and change the disks of the engine’s host, with every file on them')];
  }
  return ['blocked', l10n.t('Uses the device {0} of the engine’s host', host)];
}

/** What containers have anyway (Docker's default). */
const usual: ReadonlySet<string> = new Set(
  'CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP'.split(
    ' ',
  ),
);
const mild: ReadonlySet<string> = new Set(
  'SYS_NICE SYS_RESOURCE NET_BROADCAST LEASE WAKE_ALARM BLOCK_SUSPEND SYS_TTY_CONFIG SYS_PACCT IPC_OWNER'.split(
    ' ',
  ),
);

export function capabilityWords(capability: string): readonly [GrantLevel, string] {
  switch (capability) {
    case 'ALL':
    case 'SYS_ADMIN':
      return [
        'blocked',
        l10n.t('Can do nearly everything on the engine’s host, and break out of the workspace'),
      ];
    case 'SYS_MODULE':
      return ['blocked', l10n.t('Can change the kernel of the engine’s host')];
    case 'SYS_PTRACE':
      return ['blocked', l10n.t('Can look into other programs and change what they do')];
    case 'DAC_READ_SEARCH':
      return ['blocked', l10n.t('Can read every file of the engine’s host')];
    case 'NET_ADMIN':
      return ['warned', l10n.t('Can change its network: addresses, routes, tunnels')];
    case 'NET_RAW':
      return ['warned', l10n.t('Can listen to and forge packets in its network')];
    case 'IPC_LOCK':
      return ['warned', l10n.t('Can hold memory that is not given back')];
    default:
      if (usual.has(capability)) return ['safe', l10n.t('A right that workspaces usually have')];
      if (mild.has(capability))
        return ['warned', l10n.t('Has the right {0}, which others usually lack', capability)];
      return ['blocked', l10n.t('Has the right {0} on the kernel of the engine’s host', capability)];
  }
}

type Namespace = 'ipc' | 'uts' | 'userns' | 'cgroupns';

/** 'private' and the like keep it to itself; anything else shares with the host or with another container. */
export function namespaceWords(kind: Namespace, value: string): readonly [GrantLevel, string] {
  if (value === 'private' || (kind === 'ipc' && /^(?:shareable|none)$/.test(value))) {
    return ['safe', l10n.t('Keeps to itself, as workspaces usually do')];
  }
  if (value !== 'host') return ['blocked', l10n.t('Shares what belongs to another container')];
  switch (kind) {
    case 'ipc':
      return ['blocked', l10n.t('Can read and change memory that programs of the engine’s host share')];
    case 'uts':
      return ['blocked', l10n.t('Can change the name of the engine’s host')];
    case 'userns':
      return [
        'blocked',
        l10n.t('Its root is the root of the engine’s host, where the engine keeps them apart'),
      ];
    case 'cgroupns':
      return ['blocked', l10n.t('Can see how the engine’s host shares out its processors and memory')];
  }
}
