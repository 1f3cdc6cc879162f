import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { spanWords } from '../../../src/workspace/span.ts';
import {
  isOverdue,
  isUnattended,
  parseSpan,
  parseStopping,
  parseTimeLeft,
  stopWords,
  type TimeLeft,
  timeLeftWords,
  warnsAt,
} from '../../../src/workspace/timeLeft.ts';

const now = 1_780_000_000_000;
const minute = 60_000;

describe('what a watchdog says', () => {
  const table: readonly (readonly [string, TimeLeft | undefined])[] = [
    [
      'berth-time 300 lifespan 0 3600 8 h lifespan\n',
      { endsAt: now + 300_000, limit: 'lifespan', what: '8 h lifespan', isWarned: false, roomMs: 3_600_000 },
    ],
    [
      'berth-time -12 idle 4711 -3 30 min without a connection\n',
      { endsAt: now - 12_000, limit: 'idle', what: '30 min without a connection', isWarned: true, roomMs: 0 },
    ],
    [
      'berth-time  none 0 432000 \n',
      { endsAt: undefined, limit: undefined, what: '', isWarned: false, roomMs: 432_000_000 },
    ],
    [
      'berth-time 5 somethingnew 0 5 x\n',
      { endsAt: undefined, limit: undefined, what: 'x', isWarned: false, roomMs: 5000 },
    ],
    [
      'berth-time 300 daily 0 60 #daily 300 19:00 UTC\nberth-silent 4000\n',
      {
        endsAt: now + 300_000,
        limit: 'daily',
        what: 'daily stop at 19:00 UTC, extended by 5 min',
        isWarned: false,
        roomMs: 60_000,
      },
    ],
    ['', undefined],
    ['berth-stopping 5 limit x\n', undefined],
    ['sh: berth: not found\n', undefined],
    ['berth-time 99999999999999999 lifespan 0 0 x\n', undefined],
    [`berth-time 5 lifespan 0 0 ${'x'.repeat(300)}\n`, undefined],
    ['berth-time 5 lifespan 0 0 x\nand more\n', undefined],
  ];
  for (const [text, expected] of table) {
    it(JSON.stringify(text.slice(0, 50)), () => assert.deepEqual(parseTimeLeft(text, now), expected));
  }
});

const left = (endsAt: number | undefined, more: Partial<TimeLeft> = {}): TimeLeft => ({
  endsAt,
  limit: 'lifespan',
  what: '8 h lifespan',
  isWarned: false,
  roomMs: 0,
  ...more,
});

describe('a workspace is overdue', () => {
  for (const [what, time, is] of [
    ['long after its end', left(now - 6 * minute, { isWarned: true }), true],
    ['where its watchdog was dead before it could warn', left(now - 6 * minute), true],
    ['not a moment after its end', left(now - 4 * minute, { isWarned: true }), false],
    ['not before it', left(now + 1, { isWarned: true }), false],
    ['never where nothing stops it', left(undefined, { isWarned: true }), false],
  ] as const) {
    it(what, () => assert.equal(isOverdue(time, now), is));
  }
});

describe('people are warned', () => {
  const settings = { warningMinutes: 10, idleMinutes: 30, lifespanHours: 8 };
  for (const [what, time, changes, expected] of [
    ['as long before as they want', left(now), {}, now - 10 * minute],
    ['never where they want none', left(now), { warningMinutes: 0 }, undefined],
    ['never where nothing stops it', left(undefined), {}, undefined],
    [
      'of an idle stop at half of the time',
      left(now, { limit: 'idle' }),
      { idleMinutes: 6 },
      now - 3 * minute,
    ],
    [
      'of a daily stop as long as ever',
      left(now, { limit: 'daily' }),
      { warningMinutes: 60 },
      now - 60 * minute,
    ],
  ] as const) {
    it(what, () => assert.equal(warnsAt(time, { ...settings, ...changes }), expected));
  }
});

describe('a span that is typed', () => {
  for (const [text, expected] of [
    ['2h', 7200],
    ['2', 7200],
    ['1.5 h', 5400],
    ['1,5h', 5400],
    ['90m', 5400],
    ['90 min', 5400],
    ['1h30m', 5400],
    [' 1 H 30 Min ', 5400],
    ['', undefined],
    ['0h', undefined],
    ['-1h', undefined],
    ['2d', undefined],
    ['h', undefined],
    ['1h 2h', undefined],
  ] as const) {
    it(JSON.stringify(text), () => assert.equal(parseSpan(text), expected));
  }
});

describe('words', () => {
  for (const [ms, expected] of [
    [0, 'under 1 min'],
    [-5, 'under 1 min'],
    [599_000, '10 min'],
    [8 * 60 * minute, '8 h'],
    [478 * minute, '7 h 58 min'],
    [59.7 * minute, '1 h'],
  ] as const) {
    it(`for ${ms} ms`, () => assert.equal(spanWords(ms), expected));
  }

  it('say how long it has, and what then stops it', () => {
    assert.equal(timeLeftWords(left(now + 90 * minute), now), '1 h 30 min left');
    assert.equal(stopWords(left(now + 90 * minute), now), 'Stops in 1 h 30 min: 8 h lifespan');
    assert.equal(timeLeftWords(undefined, now) + stopWords(left(undefined), now), '');
  });
});

describe('a workspace that should be off', () => {
  it('tells since when it ends, and why', () => {
    for (const [text, said] of [
      ['berth-stopping 42 limit #idle 0 60\n', { seconds: 42, reason: 'limit #idle 0 60' }],
      ['berth-stopping 0 \n', { seconds: 0, reason: '' }],
      ['berth-time 5 lifespan 0 0 x\n', undefined],
      ['berth-stopping soon\n', undefined],
      [`berth-stopping 1 ${'x'.repeat(2000)}\n`, undefined],
    ] as const)
      assert.deepEqual(parseStopping(text), said, text);
  });

  it('tells that nobody inside has looked for a while', () => {
    const time = 'berth-time  none 0 432000 \n';
    assert.equal(isUnattended(`${time}berth-silent 300\n`), true);
    for (const text of [time, 'berth-silent 300\n', `${time}x\nberth-silent 300\n`, ''])
      assert.equal(isUnattended(text), false, text);
  });
});
