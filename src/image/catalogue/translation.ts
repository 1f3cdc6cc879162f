/** What a translation of `run_config` and `exec_config` comes to. */
import type { Overrides } from '../../workspace/overrides.ts';
import type { EnvVariable, Port } from '../../workspace/settings.ts';

/** Why a key of a config does not reach the engine. */
export type LeftOutLevel =
  /** Berth decides it itself: its name, its labels, its limits. */
  | 'refused'
  /** Berth could not work with it. */
  | 'conflict'
  /** Berth does not know the key, or does not understand its value. */
  | 'unknown';

export interface LeftOut {
  /** Stable, the value in it. */
  readonly id: string;
  /** As it is written, such as 'run_config.labels'. */
  readonly key: string;
  readonly level: LeftOutLevel;
  readonly words: string;
  /** As it is, shortened. */
  readonly value: string;
}

export interface Translation {
  /** What only overrides can say. */
  readonly overrides: Overrides;
  /** What Berth's own settings say as well. */
  readonly env: readonly EnvVariable[];
  readonly ports: readonly Port[];
  readonly sharedMemoryMiB?: number;
  readonly leftOut: readonly LeftOut[];
}

/** What one key gives. The overrides are checked against their schema by whoever joins them. */
export interface Part {
  readonly overrides?: Readonly<Record<string, unknown>>;
  readonly env?: readonly EnvVariable[];
  readonly ports?: readonly Port[];
  readonly sharedMemoryMiB?: number;
  /** Of this key, what is left out, with the reason. */
  readonly leftOut?: readonly Pick<LeftOut, 'level' | 'words' | 'value'>[];
}

/** Reads the value of one key; throws where it does not understand it. */
export type Reader = (value: unknown) => Part;
