import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { capacityProblem } from '../../../src/engine/capacity.ts';
import { type Room, runsOn } from '../../../src/workspace/capacity.ts';
import { conflictsOf } from '../../../src/workspace/conflicts.ts';
import { WorkspaceSettings } from '../../../src/workspace/settings.ts';

describe('the room of a target', () => {
  it('is judged alike by the form and by the engine', () => {
    const bytes = fc.integer({ min: 0, max: 2 ** 40 });
    const rooms = fc.record({
      cpus: fc.integer({ min: 1, max: 64 }),
      memoryBytes: bytes,
      freeMemoryBytes: fc.option(bytes, { nil: undefined }),
      freeDiskBytes: fc.option(bytes, { nil: undefined }),
      runtimes: fc.subarray(['runc', 'runsc']),
      gpus: fc.boolean(),
    });
    const settings = fc.record({
      cpus: fc.integer({ min: 1, max: 96 }),
      cpuAllocation: fc.constantFrom('inherit', 'quotas', 'shares'),
      memoryMiB: fc.integer({ min: 64, max: 2 ** 20 }),
      diskGiB: fc.integer({ min: 1, max: 1024 }),
      gpuCount: fc.integer({ min: 0, max: 1 }),
      runtime: fc.option(fc.constantFrom('runc', 'runsc'), { nil: undefined }),
    });
    fc.assert(
      fc.property(settings, rooms, (wanted, known) => {
        const values = WorkspaceSettings.parse({ image: 'x', sharedMemoryMiB: 1, ...wanted });
        const room: Room = known;
        const refused = capacityProblem(values, { ...known, platforms: [] } as never);
        const [notice] = conflictsOf(values, { engine: 'docker', room }, {});
        assert.equal(notice?.message, refused?.message);
        assert.ok(!notice || notice.level === 'error');
      }),
    );
  });

  for (const [platform, platforms, isFine] of [
    ['linux/amd64/v2', ['linux/amd64'], true],
    ['linux/arm64/v8', ['linux/amd64', 'linux/386'], false],
    ['', ['linux/amd64'], true],
    [undefined, ['linux/amd64'], true],
    ['linux/arm64', [], true],
    ['linux/arm64', undefined, true],
  ] as const) {
    it(`takes ${platform || 'an unknown platform'} on ${platforms?.join(', ') || 'unknown ones'}: ${isFine}`, () =>
      assert.equal(runsOn(platform, platforms), isFine));
  }
});
