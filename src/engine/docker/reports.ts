/** What Docker and Podman say of containers and volumes, checked at this border and cut down to what decides. */
import * as z from 'zod';
import type { Labels } from '../labels.ts';

export const containerStatuses = [
  'created',
  'running',
  'paused',
  'restarting',
  'removing',
  'exited',
  'dead',
] as const;
export type ContainerStatus = (typeof containerStatuses)[number];

export interface ContainerReport {
  readonly id: string;
  /** Without the API's leading slash. */
  readonly name: string;
  readonly labels: Labels;
  readonly status: ContainerStatus;
  readonly exitCode: number;
  readonly oomKilled: boolean;
  /** Why the engine could not start it, else ''. */
  readonly error: string;
  /** ISO 8601, UTC; undefined where it never happened. */
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
  /** Names of the volumes that it mounts. */
  readonly volumes: readonly string[];
  /** Where 22 is published on the engine's machine. */
  readonly sshPort: number | undefined;
  /** The id of its image. */
  readonly image: string;
}

export interface VolumeReport {
  readonly name: string;
  readonly labels: Labels;
}

/** Seconds and a fraction of any length, as Go writes times; year 1 is 'never'. */
const Time = z
  .string()
  .nullish()
  .transform(text =>
    text && !text.startsWith('0001-') && !Number.isNaN(Date.parse(text)) ? text : undefined,
  );

const Inspected = z.object({
  Id: z.string(),
  Name: z.string().default(''),
  Image: z.string().default(''),
  State: z.object({
    Status: z.string(),
    ExitCode: z.number().default(0),
    OOMKilled: z.boolean().default(false),
    Error: z.string().nullish(),
    StartedAt: Time,
    FinishedAt: Time,
  }),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
  Mounts: z.array(z.object({ Type: z.string().nullish(), Name: z.string().nullish() })).nullish(),
  NetworkSettings: z
    .object({
      Ports: z.record(z.string(), z.array(z.object({ HostPort: z.string().nullish() })).nullish()).nullish(),
    })
    .nullish(),
});

/** From `GET /containers/{id}/json`; throws a ZodError where it is not that. */
export function containerReport(answer: unknown): ContainerReport {
  const { Id, Name, Image, State, Config, Mounts, NetworkSettings } = Inspected.parse(answer);
  const port = Number(NetworkSettings?.Ports?.['22/tcp']?.[0]?.HostPort);
  return {
    id: Id,
    name: Name.replace(/^\//, ''),
    labels: Config?.Labels ?? {},
    status: statusNamed(State.Status),
    exitCode: State.ExitCode,
    oomKilled: State.OOMKilled,
    error: State.Error ?? '',
    startedAt: State.StartedAt,
    finishedAt: State.FinishedAt,
    volumes: (Mounts ?? []).flatMap(({ Name }) => Name ?? []),
    sshPort: Number.isInteger(port) && port > 0 ? port : undefined,
    image: Image,
  };
}

const Volume = z
  .object({ Name: z.string(), Labels: z.record(z.string(), z.string()).nullish() })
  .transform(({ Name, Labels }): VolumeReport => ({ name: Name, labels: Labels ?? {} }));
const VolumeList = z.object({ Volumes: z.array(Volume).nullish() });

/** From `POST /volumes/create`, and one of `GET /volumes`. */
export function volumeReport(answer: unknown): VolumeReport {
  return Volume.parse(answer);
}

/** From `GET /volumes`. */
export function volumeReports(answer: unknown): VolumeReport[] {
  return VolumeList.parse(answer).Volumes ?? [];
}

const PathStat = z.object({ mtime: z.string(), size: z.number().default(0) });

/** When a file in a container was last written, unix time in ms, from the header of `HEAD …/archive`. */
export function fileTime(header: unknown): number | undefined {
  if (typeof header !== 'string') return undefined;
  try {
    const time = Date.parse(PathStat.parse(JSON.parse(Buffer.from(header, 'base64').toString())).mtime);
    return Number.isNaN(time) ? undefined : time;
  } catch {
    return undefined;
  }
}

/** Podman has words of its own for some. What nobody knows counts as dead: shown, never started blindly. */
function statusNamed(text: string): ContainerStatus {
  const known = containerStatuses.find(status => status === text);
  if (known) return known;
  if (text === 'configured' || text === 'initialized') return 'created';
  if (text === 'stopped' || text === 'stopping') return text === 'stopped' ? 'exited' : 'running';
  return 'dead';
}
