import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type ConfigHost,
  type ConfigPlace,
  commandPath,
  configPath,
  targetConfig,
} from '../../../src/ssh/targetConfig.ts';
import { TargetId, WorkspaceName } from '../../../src/workspace/name.ts';
import { assertGolden } from '../../support/golden.ts';

const target = TargetId.parse('local');
const place: ConfigPlace = {
  identities: ['/home/dev/.ssh/berth/id_ed25519', '/home/dev/.ssh/berth/id_ed25519.old'],
  knownHosts: '/home/dev/.ssh/berth/known_hosts',
  launcher: '/home/dev/.ssh/berth/proxy',
  platform: 'linux',
  handsOver: true,
  slowKeyExchange: true,
};
const host = (name: string, more: Partial<ConfigHost> = {}): ConfigHost => ({
  name: WorkspaceName.parse(name),
  user: 'dev',
  agentForwarding: false,
  ...more,
});
const folder = mkdtempSync(join(tmpdir(), 'berth-config-'));
after(() => rmSync(folder, { recursive: true }));
const golden = (name: string) => join(import.meta.dirname, 'golden', name);

describe('targetConfig', () => {
  it('is this document for a local engine', () => {
    const hosts = [
      host('brave-otter'),
      host('able-fox', { agentForwarding: true }),
      host('new', { user: undefined }),
    ];
    assertGolden(golden('local.conf'), targetConfig(target, hosts, place));
  });

  it('is this document for an engine elsewhere, in an odd home', () => {
    const odd = {
      ...place,
      identities: ['/tmp/my 100% home/.ssh/berth/id_ed25519'],
      knownHosts: '/tmp/my 100% home/.ssh/berth/known_hosts',
      launcher: '/tmp/my 100% home/.ssh/berth/proxy',
      handsOver: false,
    };
    assertGolden(golden('far.conf'), targetConfig(TargetId.parse('far'), [host('yak')], odd));
  });

  it('is this document on Windows', () => {
    const folder = 'C:\\Users\\A Developer\\.ssh\\berth';
    const windows: ConfigPlace = {
      identities: [`${folder}\\id_ed25519`],
      knownHosts: `${folder}\\known_hosts`,
      launcher: `${folder}\\proxy.cmd`,
      platform: 'win32',
      handsOver: false,
      slowKeyExchange: false,
    };
    assertGolden(golden('windows.conf'), targetConfig(target, [host('yak')], windows));
  });

  it('names the agent where the key is in there', () => {
    for (const [agent, line] of [
      ['SSH_AUTH_SOCK', 'IdentityAgent SSH_AUTH_SOCK'],
      ['/home/dev/my agent/100%', 'IdentityAgent "/home/dev/my agent/100%%"'],
    ] as const) {
      const identities = ['/home/dev/.ssh/berth/identity.pub'];
      const lines = targetConfig(target, [host('yak')], { ...place, identities, agent }).split('\n');
      const at = lines.indexOf('  IdentityFile "/home/dev/.ssh/berth/identity.pub"');
      assert.deepEqual(lines.slice(at, at + 3), [
        '  IdentityFile "/home/dev/.ssh/berth/identity.pub"',
        `  ${line}`,
        '  IdentitiesOnly yes',
      ]);
    }
  });

  it('is the same whatever order the list came in', () => {
    const hosts = [host('a1'), host('b2'), host('c3')];
    assert.equal(targetConfig(target, hosts.toReversed(), place), targetConfig(target, hosts, place));
  });
});

describe('the paths in it', () => {
  const odd = fc
    .string({
      unit: fc.constantFrom(...'abc /%\'"$`\\!&;*?[](){}<>|~#=ä'.split('')),
      minLength: 1,
      maxLength: 20,
    })
    .map(text => `/${text}`);

  it('come out of ssh as they went in, whatever is in them', () => {
    const taken = odd.filter(path => !/["\\]|\$\{/.test(path));
    const file = join(folder, 'config');
    fc.assert(
      fc.property(taken, path => {
        writeFileSync(file, `Host x\n  UserKnownHostsFile ${configPath(path, 'linux')}\n`);
        const { stdout, stderr } = spawnSync('ssh', ['-G', '-F', file, 'x'], { encoding: 'utf8' });
        const [, seen] = /^userknownhostsfile (.*)$/m.exec(stdout) ?? [];
        assert.equal(seen, path, stderr);
      }),
      { numRuns: 40 },
    );
  });

  it('are refused in words where an ssh config cannot hold them', () => {
    for (const path of ['/a"b', '/a\\b', '/a\nProxyCommand x', '/a\0', '/$\x7bHOME}']) {
      assert.throws(() => configPath(path, 'linux'), /An ssh config cannot hold/);
    }
    assert.equal(configPath('C:\\a', 'win32'), '"C:/a"');
  });

  it('come out of a shell as they went in', () => {
    fc.assert(
      fc.property(odd, path => {
        const command = commandPath(path, 'linux').replaceAll('%%', '%');
        const { stdout } = spawnSync('/bin/sh', ['-c', `printf %s ${command}`], { encoding: 'utf8' });
        assert.equal(stdout, path);
      }),
      { numRuns: 40 },
    );
  });
});
