import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { doorsOf } from '../../../src/views/doors.ts';
import { sampleSettings } from './samples.ts';

describe('doorsOf', () => {
  it('joins an app with its port and adds apps whose port is not listed', () => {
    const settings = sampleSettings({
      ports: [
        { port: 8888, label: 'Lab', protocol: 'https' },
        { port: 5432, protocol: 'tcp' },
      ],
      apps: [
        { id: 'lab', command: 'lab', port: 8888 },
        { id: 'web', label: 'Site', command: 'serve', port: 3000 },
        { id: 'worker', command: 'work' },
      ],
    });
    assert.deepEqual(
      doorsOf({ settings }).map(({ port, app }) => [port.port, port.protocol, app?.id]),
      [
        [8888, 'https', 'lab'],
        [5432, 'tcp', undefined],
        [3000, 'http', 'web'],
      ],
    );
  });

  it('knows none where the settings cannot be read', () => {
    assert.deepEqual(doorsOf({ settings: undefined }), []);
  });
});
