import type { RegistryAccess } from '../image/registryAccess.ts';

/** How a pod is reached: through the cluster's API, by its own address, or directly where that answers at once. */
export const connectWays = ['forward', 'direct', 'auto'] as const;
export type ConnectWay = (typeof connectWays)[number];

/** What every engine is given by whoever opens it. */
export interface EngineHost {
  /** The text of boot.sh. */
  readonly bootScript: string;
  /** `berth.kubernetes.connect`, asked at each use. Default: forward. */
  readonly connect?: () => ConnectWay;
  /** Who this machine is to registries, and how it gets there. Default: what docker and podman know. */
  readonly registries?: RegistryAccess;
  /** For the log channel; secrets never pass here. */
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', message: string) => void;
}
