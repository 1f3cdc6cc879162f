import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSizes } from '../../../src/workspace/folderSizes.ts';

describe('sizes of folders', () => {
  const rows: readonly (readonly [string, string, unknown])[] = [
    [
      'in use and free',
      'disk 1 100 40\nused 1 7\n',
      { usedBytes: 7168, totalBytes: 102400, freeBytes: 40960 },
    ],
    ['too much to count', 'disk 1 100 40\nused 1 \n', { totalBytes: 102400, freeBytes: 40960 }],
    ['a header of df', 'disk 1 1024-blocks Available\nused 1 7\n', { usedBytes: 7168 }],
    ['nothing', '', {}],
    ['another folder', 'used 9 7\n', {}],
    ['a stranger', '<script>\nused 1 -7\n', {}],
  ];
  for (const [what, text, size] of rows) {
    it(`tell of ${what}`, () => assert.deepEqual(parseSizes(text, 1), [size]));
  }
});
