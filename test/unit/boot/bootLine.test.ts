import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bootEvents, bootStages, parseBootLine } from '../../../src/boot/bootLine.ts';

describe('a line of boot', () => {
  it('reads back whatever boot can say', () => {
    const message = fc.string({ unit: 'grapheme' }).map(text => text.replace(/[\n\r]/g, ''));
    fc.assert(
      fc.property(
        fc.constantFrom(...bootStages),
        fc.constantFrom(...bootEvents),
        message,
        (stage, event, message) => {
          const line = message === '' ? `@berth ${stage} ${event}` : `@berth ${stage} ${event} ${message}`;
          assert.deepEqual(parseBootLine(line), { stage, event, message });
          assert.deepEqual(parseBootLine(`${line}\r`), { stage, event, message });
        },
      ),
    );
  });

  it('is one line to its end, though Unicode calls a character in it a line separator', () => {
    const message = 'a\u2028b\u2029c\u0085d';
    assert.deepEqual(parseBootLine(`@berth init fail ${message}`), { stage: 'init', event: 'fail', message });
  });

  it('is told from the output of programs, however close that comes', () => {
    for (const line of [
      '',
      '@berth',
      '@berth ready',
      '@berth ready done',
      '@berth unknown ok',
      ' @berth ready ok',
      '@berth  ready ok',
      '@BERTH ready ok',
      '@berth ready ok\nmore',
      'x @berth ready ok',
    ])
      assert.equal(parseBootLine(line), undefined, JSON.stringify(line));
  });

  it('never throws, and only ever answers with a known stage and event', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map(text => `@berth ${text}`),
        ),
        line => {
          const parsed = parseBootLine(line);
          if (parsed) assert.ok(bootStages.includes(parsed.stage) && bootEvents.includes(parsed.event));
        },
      ),
    );
  });
});
