/** `berth.kubernetes.connect`: through the API server, straight to the pod, or whichever answers first. */
export const clusterWays = ['auto', 'forward', 'direct'] as const;
export type ClusterWay = (typeof clusterWays)[number];

/** What every engine is given by whoever opens it. */
export interface EngineHost {
  /** The text of boot.sh. */
  readonly bootScript: string;
  /** Asked at each use. Absent: 'auto'. */
  readonly clusterWay?: () => ClusterWay;
  /** For the log channel; secrets never pass here. */
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', message: string) => void;
}
