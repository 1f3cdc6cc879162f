/**
 * What an engine offers for containers and pods that Berth did not make: it finds them, looks at them and runs programs in
 * them. There is nothing here that starts, stops, changes or removes one.
 */
import type { Duplex } from 'node:stream';

/** One container, of an engine or in a pod. */
export interface Place {
  /** Of the container, or of the pod. */
  readonly name: string;
  /** In a pod: which of its containers. */
  readonly container?: string | undefined;
  /** Another one of the same name has another. */
  readonly id: string;
}

/** A place that runs, and is neither Berth's nor the system's. */
export interface Candidate extends Place {
  readonly image: string;
}

/** replaced: there is another one of that name, which nobody has adopted. */
export type PlaceState =
  | { readonly kind: 'running' }
  /** Such as 'exited'. */
  | { readonly kind: 'off'; readonly reason: string }
  | { readonly kind: 'replaced'; readonly id: string; readonly isRunning: boolean }
  | { readonly kind: 'gone' };

export interface Adoptable {
  candidates(signal?: AbortSignal): Promise<readonly Candidate[]>;
  look(place: Place, signal?: AbortSignal): Promise<PlaceState>;
  /** Runs it as the container's own user, to its end. */
  exec(
    place: Place,
    argv: readonly string[],
    options?: { readonly stdin?: string; readonly signal?: AbortSignal },
  ): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>;
  /** Runs it as the container's own user; its standard input and output as one stream. */
  open(place: Place, argv: readonly string[], signal?: AbortSignal): Promise<Duplex>;
  /** Raw bytes to a port in it. */
  dial(place: Place, port: number, signal?: AbortSignal): Promise<Duplex>;
}
