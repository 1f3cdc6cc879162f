/** What a page shows of a workspace as it goes: measured while it runs and somebody looks, and kept for a quarter of an hour. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../engine/engine.ts';
import { type NamedSession, SessionNames } from '../engine/sessions.ts';
import { type Connections, lookArgv, parseLook } from '../workspace/connections.ts';
import type { WorkspaceName } from '../workspace/name.ts';
import { pointBetween, type UsagePoint, type UsageSample, withPoint } from '../workspace/usage.ts';
import type { GpuPoint, LiveInfo } from './messages.ts';

/** How often the workspace is asked who is connected: it runs a program each time. */
const lookMs = 10_000;
/** A GPU's driver may hang. */
const maxLookMs = 8_000;
/** Until it is tried again where it failed. */
const retryMs = 10_000;

/** Who is connected, by name where that is known. */
type NamedConnections = Omit<Connections, 'ssh'> & { readonly ssh: readonly NamedSession[] };

export interface LiveEvents {
  usage(point: UsagePoint): void;
  gpus(point: GpuPoint): void;
  connections(connections: NamedConnections): void;
  problem(part: 'usage' | 'connections', problem: string): void;
}

export class Live implements Disposable {
  readonly #engine: () => Promise<Engine>;
  readonly #name: WorkspaceName;
  readonly #events: LiveEvents;
  readonly #names: SessionNames;
  #usage: UsagePoint[] = [];
  #gpus: GpuPoint[] = [];
  #connections: NamedConnections | undefined;
  readonly #problems = { usage: '', connections: '' };
  /** There while it is measured. */
  #run: AbortController | undefined;
  #ports: readonly number[] = [];

  constructor(engine: () => Promise<Engine>, name: WorkspaceName, events: LiveEvents) {
    this.#engine = engine;
    this.#name = name;
    this.#events = events;
    this.#names = new SessionNames(engine, name);
  }

  get info(): LiveInfo {
    return {
      usage: this.#usage,
      gpus: this.#gpus,
      ...(this.#connections && { connections: copyOf(this.#connections) }),
      usageProblem: this.#problems.usage,
      connectionsProblem: this.#problems.connections,
    };
  }

  /** Measures from now on, or no longer. `ports`: those whose connections are counted. */
  update(isWanted: boolean, ports: readonly number[]): void {
    this.#ports = ports;
    if (isWanted === (this.#run !== undefined)) return;
    this.#run?.abort();
    this.#run = undefined;
    if (!isWanted) return;
    this.#run = new AbortController();
    const { signal } = this.#run;
    void this.#repeat('usage', signal, () => this.#sample(signal));
    void this.#repeat('connections', signal, () => this.#look(signal));
  }

  [Symbol.dispose](): void {
    this.#run?.abort();
  }

  /** What ends or fails is begun again: a stream of samples ends with the run of a workspace. */
  async #repeat(
    part: 'usage' | 'connections',
    signal: AbortSignal,
    action: () => Promise<void>,
  ): Promise<void> {
    while (!signal.aborted) {
      try {
        await action();
        this.#say(part, '');
      } catch (error) {
        if (signal.aborted) return;
        this.#say(part, error instanceof Error ? error.message : String(error));
      }
      await sleep(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #sample(signal: AbortSignal): Promise<void> {
    const engine = await this.#engine();
    let before: UsageSample | undefined;
    for await (const sample of engine.stats(this.#name, signal)) {
      if (signal.aborted) return;
      this.#say('usage', '');
      const point = pointBetween(before, sample);
      before = sample;
      this.#usage = withPoint(this.#usage, point);
      this.#events.usage(point);
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const engine = await this.#engine();
    while (!signal.aborted) {
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(maxLookMs)]);
      const answer = await engine.exec(this.#name, lookArgv(this.#ports), { signal: bounded });
      if (signal.aborted) return;
      if (answer.stdout === '') throw new Error(answer.stderr.trim());
      this.#say('connections', '');
      const { connections: found, gpus } = parseLook(answer.stdout);
      const connections = { ...found, ssh: await this.#names.named(found.ssh, bounded) };
      if (signal.aborted) return;
      this.#connections = connections;
      this.#events.connections(connections);
      if (gpus.length > 0) {
        const point = { at: Date.now(), gpus: [...gpus] };
        this.#gpus = withPoint(this.#gpus, point);
        this.#events.gpus(point);
      }
      await sleep(lookMs, undefined, { signal });
    }
  }

  #say(part: 'usage' | 'connections', problem: string): void {
    if (this.#problems[part] === problem) return;
    this.#problems[part] = problem;
    this.#events.problem(part, problem);
  }
}

/** As a message carries them. */
export function copyOf({ ssh, ports }: NamedConnections): NonNullable<LiveInfo['connections']> {
  const sessions = ssh.map(({ user, name, terminals, seconds }) => ({
    user,
    ...(name !== undefined && { name }),
    terminals: [...terminals],
    seconds,
  }));
  return { ssh: sessions, ports: [...ports] };
}
