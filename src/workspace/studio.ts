/**
 * Studio images (Seqera): their command listens on the port that CONNECT_TOOL_PORT names, and their entrypoint,
 * `connect-client --entrypoint`, wraps it for Seqera's own server, which a workspace has none of. Pure.
 */
import type { WorkspaceSettings } from './settings.ts';

/** Tells a Studio's command where to listen. */
const toolPortVariable = 'CONNECT_TOOL_PORT';
/** Where nothing else says which: the port of Jupyter, which Studios began with. */
export const defaultToolPort = 8888;

type Ported = Pick<WorkspaceSettings, 'kind' | 'ports' | 'env'>;

/**
 * The settings with the first port told to a Studio's command. The port is the only place that says it, so that the
 * forward and the command cannot differ, unless the variable was set by hand.
 */
export function withToolPort<Settings extends Ported>(settings: Settings): Settings {
  const { kind, ports, env } = settings;
  if (kind !== 'studio' || env.some(({ name }) => name === toolPortVariable)) return settings;
  const value = String(ports[0]?.port ?? defaultToolPort);
  return { ...settings, env: [...env, { name: toolPortVariable, value, secret: false }] };
}

/** The port that an image's own ENV names; undefined where it names none. */
export function toolPortOf(imageEnv: readonly string[]): number | undefined {
  const start = `${toolPortVariable}=`;
  const port = Number(imageEnv.find(line => line.startsWith(start))?.slice(start.length));
  return Number.isInteger(port) && port >= 1 && port <= 65535 ? port : undefined;
}

/** Whether the entrypoint is Seqera's. */
export function hasConnectClient(entrypoint: readonly string[]): boolean {
  return entrypoint.some(isConnectClient);
}

/** What the image runs as its own command, past the client and its `--entrypoint`. */
export function ownCommand(image: {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}): readonly string[] {
  const whole = [...image.entrypoint, ...image.command];
  const client = whole.findIndex(isConnectClient);
  if (client === -1) return whole;
  return whole.toSpliced(client, whole[client + 1] === '--entrypoint' ? 2 : 1);
}

function isConnectClient(word: string): boolean {
  return /(?:^|\/)connect-client$/.test(word);
}
