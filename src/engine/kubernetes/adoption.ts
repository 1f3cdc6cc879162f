/** Pods that Berth did not make: found, looked at, and entered by exec and port-forward. Nothing here changes one. */
import { Duplex } from 'node:stream';
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import type { Adoptable, Candidate, Place, PlaceState } from '../adoptable.ts';
import type { Calls } from '../calls.ts';
import type { ExecResult } from '../engine.ts';
import { nameOf } from '../labels.ts';
import { type ExecStreams, execStreams, outcomeOf } from './execStreams.ts';
import { type Objects, unlessMissing } from './objects.ts';
import { portForward } from './portForward.ts';

/** What the server says of a pod, cut down to what decides. */
export const ForeignPod = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    deletionTimestamp: z.string().nullish(),
    labels: z.record(z.string(), z.string()).nullish(),
  }),
  spec: z.object({ containers: z.array(z.object({ name: z.string(), image: z.string().default('') })) }),
  status: z
    .object({
      phase: z.string().nullish(),
      containerStatuses: z
        .array(
          z.object({
            name: z.string(),
            state: z
              .object({
                running: z.unknown().optional(),
                waiting: z.object({ reason: z.string().nullish() }).nullish(),
                terminated: z.object({ reason: z.string().nullish() }).nullish(),
              })
              .nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
});
type ForeignPod = z.infer<typeof ForeignPod>;

const systemNamespaces = ['kube-system', 'kube-public', 'kube-node-lease'];

export class PodAdoption implements Adoptable {
  readonly #objects: Objects;
  readonly #calls: Calls;
  readonly #complain: (text: string) => void;

  /** `complain` hears what programs say on their standard error beside a connection. */
  constructor(objects: Objects, calls: Calls, complain: (text: string) => void) {
    this.#objects = objects;
    this.#calls = calls;
    this.#complain = complain;
  }

  async candidates(signal?: AbortSignal): Promise<readonly Candidate[]> {
    const { api, namespace } = this.#objects;
    if (systemNamespaces.includes(namespace)) return [];
    return await this.#calls.ask(l10n.t('Cannot list the pods'), signal, async until => {
      const List = z.object({ items: z.array(ForeignPod).nullish() });
      const { items } = await api.request(List, { path: this.#objects.path('pod'), signal: until });
      return (items ?? []).flatMap(candidatesOf).sort((a, b) => a.name.localeCompare(b.name));
    });
  }

  async look(place: Place, signal?: AbortSignal): Promise<PlaceState> {
    return await this.#calls.ask(l10n.t('Cannot look at “{0}”', place.name), signal, async until => {
      const path = this.#objects.path('pod', place.name);
      const pod = await unlessMissing(this.#objects.api.request(ForeignPod, { path, signal: until }));
      if (!pod) return { kind: 'gone' };
      const state = stateOf(pod, place);
      const { uid } = pod.metadata;
      return uid === place.id ? state : { kind: 'replaced', id: uid, isRunning: state.kind === 'running' };
    });
  }

  async exec(
    place: Place,
    argv: readonly string[],
    { stdin, signal }: { readonly stdin?: string; readonly signal?: AbortSignal } = {},
  ): Promise<ExecResult> {
    return await this.#calls.ask(l10n.t('Cannot run a program in “{0}”', place.name), signal, async until => {
      using streams = await this.#streams(place, argv, { stdin: stdin !== undefined, signal: until });
      return await outcomeOf(streams, stdin);
    });
  }

  async open(place: Place, argv: readonly string[], signal?: AbortSignal): Promise<Duplex> {
    return await this.#calls.ask(l10n.t('Cannot connect to “{0}”', place.name), signal, async until => {
      until.throwIfAborted();
      // The signal is for opening it only.
      const streams = await this.#streams(place, argv, { stdin: true });
      streams.stderr.on('data', (chunk: Buffer) => this.#complain(`${place.name}: ${String(chunk).trim()}`));
      return new ExecDuplex(streams);
    });
  }

  async dial(place: Place, port: number, signal?: AbortSignal): Promise<Duplex> {
    const { api, namespace } = this.#objects;
    return await this.#calls.ask(
      l10n.t('Cannot reach port {0} of “{1}”', String(port), place.name),
      signal,
      until => portForward(api, namespace, place.name, port, until),
    );
  }

  #streams(
    { name, container = '' }: Place,
    argv: readonly string[],
    options: { readonly stdin: boolean; readonly signal?: AbortSignal },
  ) {
    const { api, namespace } = this.#objects;
    return execStreams(api, { namespace, name }, container, argv, options);
  }
}

/** Ends like a socket: what the program said before its end is still read, and what is written after it goes nowhere. */
class ExecDuplex extends Duplex {
  readonly #streams: ExecStreams;

  constructor(streams: ExecStreams) {
    super({ allowHalfOpen: true });
    this.#streams = streams;
    streams.stdout
      .on('data', (chunk: Buffer) => {
        if (!this.push(chunk)) streams.stdout.pause();
      })
      .on('end', () => this.push(null))
      .on('error', error => this.destroy(error));
  }

  override _read(): void {
    this.#streams.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const { stdin } = this.#streams;
    if (!stdin || stdin.destroyed) done();
    else stdin.write(chunk, error => done(stdin.destroyed ? null : error));
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#streams.stdin?.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#streams[Symbol.dispose]();
    done(error);
  }
}

/** Pure: each running container of a pod that is neither Berth's nor on its way out. */
export function candidatesOf(pod: ForeignPod): readonly Candidate[] {
  const { name, uid, labels, deletionTimestamp } = pod.metadata;
  if (nameOf(labels ?? {}) !== undefined || deletionTimestamp) return [];
  return pod.spec.containers
    .filter(({ name: container }) => stateOf(pod, { name, id: uid, container }).kind === 'running')
    .map(({ name: container, image }) => ({ name, id: uid, container, image }));
}

function stateOf({ metadata, status }: ForeignPod, { container }: Place): PlaceState {
  if (metadata.deletionTimestamp) return { kind: 'off', reason: 'Terminating' };
  const { state } = (status?.containerStatuses ?? []).find(({ name }) => name === container) ?? {};
  if (state?.running) return { kind: 'running' };
  const reason = state?.waiting?.reason ?? state?.terminated?.reason ?? status?.phase ?? '';
  return { kind: 'off', reason };
}
