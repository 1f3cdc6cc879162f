import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dailyStops, isTimeZone } from '../../../src/workspace/dailyStop.ts';

/** As ISO 8601, the first `days` of them. */
function stops(time: string, zone: string, from: string, days = 3): string[] {
  return dailyStops(time, zone, Date.parse(from), days).map(stop =>
    new Date(stop * 1000).toISOString().replace(':00.000Z', 'Z'),
  );
}

describe('the daily stop', () => {
  const table: readonly (readonly [what: string, args: [string, string, string], expected: string[]])[] = [
    [
      'in UTC, today where it is still to come',
      ['19:00', 'UTC', '2026-06-01T18:59:59Z'],
      ['2026-06-01T19:00Z', '2026-06-02T19:00Z', '2026-06-03T19:00Z'],
    ],
    [
      'at this very moment: tomorrow',
      ['19:00', 'UTC', '2026-06-01T19:00:00Z'],
      ['2026-06-02T19:00Z', '2026-06-03T19:00Z', '2026-06-04T19:00Z'],
    ],
    [
      'keeps its hour as summer time begins',
      ['19:00', 'Europe/Berlin', '2026-03-27T19:00:00Z'],
      ['2026-03-28T18:00Z', '2026-03-29T17:00Z', '2026-03-30T17:00Z'],
    ],
    [
      'keeps its hour as summer time ends',
      ['19:00', 'America/New_York', '2026-10-30T23:30:00Z'],
      ['2026-10-31T23:00Z', '2026-11-02T00:00Z', '2026-11-03T00:00Z'],
    ],
    [
      'at an hour that is skipped: as long after midnight as ever',
      ['02:30', 'Europe/Berlin', '2026-03-28T12:00:00Z'],
      ['2026-03-29T01:30Z', '2026-03-30T00:30Z', '2026-03-31T00:30Z'],
    ],
    [
      'at an hour that comes twice: the first time, once',
      ['02:30', 'Europe/Berlin', '2026-10-24T12:00:00Z'],
      ['2026-10-25T00:30Z', '2026-10-26T01:30Z', '2026-10-27T01:30Z'],
    ],
    [
      'where summer time moves by half an hour',
      ['12:00', 'Australia/Lord_Howe', '2026-04-03T12:00:00Z'],
      ['2026-04-04T01:00Z', '2026-04-05T01:30Z', '2026-04-06T01:30Z'],
    ],
    [
      'where it is tomorrow already',
      ['00:15', 'Pacific/Kiritimati', '2026-06-01T10:00:00Z'],
      ['2026-06-01T10:15Z', '2026-06-02T10:15Z', '2026-06-03T10:15Z'],
    ],
    [
      'where it is yesterday still',
      ['23:59', 'Pacific/Pago_Pago', '2026-06-02T10:58:00Z'],
      ['2026-06-02T10:59Z', '2026-06-03T10:59Z', '2026-06-04T10:59Z'],
    ],
    [
      'over a leap day',
      ['06:00', 'Asia/Kolkata', '2028-02-28T12:00:00Z'],
      ['2028-02-29T00:30Z', '2028-03-01T00:30Z', '2028-03-02T00:30Z'],
    ],
  ];
  for (const [what, args, expected] of table) {
    it(what, () => assert.deepEqual(stops(...args), expected));
  }

  it('is worked out for a year, each day once, in order', () => {
    const all = dailyStops('02:30', 'Europe/Berlin', Date.parse('2026-01-01T00:00:00Z'));
    assert.equal(all.length, 370);
    const gaps = all.slice(1).map((stop, index) => (stop - (all[index] ?? 0)) / 3600);
    assert.deepEqual([...new Set(gaps)].sort(), [23, 24, 25]);
    assert.equal(gaps.filter(gap => gap === 23).length, 1);
  });
});

describe('a time zone', () => {
  for (const [zone, is] of [
    ['UTC', true],
    ['Europe/Berlin', true],
    ['Europe/Atlantis', false],
    ['', false],
    ['$(id)', false],
  ] as const) {
    it(`${JSON.stringify(zone)} is ${is ? 'one' : 'none'}`, () => assert.equal(isTimeZone(zone), is));
  }
});
