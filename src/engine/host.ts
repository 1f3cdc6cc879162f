/** What every engine is given by whoever opens it. */
export interface EngineHost {
  /** The text of boot.sh. */
  readonly bootScript: string;
  /** For the log channel; secrets never pass here. */
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', message: string) => void;
}
