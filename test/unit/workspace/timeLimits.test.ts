import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultsOn, startDraft } from '../../../src/workspace/draft.ts';
import { editPlan } from '../../../src/workspace/editCost.ts';
import { type SettingsInput, WorkspaceSettings } from '../../../src/workspace/settings.ts';
import { deadlineOf, hasTimeLimit, timeLimits } from '../../../src/workspace/timeLimits.ts';

const now = Date.parse('2026-06-01T12:00:00Z');
const settings = (input: Partial<SettingsInput> = {}) => WorkspaceSettings.parse({ image: 'x', ...input });

describe('time limits', () => {
  it('are none where settings say nothing of them, as those of an older Berth', () => {
    const limits = timeLimits(settings(), now);
    assert.equal(hasTimeLimit(settings()), false);
    assert.deepEqual([limits.lifespan, limits.idle, limits.daily, limits.longest], [0, 0, [], 0]);
    assert.equal(deadlineOf(settings()), undefined);
  });

  it('are eight hours for what is made new, on every kind of engine', () => {
    for (const engine of ['docker', 'kubernetes'] as const) {
      assert.equal(defaultsOn(engine).lifespanHours, 8);
      assert.equal(startDraft({}, engine).values.lifespanHours, 8);
    }
  });

  it('are in seconds, and name the hour', () => {
    const limits = timeLimits(
      settings({
        lifespanHours: 9,
        dailyStop: '19:00',
        dailyStopZone: 'Europe/Berlin',
        idleMinutes: 30,
        apps: [{ id: 'a', command: 'a', port: 8888 }],
        ports: [{ port: 8888 }, { port: 3000 }],
      }),
      now,
    );
    assert.deepEqual(
      { ...limits, daily: limits.daily.slice(0, 1) },
      {
        lifespan: 32_400,
        idle: 1800,
        warning: 600,
        daily: [Date.parse('2026-06-01T17:00:00Z') / 1000],
        dailyWords: '19:00 Europe/Berlin',
        longest: 432_000,
        inside: 32_400 + 86_400,
        loginLine: true,
        ports: [8888, 3000],
      },
    );
  });

  it('stay below a policy’s cap, extensions too', () => {
    const { lifespan, longest, inside } = timeLimits(settings({ lifespanHours: 48 }), now, 24);
    assert.deepEqual([lifespan, longest, inside], [86_400, 86_400, 86_400]);
  });

  it('leave a cluster’s deadline behind every extension from inside', () => {
    for (const lifespanHours of [1, 8, 120]) {
      const { inside } = timeLimits(settings({ lifespanHours }), now);
      assert.ok((deadlineOf({ lifespanHours }) ?? 0) > inside);
    }
  });

  it('keep a cluster’s deadline at a policy’s cap, behind what the watchdog keeps', () => {
    for (const [lifespanHours, capHours] of [
      [8, 12],
      [48, 24],
      [4, 120],
    ] as const) {
      const { inside } = timeLimits(settings({ lifespanHours }), now, capHours);
      assert.equal(deadlineOf({ lifespanHours }, capHours), inside + 600);
    }
    assert.equal(deadlineOf({ lifespanHours: 0 }, 12), undefined);
  });

  it('are changed while it runs', () => {
    const edited = {
      lifespanHours: 4,
      dailyStop: '19:00',
      idleMinutes: 10,
      warningMinutes: 5,
      loginLine: false,
    };
    for (const engine of ['docker', 'kubernetes'] as const)
      assert.equal(editPlan(settings(), settings(edited), engine).cost, 'live');
  });

  for (const [input, fits] of [
    [{ lifespanHours: 120 }, true],
    [{ lifespanHours: 121 }, false],
    [{ lifespanHours: -1 }, false],
    [{ dailyStop: '24:00' }, false],
    [{ dailyStop: '7:00' }, false],
    [{ dailyStop: '23:59' }, true],
    [{ dailyStopZone: 'Europe/Atlantis' }, false],
    [{ dailyStopZone: 'America/Argentina/Buenos_Aires' }, true],
    [{ idleMinutes: 10_081 }, false],
    [{ warningMinutes: 61 }, false],
  ] as const) {
    it(`${JSON.stringify(input)} is ${fits ? 'taken' : 'refused'}`, () =>
      assert.equal(WorkspaceSettings.safeParse({ image: 'x', ...input }).success, fits));
  }
});
