/** The limits of a workspace's life, from its settings to what the watchdog inside it goes by. Pure. */
import { dailyStops } from './dailyStop.ts';
import type { WorkspaceSettings } from './settings.ts';

/** The longest that a session may last with all its extensions, in hours; a policy may set less. */
const longestHours = 120;
/** By how much a cluster's own deadline lies behind the lifespan: room for extensions that are asked for from inside. */
const spareHours = 24;

const hour = 3600;
/** Seconds between the end that the watchdog keeps and the cluster's own. */
const leftToWatchdog = 600;

type TimeSettings = Pick<
  WorkspaceSettings,
  | 'lifespanHours'
  | 'dailyStop'
  | 'dailyStopZone'
  | 'idleMinutes'
  | 'warningMinutes'
  | 'loginLine'
  | 'apps'
  | 'ports'
>;

/** All in seconds; 0 is no limit. */
export interface TimeLimits {
  readonly lifespan: number;
  readonly idle: number;
  readonly warning: number;
  /** Unix times, the soonest first. */
  readonly daily: readonly number[];
  /** Such as '19:00 UTC'. */
  readonly dailyWords: string;
  /** With all extensions. */
  readonly longest: number;
  /** The same as far as it can be had from inside a cluster, whose deadline ends it then. */
  readonly inside: number;
  readonly loginLine: boolean;
  /** Of apps: a connection to one of them is somebody who works. */
  readonly ports: readonly number[];
}

/** `now` in Unix time, ms. `capHours`: a policy's, for a session with all its extensions. */
export function timeLimits(settings: TimeSettings, now: number, capHours = longestHours): TimeLimits {
  const longest = Math.min(capHours, longestHours) * hour;
  const lifespan = Math.min(settings.lifespanHours * hour, longest);
  const ports = [...settings.apps.map(({ port }) => port), ...settings.ports.map(({ port }) => port)];
  return {
    lifespan,
    idle: settings.idleMinutes * 60,
    warning: settings.warningMinutes * 60,
    daily: settings.dailyStop === '' ? [] : dailyStops(settings.dailyStop, settings.dailyStopZone, now),
    dailyWords: `${settings.dailyStop} ${settings.dailyStopZone}`,
    longest: hasTimeLimit(settings) ? longest : 0,
    inside: Math.min(longest, lifespan + spareHours * hour),
    loginLine: settings.loginLine,
    ports: [...new Set(ports.filter(port => port !== undefined))],
  };
}

/** Whether anything but people and the machine ever stops it. */
export function hasTimeLimit(
  settings: Pick<WorkspaceSettings, 'lifespanHours' | 'dailyStop' | 'idleMinutes'>,
): boolean {
  return settings.lifespanHours > 0 || settings.dailyStop !== '' || settings.idleMinutes > 0;
}

/**
 * After how many seconds a cluster ends a run by itself, whatever became of its watchdog; undefined: never. Far enough
 * behind the lifespan that no extension from inside is cut short. `capHours` as for timeLimits.
 */
export function deadlineOf(
  { lifespanHours }: Pick<WorkspaceSettings, 'lifespanHours'>,
  capHours?: number,
): number | undefined {
  if (lifespanHours === 0) return undefined;
  return Math.min((lifespanHours + spareHours) * hour + leftToWatchdog, furthestDeadline(capHours));
}

/** Beyond which no extension puts a cluster's deadline off. */
export function furthestDeadline(capHours = Infinity): number {
  return capHours * hour + leftToWatchdog;
}
