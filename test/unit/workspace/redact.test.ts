import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { redacted, secretValues } from '../../../src/workspace/redact.ts';
import { WorkspaceSettings } from '../../../src/workspace/settings.ts';

const settings = WorkspaceSettings.parse({
  image: 'debian',
  gitAccess: 'token',
  gitToken: 'git-token',
  env: [
    { name: 'KEY', value: 'first line\n  second line\n', secret: true },
    { name: 'PASSWORD', value: 'git-token-and-more', secret: true },
    { name: 'SHORT', value: 'abc', secret: true },
    { name: 'PLAIN', value: 'plain value' },
    { name: 'URL', value: 'a b/c', secret: true },
  ],
  mounts: [
    { type: 'cifs', source: '//server/share', path: '/mnt', password: 'cifs-password' },
    { type: 'driver', driver: 'rclone', path: '/data', options: { key: 'driver-value' } },
  ],
});

describe('secrets in a log', () => {
  const clean = (text: string) => redacted(text, secretValues(settings));
  it('are struck out, whichever setting they stand in', () => {
    for (const secret of ['git-token', 'first line', 'second line', 'cifs-password', 'driver-value'])
      assert.equal(clean(`<${secret}> and ${secret}`), '<•••> and •••', secret);
  });
  it('go whole where one contains another, and as they stand in an address', () => {
    assert.equal(clean('git-token-and-more'), '•••');
    assert.equal(clean('https://host/?token=a%20b%2Fc'), 'https://host/?token=•••');
  });
  it('that stand before the host of an address go too', () => {
    assert.equal(
      clean("could not read Password for 'https://ghp_x@github.com/a': see https://git-scm.com/@docs"),
      "could not read Password for 'https://•••@github.com/a': see https://git-scm.com/@docs",
    );
  });
  it('leave alone what is none', () => {
    assert.equal(clean('plain value, abc'), 'plain value, abc');
  });
});
