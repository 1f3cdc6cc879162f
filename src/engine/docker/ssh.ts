/** The person's own OpenSSH as the way to a Docker engine on another machine. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import { shellWord } from '../../workspace/shell.ts';
import type { DockerEndpoint } from '../target.ts';
import { CommandStream } from './commandStream.ts';
import { formatEndpoint } from './endpoint.ts';

export type SshEndpoint = Extract<DockerEndpoint, { type: 'ssh' }>;

/** How to run ssh: the program, and arguments that come first. Default: `ssh` from the PATH with the person's config. */
export interface SshCommand {
  readonly program: string;
  readonly args: readonly string[];
}
const defaultSsh: SshCommand = { program: 'ssh', args: [] };

/** Runs `docker <args>` on the machine behind the endpoint; its stdin and stdout are the stream. */
export function dockerOverSsh(
  endpoint: SshEndpoint,
  args: readonly string[],
  ssh: SshCommand = defaultSsh,
): CommandStream {
  return new CommandStream(ssh.program, [...ssh.args, ...sshArguments(endpoint, args)], failure => {
    const where = formatEndpoint(endpoint);
    if (failure.spawnError !== undefined) {
      return new BerthError(
        l10n.t(
          'Cannot reach {0}: the program {1} could not be run. Is OpenSSH installed?',
          where,
          ssh.program,
        ),
        { code: 'unreachable', cause: failure.spawnError },
      );
    }
    return new BerthError(sshProblem(where, failure.stderr), {
      code: 'unreachable',
      cause: new Error(
        `ssh ended with ${failure.exitCode ?? 'a signal'}: ${failure.stderr.trim() || 'it said nothing'}`,
      ),
    });
  });
}

/**
 * The arguments of ssh. What stands here beats the person's config where that would break us: a question on the
 * terminal, a forward whose port is taken, a RemoteCommand. Everything else (keys, jumps, aliases) is theirs.
 * Host and user are never taken as options: they are checked again here, and the host stands after `--`.
 */
export function sshArguments(endpoint: SshEndpoint, dockerArgs: readonly string[]): string[] {
  if (
    !/^[A-Za-z0-9_:][A-Za-z0-9._+:%-]*$/.test(endpoint.host) ||
    /^-|[\s'"`$;&|<>\\]/.test(endpoint.user ?? '')
  ) {
    throw new BerthError(
      l10n.t('{0} is not an address that can be given to ssh.', formatEndpoint(endpoint)),
      {
        code: 'invalid',
      },
    );
  }
  const options = [
    'BatchMode=yes',
    'ConnectTimeout=10',
    'ServerAliveInterval=15',
    'ServerAliveCountMax=3',
    'ClearAllForwardings=yes',
    'ForwardAgent=no',
    'ForwardX11=no',
    'RemoteCommand=none',
    'PermitLocalCommand=no',
    'LogLevel=ERROR',
  ];
  const host = endpoint.socket === undefined ? [] : ['--host', `unix://${endpoint.socket}`];
  return [
    '-T',
    ...options.flatMap(option => ['-o', option]),
    ...(endpoint.user === undefined ? [] : ['-l', endpoint.user]),
    ...(endpoint.port === undefined ? [] : ['-p', String(endpoint.port)]),
    '--',
    endpoint.host,
    ['docker', ...host, ...dockerArgs].map(shellWord).join(' '),
  ];
}

/** What ssh's last words mean and what to do about them. */
export function sshProblem(where: string, stderr: string): string {
  const lines = stderr
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '');
  const last = (lines.at(-1) ?? l10n.t('ssh said nothing')).slice(0, 300);
  const advice = [
    {
      when: /Host key verification failed/i,
      say: l10n.t('Connect to it once in a terminal to accept its host key.'),
    },
    {
      when: /Permission denied \(|Too many authentication failures/i,
      say: l10n.t(
        'Berth cannot ask for a password: load your key into the ssh agent, or name it in your ssh config.',
      ),
    },
    { when: /(docker|command).*not found/i, say: l10n.t('The docker command is missing on that machine.') },
    {
      when: /permission denied.*docker|dial unix .*permission denied/i,
      say: l10n.t('The user there may not use Docker: add it to the docker group of that machine.'),
    },
    {
      when: /Cannot connect to the Docker daemon|dial unix .*(no such file|connection refused)/i,
      say: l10n.t('Docker is not running on that machine.'),
    },
    { when: /Could not resolve hostname/i, say: l10n.t('Is the name right, and is the network up?') },
    {
      when: /Connection refused|timed out|No route to host|Network is unreachable/i,
      say: l10n.t('Is the machine up?'),
    },
  ].find(({ when }) => lines.some(line => when.test(line)));
  return [
    l10n.t('Cannot reach {0} over ssh: {1}', where, /[.!?]$/.test(last) ? last : `${last}.`),
    advice?.say ?? '',
  ]
    .join(' ')
    .trim();
}
