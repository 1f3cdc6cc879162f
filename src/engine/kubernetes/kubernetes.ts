/** The Kubernetes engine: each call is an operation on objects of one namespace, its failures told in Berth's words. */
import type { Engine } from '../engine.ts';
import type { EngineHost } from '../host.ts';
import type { KubernetesTarget } from '../target.ts';

export declare class KubernetesEngine {
  constructor(target: KubernetesTarget, host: EngineHost);
}
export interface KubernetesEngine extends Engine {}
