import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sizeFor } from '../../../src/workspace/presets.ts';

const presets = [
  { name: 'Large', cpus: 4, memoryGiB: 16 },
  { name: 'Small', cpus: 2, memoryGiB: 2 },
  { name: 'Medium', cpus: 2, memoryGiB: 8 },
];
const gibibyte = 2 ** 30;

describe('the size for what an image recommends', () => {
  for (const [title, given, advised, room, expected] of [
    ['the smallest preset without advice', presets, {}, {}, '2 2048'],
    ['the smallest preset that is enough', presets, { memoryMiB: 3000 }, {}, '2 8192'],
    ['a preset with processors enough', presets, { cpus: 2.5 }, {}, '4 16384'],
    ['the advice itself above all presets', presets, { cpus: 1, memoryMiB: 20_000.5 }, {}, '2 20001'],
    [
      'the advice itself where the preset does not fit',
      presets,
      { memoryMiB: 9000 },
      { freeMemoryBytes: 10 * gibibyte },
      '2 9000',
    ],
    [
      'the smallest preset where nothing that is enough fits',
      presets,
      { memoryMiB: 9000 },
      { freeMemoryBytes: 4 * gibibyte },
      '2 2048',
    ],
    ['the advice itself without presets', [], { memoryMiB: 512 }, {}, '0.1 512'],
    ['none without both', [], {}, {}, ''],
  ] as const) {
    it(`is ${title}`, () => {
      const size = sizeFor(given, advised, room);
      assert.equal(size ? `${size.cpus} ${size.memoryMiB}` : '', expected);
    });
  }
});
