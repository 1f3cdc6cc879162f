/** The command line of a build with the engine's own program. Pure. */
import type { BuildRequest } from '../../image/buildRequest.ts';
import { formatReference, parseReference, withDefaultTag } from '../../image/reference.ts';
import type { DockerEndpoint } from '../target.ts';
import { formatEndpoint } from './endpoint.ts';

/** By a program of this machine: docker with the buildx plugin, docker with BuildKit of its own (before 23), or podman. */
export type BuildProgram = 'buildx' | 'docker' | 'podman';

export interface BuildCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** Added to the environment; undefined takes a variable away. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Values of arguments go by the environment, from which both programs take what has a name only: a command line can be
 * read by everybody on the machine. Logins are none of it: the program has the person's own.
 */
export function buildCommand(
  way: BuildProgram,
  endpoint: DockerEndpoint,
  request: BuildRequest,
): BuildCommand {
  const { args, env } = buildArguments(request.args);
  const common = [
    `--file=${request.dockerfile}`,
    `--tag=${fullName(request.reference)}`,
    ...args,
    ...(request.stage === undefined ? [] : [`--target=${request.stage}`]),
    ...(request.platform === undefined ? [] : [`--platform=${request.platform}`]),
    request.context,
  ];
  if (way === 'podman') {
    return {
      program: 'podman',
      args: ['--url', formatEndpoint(endpoint), 'build', '--layers', '--force-rm', ...common],
      env: { ...env, CONTAINER_HOST: undefined, CONTAINER_CONNECTION: undefined },
    };
  }
  return {
    program: 'docker',
    args: [
      ...tlsFlags(endpoint),
      ...(way === 'buildx' ? ['buildx', 'build', '--load'] : ['build']),
      '--progress=plain',
      ...common,
    ],
    env: {
      ...env,
      // The target decides where, whatever context or builder the person uses in a terminal.
      DOCKER_HOST: formatEndpoint(endpoint),
      DOCKER_CONTEXT: undefined,
      DOCKER_TLS: undefined,
      DOCKER_TLS_VERIFY: undefined,
      DOCKER_CERT_PATH: undefined,
      DOCKER_BUILDKIT: '1',
      BUILDX_BUILDER: 'default',
    },
  };
}

/** With its registry, so that Docker and Podman mean the same image. */
export function fullName(reference: string): string {
  return formatReference(withDefaultTag(parseReference(reference)));
}

/** What the programs themselves heed: taken from a file that came with somebody's repository, it could run anything. */
const heeded =
  /^(?:PATH|HOME|USER|SHELL|TE?MP(?:DIR)?|USERPROFILE|(?:LOCAL)?APPDATA|SYSTEMROOT|COMSPEC|PATHEXT|IFS|ENV|BASH_ENV|LOCPATH|GO[A-Z]+|(?:LD|DYLD|GCONV|DOCKER|BUILDX|BUILDKIT|BUILDAH|CONTAINERS?|PODMAN|STORAGE|REGISTRY|XDG|SSH|SSL|GIT|OTEL)_.*)$/i;
/** What the credential helpers that they run heed: scripts, and tools of the clouds, which find more programs by it. */
const heededByHelpers =
  /^(?:BASH_FUNC_.*|BASHOPTS|SHELLOPTS|PS4|PYTHON[A-Z]+|NODE_(?:OPTIONS|PATH)|PERL5?[A-Z]+|RUBY(?:OPT|LIB)|CLASSPATH|_?JAVA(?:_TOOL)?_OPTIONS|JDK_JAVA_OPTIONS|DOTNET_STARTUP_HOOKS|CORECLR_.*|GNUPGHOME|DBUS_.*|(?:PASSWORD_STORE|AWS|CLOUDSDK|GOOGLE|AZURE)(?:_.*)?)$/i;
const proxy = /^(?:HTTPS?|FTP|NO|ALL)_PROXY$/i;

/** False where an argument can be neither in the environment of a program nor on its command line. */
export function fitsProgram(args: BuildRequest['args']): boolean {
  return Object.entries(args).every(([name, value]) =>
    proxy.test(name) ? !/@/.test(value) : !heeded.test(name) && !heededByHelpers.test(name),
  );
}

function buildArguments(values: BuildRequest['args']): { args: string[]; env: Record<string, string> } {
  const args: string[] = [];
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    // A proxy of the build is none of the program's.
    args.push(proxy.test(name) ? `--build-arg=${name}=${value}` : `--build-arg=${name}`);
    if (!proxy.test(name)) env[name] = value;
  }
  return { args, env };
}

function tlsFlags(endpoint: DockerEndpoint): string[] {
  if (endpoint.type !== 'tcp' || endpoint.tls === undefined) return [];
  const { ca, cert, key, verify } = endpoint.tls;
  return [
    verify ? '--tlsverify' : '--tls',
    ...(ca === undefined ? [] : [`--tlscacert=${ca}`]),
    ...(cert === undefined ? [] : [`--tlscert=${cert}`]),
    ...(key === undefined ? [] : [`--tlskey=${key}`]),
  ];
}
