/** Containers that Berth did not make: found, looked at, and entered by exec. Nothing here changes one. */
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { BerthError } from '../../workspace/error.ts';
import type { Adoptable, Candidate, Place, PlaceState } from '../adoptable.ts';
import type { Calls } from '../calls.ts';
import type { ExecResult } from '../engine.ts';
import { nameOf, roleOf } from '../labels.ts';
import { unlessGone } from './errors.ts';
import { execStream, execToEnd } from './exec.ts';
import { forwardScript } from './forwardScript.ts';
import { recordVolume } from './names.ts';
import { abortable } from './observe.ts';
import type { Workbench } from './workbench.ts';

/** What the engine's list says of a container, cut down to what decides. */
export const ListedContainer = z.object({
  Id: z.string(),
  Names: z.array(z.string()).nullish(),
  Image: z.string().default(''),
  Labels: z.record(z.string(), z.string()).nullish(),
  Mounts: z.array(z.object({ Name: z.string().nullish() })).nullish(),
});
type ListedContainer = z.infer<typeof ListedContainer>;

const Inspected = z.object({
  Id: z.string(),
  State: z.object({ Status: z.string(), Running: z.boolean(), Paused: z.boolean().nullish() }),
  NetworkSettings: z
    .object({
      Ports: z
        .record(
          z.string(),
          z.array(z.object({ HostIp: z.string().nullish(), HostPort: z.string() })).nullish(),
        )
        .nullish(),
    })
    .nullish(),
});
type Inspected = z.infer<typeof Inspected>;

/** As the container's own user. */
const ownUser = '';

export class ContainerAdoption implements Adoptable {
  readonly #bench: Workbench;
  readonly #calls: Calls;

  constructor(bench: Workbench, calls: Calls) {
    this.#bench = bench;
    this.#calls = calls;
  }

  async candidates(signal?: AbortSignal): Promise<readonly Candidate[]> {
    return await this.#calls.ask(l10n.t('Cannot list the containers'), signal, async until => {
      const listed = await this.#bench.docker.listContainers(abortable(until));
      return z
        .array(ListedContainer)
        .parse(listed)
        .filter(isForeign)
        .map(({ Id, Names, Image }) => ({
          id: Id,
          name: Names?.[0]?.replace(/^\//, '') ?? Id.slice(0, 12),
          image: Image,
        }))
        .sort((a, b) => a.name.localeCompare(b.name));
    });
  }

  async look(place: Place, signal?: AbortSignal): Promise<PlaceState> {
    return await this.#calls.ask(l10n.t('Cannot look at “{0}”', place.name), signal, async until => {
      const found = await this.#inspect(place.id, until);
      if (found) return stateOf(found);
      const other = await this.#inspect(place.name, until);
      return other
        ? { kind: 'replaced', id: other.Id, isRunning: stateOf(other).kind === 'running' }
        : { kind: 'gone' };
    });
  }

  async exec(
    place: Place,
    argv: readonly string[],
    { stdin, signal }: { readonly stdin?: string; readonly signal?: AbortSignal } = {},
  ): Promise<ExecResult> {
    return await this.#calls.ask(l10n.t('Cannot run a program in “{0}”', place.name), signal, until =>
      execToEnd(
        this.#container(place),
        { argv, user: ownUser, ...(stdin !== undefined && { stdin }) },
        until,
      ),
    );
  }

  async open(place: Place, argv: readonly string[], signal?: AbortSignal): Promise<Duplex> {
    return await this.#calls.ask(l10n.t('Cannot connect to “{0}”', place.name), signal, () =>
      execStream(this.#container(place), { argv, user: ownUser }, this.#complain(place)),
    );
  }

  /** By the port that it publishes on this machine, else by a program inside that passes it on. */
  async dial(place: Place, port: number, signal?: AbortSignal): Promise<Duplex> {
    return await this.#calls.ask(
      l10n.t('Cannot reach port {0} of “{1}”', String(port), place.name),
      signal,
      async until => {
        const published = this.#bench.connection.isLocal
          ? publishedPort(await this.#inspect(place.id, until), port)
          : undefined;
        if (published !== undefined) return connect({ host: '127.0.0.1', port: published });
        const argv = ['/bin/sh', '-c', forwardScript, 'forward', String(port)];
        return await execStream(this.#container(place), { argv, user: ownUser }, this.#complain(place));
      },
    );
  }

  #container({ id }: Place) {
    return this.#bench.docker.getContainer(id);
  }

  #complain({ name }: Place): (text: string) => void {
    return text => this.#bench.log('debug', `${name}: ${text.trim()}`);
  }

  async #inspect(idOrName: string, signal: AbortSignal): Promise<Inspected | undefined> {
    const answer = await unlessGone(this.#bench.docker.getContainer(idOrName).inspect(abortable(signal)));
    if (answer === undefined) return undefined;
    const read = Inspected.safeParse(answer);
    if (read.success) return read.data;
    throw new BerthError(l10n.t('The engine says of “{0}” what Berth cannot read', idOrName), {
      cause: read.error,
    });
  }
}

/**
 * Pure: neither Berth's nor the system's. Labels alone prove nothing: whatever runs an image made of a workspace has them.
 */
export function isForeign({ Labels, Mounts }: ListedContainer): boolean {
  const labels = Labels ?? {};
  if (labels['io.kubernetes.docker.type'] === 'podsandbox') return false;
  if (/^kube-/.test(labels['io.kubernetes.pod.namespace'] ?? '')) return false;
  const workspace = nameOf(labels);
  if (workspace === undefined) return true;
  const isOwn = (Mounts ?? []).some(({ Name }) => Name === recordVolume(workspace));
  return !isOwn && roleOf(labels) === undefined;
}

function stateOf({ State }: Inspected): PlaceState {
  if (State.Running && !State.Paused && State.Status !== 'restarting') return { kind: 'running' };
  return { kind: 'off', reason: State.Status };
}

/** Pure: where on this machine's loopback a port of the container answers. */
export function publishedPort(container: Inspected | undefined, port: number): number | undefined {
  const bindings = container?.NetworkSettings?.Ports?.[`${port}/tcp`] ?? [];
  const binding = bindings.find(({ HostIp }) => ['', '0.0.0.0', '127.0.0.1'].includes(HostIp ?? ''));
  return binding && Number(binding.HostPort);
}
