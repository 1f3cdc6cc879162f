import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kindDefaults } from '../../../src/workspace/kindDefaults.ts';
import { imageKinds, WorkspaceSettings } from '../../../src/workspace/settings.ts';

describe('the defaults of a kind', () => {
  for (const kind of imageKinds) {
    it(`of ${kind} are valid settings as they stand`, () => {
      const { apps, ports, firstProcess } = kindDefaults(kind);
      const parsed = WorkspaceSettings.parse({ image: 'x', apps, ports, firstProcess });
      assert.deepEqual({ apps: parsed.apps, ports: parsed.ports }, { apps, ports });
    });
  }

  it('offer the ports that the image exposes, but ssh and the kind’s own', () => {
    assert.deepEqual(
      kindDefaults('jupyter', { exposedPorts: [22, 8888, 4040] }).ports.map(({ port }) => port),
      [8888, 4040],
    );
  });

  it('leave PID 1 to an image that insists on it, but where the kind’s own app replaces what it runs', () => {
    const first = imageKinds.map(kind => [kind, kindDefaults(kind, { insistsOnFirst: true }).firstProcess]);
    assert.deepEqual(Object.fromEntries(first), {
      ssh: 'image',
      jupyter: 'boot',
      rstudio: 'boot',
      desktop: 'image',
      studio: 'image',
    });
  });

  it('of a Studio are its own command, on the port that the image’s ENV or what it exposes says', () => {
    for (const [image, port, others] of [
      [{}, 8888, []],
      [{ exposedPorts: [22, 9000, 9001] }, 9000, [9001]],
      [{ exposedPorts: [9000], toolPort: 7000 }, 7000, [9000]],
    ] as const) {
      const { firstProcess, ports, apps } = kindDefaults('studio', image);
      assert.deepEqual([firstProcess, apps], ['beside', []]);
      assert.deepEqual(
        ports.map(({ port }) => port),
        [port, ...others],
      );
      assert.deepEqual(ports[0], { port, label: 'Studio', protocol: 'http' });
    }
  });

  it('listen on the workspace’s loopback alone', () => {
    for (const kind of imageKinds)
      for (const { command } of kindDefaults(kind).apps) assert.match(command, /127\.0\.0\.1/);
  });
});
