/** Opens the engine of a target. The only way to one: each kind is a bundle of its own, loaded at its first use. */
import type { Engine } from './engine.ts';
import type { Target } from './target.ts';

/** What every engine is given by whoever opens it. */
export interface EngineHost {
  /** The text of boot.sh. */
  readonly bootScript: string;
  /** For the log channel; secrets never pass here. */
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', message: string) => void;
}

export async function openEngine(target: Target, host: EngineHost): Promise<Engine> {
  switch (target.kind) {
    case 'docker': {
      const { DockerEngine } = await import('./docker/docker.ts');
      return new DockerEngine(target, host);
    }
  }
}
