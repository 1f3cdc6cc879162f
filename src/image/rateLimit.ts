/** How often a registry lets one pull, from its headers `RateLimit-*` (Docker Hub, Pull usage and limits). Pure. */
import type { IncomingHttpHeaders } from 'node:http';

export interface RateLimit {
  readonly limit: number;
  readonly remaining: number;
  /** In which so many are allowed, in s; 0: not said. */
  readonly windowS: number;
}

/** Undefined where they say nothing: whoever pays, or pulls from an exempt image, is told no limit. */
export function rateLimitOf(headers: IncomingHttpHeaders): RateLimit | undefined {
  const read = (name: string) => {
    const value = headers[name];
    const [, count, window] = /^(\d+)(?:;w=(\d+))?/.exec(typeof value === 'string' ? value : '') ?? [];
    return count === undefined ? undefined : { count: Number(count), windowS: Number(window ?? 0) };
  };
  const [limit, remaining] = [read('ratelimit-limit'), read('ratelimit-remaining')];
  return limit && remaining && { limit: limit.count, remaining: remaining.count, windowS: limit.windowS };
}
