import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as l10n from '@vscode/l10n';
import { limitWords, reasonWords, stopCodes } from '../../../src/workspace/stopCodes.ts';

describe('why a run ended', () => {
  for (const [kept, words, limit = words] of [
    ['#lifespan 0 28800', 'stopped at its 8 h lifespan', '8 h lifespan'],
    ['#lifespan 3600 28800', 'stopped at its 8 h lifespan, extended by 1 h', '8 h lifespan, extended by 1 h'],
    ['#lifespan 0 50', 'stopped at its 50 s lifespan', '50 s lifespan'],
    ['#daily 0 19:00 Europe/Berlin', 'daily stop at 19:00 Europe/Berlin'],
    ['#daily 300 19:00 UTC', 'daily stop at 19:00 UTC, extended by 5 min'],
    ['#idle 0 1800', 'idle for 30 min', '30 min without a connection'],
    ['#late lifespan 0 300', 'stopped late: 5 min lifespan', 'late lifespan 0 300'],
    ['#person', 'a person stopped it', 'person'],
    ['#inside', 'stopped from inside', 'inside'],
    // Of an older record, of an engine, or of a newer Berth.
    ['stopped at its 8 h lifespan', 'stopped at its 8 h lifespan'],
    [
      'its first process ended with exit code 7. See the log.',
      'its first process ended with exit code 7. See the log.',
    ],
    ['#somethingNew 1 2', 'somethingNew 1 2'],
    ['#lifespan x', 'lifespan x'],
    ['#', ''],
    ['', ''],
  ] as const) {
    it(`is said of “${kept}”`, () => {
      assert.equal(reasonWords(kept), words);
      assert.equal(limitWords(kept), limit);
    });
  }

  it('is known of every code that Berth writes', () => {
    for (const code of Object.values(stopCodes)) assert.notEqual(reasonWords(code), code.slice(1), code);
  });

  it('is read in the language of whoever reads it', () => {
    l10n.config({ contents: { '{0} h': '{0} Std.', 'stopped at its {0} lifespan': 'nach {0} Laufzeit' } });
    try {
      assert.equal(reasonWords('#lifespan 0 28800'), 'nach 8 Std. Laufzeit');
    } finally {
      l10n.config({ contents: {} });
    }
  });
});
