import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { stopReason } from '../../../src/boot/stopReason.ts';
import { stateCauses } from '../../../src/workspace/state.ts';

describe('the stop reason that boot leaves', () => {
  it('is a cause and words', () => {
    assert.deepEqual(stopReason('limit stopped at its 8 h lifespan\n'), {
      cause: 'limit',
      words: 'stopped at its 8 h lifespan',
    });
    assert.deepEqual(stopReason('person'), { cause: 'person', words: '' });
  });

  it('is none where the file is absent, empty, cut off or not boot’s', () => {
    for (const text of [undefined, '', '\n', 'perso', 'because I said so', '{"cause":"person"}'])
      assert.equal(stopReason(text), undefined, String(text));
  });

  it('never throws and never invents a cause', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const reason = stopReason(text);
        assert.ok(reason === undefined || stateCauses.includes(reason.cause));
      }),
    );
  });
});
