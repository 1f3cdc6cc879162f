/**
 * The ssh config of one target: a pure function of its workspaces. Every block names everything it depends on, so
 * that the person's own `Host *` cannot break it (ssh takes the first value it finds, and ours stand first).
 */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../workspace/error.ts';
import { type Alias, aliasOf, type TargetId, type WorkspaceName } from '../workspace/name.ts';
import { shellQuote } from '../workspace/shell.ts';

/** What the blocks of one machine have in common. Absolute paths. */
export interface ConfigPlace {
  /**
   * In the order in which they are offered. One that is not there is passed over: so the key before the last rotation
   * needs no other config.
   */
  readonly identities: readonly string[];
  /** `SSH_AUTH_SOCK`, or the path of an agent's socket, where the private half is in there. */
  readonly agent?: string | undefined;
  readonly knownHosts: string;
  readonly launcher: string;
  readonly platform: NodeJS.Platform;
  /** The proxy gives ssh the open socket and is gone: true where the dial is a TCP connection of this machine. */
  readonly handsOver: boolean;
  /**
   * This machine's ssh takes long over its post-quantum key exchange (before OpenSSH 10.1: 140 ms where the rest of
   * the connection takes 150). Left out where handsOver: what never leaves the machine needs none.
   */
  readonly slowKeyExchange: boolean;
}

export interface ConfigHost {
  readonly name: WorkspaceName;
  /** Undefined where it is not known (yet). */
  readonly user: string | undefined;
  readonly agentForwarding: boolean;
}

/** Seconds that ssh waits for the handshake, the start of the workspace included. */
const connectTimeoutSeconds = 600;

/** A workspace whose user cannot be written is left out: labels are anybody's, and one must not break the others. */
export function targetConfig(target: TargetId, hosts: readonly ConfigHost[], place: ConfigPlace): string {
  const common = commonLines(place);
  const blocks = hosts
    .filter(({ user }) => user === undefined || isQuotable(user))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(host => hostBlock(aliasOf(host.name, target), host, common));
  return [
    '# Written by Berth from the list of workspaces, and written anew whenever it changes: edits are lost.',
    ...blocks,
    // For one that is gone or not listed yet: the proxy says so, instead of a name lookup that fails.
    [`Host *.${target}.berth`, ...indented(common)].join('\n'),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function hostBlock(alias: Alias, host: ConfigHost, common: readonly string[]): string {
  const own = [
    `HostName ${alias}`,
    `HostKeyAlias ${alias}`,
    ...(host.user === undefined ? [] : [`User ${quoted(host.user)}`]),
    `ForwardAgent ${host.agentForwarding ? 'yes' : 'no'}`,
  ];
  return [`Host ${alias}`, ...indented([...own, ...common])].join('\n');
}

function commonLines(place: ConfigPlace): string[] {
  return [
    'Port 22',
    ...place.identities.map(path => `IdentityFile ${configPath(path, place.platform)}`),
    ...(place.agent === undefined ? [] : [`IdentityAgent ${agentName(place)}`]),
    'IdentitiesOnly yes',
    'PreferredAuthentications publickey',
    'PubkeyAuthentication yes',
    'AddKeysToAgent no',
    `UserKnownHostsFile ${configPath(place.knownHosts, place.platform)}`,
    'StrictHostKeyChecking yes',
    'HostKeyAlgorithms ssh-ed25519',
    'UpdateHostKeys no',
    'VerifyHostKeyDNS no',
    'CanonicalizeHostname no',
    'ControlMaster no',
    'ControlPath none',
    'RemoteCommand none',
    'ServerAliveInterval 15',
    'ServerAliveCountMax 3',
    `ConnectTimeout ${connectTimeoutSeconds}`,
    ...(place.handsOver && place.slowKeyExchange ? ['KexAlgorithms -sntrup761*'] : []),
    `ProxyUseFdpass ${place.handsOver ? 'yes' : 'no'}`,
    `ProxyCommand ${commandPath(place.launcher, place.platform)} %h`,
  ];
}

function agentName({ agent = '', platform }: ConfigPlace): string {
  return agent === 'SSH_AUTH_SOCK' ? agent : configPath(agent, platform);
}

/** A path as an argument of IdentityFile and its like: quoted, and safe from ssh's `%` tokens. */
export function configPath(path: string, platform: NodeJS.Platform): string {
  return quoted((platform === 'win32' ? path.replaceAll('\\', '/') : path).replaceAll('%', '%%'));
}

/** A path as the first word of ProxyCommand, which the shell of the person reads (Windows: nobody does). */
export function commandPath(path: string, platform: NodeJS.Platform): string {
  const escaped = path.replaceAll('%', '%%');
  return platform === 'win32' ? `"${escaped.replaceAll('\\', '/')}"` : shellQuote(escaped);
}

/** Every ssh reads what stands between two quotation marks as it is, unless it has one of these (readconf.c; `${` names a variable). */
function isQuotable(argument: string): boolean {
  return !/["\\\p{Cc}]|\$\{/u.test(argument);
}

function quoted(argument: string): string {
  if (!isQuotable(argument)) {
    throw new BerthError(
      l10n.t('An ssh config cannot hold {0}: quotation marks, backslashes and line ends break it.', argument),
      { code: 'unsupported' },
    );
  }
  return `"${argument}"`;
}

function indented(lines: readonly string[]): string[] {
  return lines.map(line => `  ${line}`);
}
