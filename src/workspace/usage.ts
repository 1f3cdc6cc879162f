/** How much a workspace used over the last quarter of an hour: what its page draws. Pure. */

/** One moment; bytes a second are undefined where nobody tells them. */
export interface UsagePoint {
  /** Unix time in ms. */
  readonly at: number;
  /** Cores in use, such as 1.5. */
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly memoryLimitBytes: number;
  readonly receivedPerSecond?: number | undefined;
  readonly sentPerSecond?: number | undefined;
  readonly readPerSecond?: number | undefined;
  readonly writtenPerSecond?: number | undefined;
}

/** What an engine tells: bytes since the start of the workspace. */
export interface UsageSample extends Pick<UsagePoint, 'at' | 'cpus' | 'memoryBytes' | 'memoryLimitBytes'> {
  readonly receivedBytes?: number | undefined;
  readonly sentBytes?: number | undefined;
  readonly readBytes?: number | undefined;
  readonly writtenBytes?: number | undefined;
}

/** How much of the past is kept and drawn. */
export const pastMs = 15 * 60_000;

/** What lies between two samples; rates need a sample before, of the same run. */
export function pointBetween(before: UsageSample | undefined, now: UsageSample): UsagePoint {
  const { at, cpus, memoryBytes, memoryLimitBytes } = now;
  const seconds = before ? (at - before.at) / 1000 : 0;
  const rate = (then: number | undefined, total: number | undefined) =>
    seconds > 0 && then !== undefined && total !== undefined && total >= then
      ? (total - then) / seconds
      : undefined;
  return {
    at,
    cpus,
    memoryBytes,
    memoryLimitBytes,
    receivedPerSecond: rate(before?.receivedBytes, now.receivedBytes),
    sentPerSecond: rate(before?.sentBytes, now.sentBytes),
    readPerSecond: rate(before?.readBytes, now.readBytes),
    writtenPerSecond: rate(before?.writtenBytes, now.writtenBytes),
  };
}

/** The series with one more point, and without what is too old or, because a clock was set back, from the future. */
export function withPoint<T extends { readonly at: number }>(series: readonly T[], point: T): T[] {
  const kept = series.filter(({ at }) => at > point.at - pastMs && at < point.at);
  kept.push(point);
  return kept;
}
