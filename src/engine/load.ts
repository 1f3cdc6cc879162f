/** Opens the engine of a target. The only way to one: each kind is a bundle of its own, loaded at its first use. */
import type { Engine } from './engine.ts';
import type { EngineHost } from './host.ts';
import type { Target } from './target.ts';

export async function openEngine(target: Target, host: EngineHost): Promise<Engine> {
  switch (target.kind) {
    case 'docker': {
      const { DockerEngine } = await import('./docker/docker.ts');
      return new DockerEngine(target, host);
    }
    case 'kubernetes': {
      const { KubernetesEngine } = await import('./kubernetes/kubernetes.ts');
      return await KubernetesEngine.open(target, host);
    }
  }
}
