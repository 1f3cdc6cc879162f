/**
 * A time of day in a zone, as instants. Worked out here, where zones are known, and handed to boot as seconds: images
 * need no tzdata, and boot no calendar. Pure.
 */

/** How far ahead instants are worked out: a workspace that runs for longer without a start goes by the last one's hour. */
const daysAhead = 370;

const dayMs = 24 * 3_600_000;

/** Whether it is an IANA zone that this machine knows. */
export function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/**
 * Unix times in seconds at which clocks in `zone` show `time` ('HH:MM'), after `from` (Unix time in ms), once a day. Where
 * they show it twice it is the first; where they skip it, what the clock would have shown: as long after midnight as ever.
 */
export function dailyStops(time: string, zone: string, from: number, days = daysAhead): number[] {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const offsetAt = offsetsOf(zone);
  const today = new Date(from + offsetAt(from));
  const stops = Array.from({ length: days + 2 }, (_, day) => {
    const shown = Date.UTC(
      today.getUTCFullYear(),
      today.getUTCMonth(),
      today.getUTCDate() + day - 1,
      hours,
      minutes,
    );
    return instantOf(shown, offsetAt);
  });
  const after = stops.filter(stop => stop > from).map(stop => Math.floor(stop / 1000));
  return [...new Set(after)].slice(0, days);
}

/** `shown`: what the clock shows, as if it were UTC. */
function instantOf(shown: number, offsetAt: (instant: number) => number): number {
  const before = offsetAt(shown - dayMs);
  const after = offsetAt(shown + dayMs);
  const fitting = [before, after].find(offset => offsetAt(shown - offset) === offset);
  return shown - (fitting ?? before);
}

/** How far the zone is ahead of UTC at an instant, in ms. */
function offsetsOf(zone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return instant => {
    const parts = Object.fromEntries(
      format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
  };
}
