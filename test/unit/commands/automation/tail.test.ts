import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tailOf } from '../../../../src/commands/automation/tail.ts';

async function* pieces(...texts: string[]): AsyncIterable<string> {
  yield* texts;
}
const plainly = { lines: 3, clean: (text: string) => text, longest: 0 };

describe('the end of a log', () => {
  it('is its last lines, in however many pieces they come', async () => {
    assert.equal(await tailOf(pieces('a\nb', 'c\nd', '\n', 'e\n'), plainly), 'bc\nd\ne');
    assert.equal(await tailOf(pieces(), plainly), '');
  });
  it('is bounded, also where there are no lines', async () => {
    const told = await tailOf(pieces(...Array<string>(200).fill('x'.repeat(10_000))), plainly);
    assert.equal(told.length, 16_001);
    assert.equal(told[0], '…');
  });
  it('has no part of a secret at the place where it was cut', async () => {
    const secret = 'S'.repeat(1_000);
    const clean = (text: string) => text.replaceAll(secret, '*');
    for (let shift = 0; shift < 2_000; shift += 250) {
      const text = `${'-'.repeat(shift)}${`${secret}|`.repeat(400)}`;
      const told = await tailOf(pieces(text), { lines: 500, clean, longest: secret.length });
      assert.doesNotMatch(told, /S/, `at ${shift}`);
    }
  });
});
