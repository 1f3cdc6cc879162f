import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseProxySettings } from '../../../src/ssh/settingsFile.ts';

describe('parseProxySettings', () => {
  const defaults = { startOnConnect: 'auto', startTimeoutSeconds: 590, kubernetesConnect: 'forward' };
  const rows: readonly [string | undefined, object][] = [
    [undefined, defaults],
    ['', defaults],
    ['{', defaults],
    ['null', defaults],
    ['[]', defaults],
    ['{"startOnConnect":"sometimes"}', defaults],
    ['{"startOnConnect":"never"}', { ...defaults, startOnConnect: 'never' }],
    ['{"startTimeoutSeconds":5}', { ...defaults, startTimeoutSeconds: 5 }],
    ['{"startTimeoutSeconds":1e9}', defaults],
    ['{"kubernetesConnect":"direct"}', { ...defaults, kubernetesConnect: 'direct' }],
  ];
  for (const [text, expected] of rows) {
    it(`reads ${text}`, () => assert.deepEqual(parseProxySettings(text), expected));
  }
});
