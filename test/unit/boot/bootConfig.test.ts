import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bootConfig, bootFilesOf } from '../../../src/boot/bootConfig.ts';
import { bootInputs } from '../../../src/boot/bootFiles.ts';
import { LoginUser, Record as WorkspaceRecord } from '../../../src/workspace/record.ts';
import { type SettingsInput, WorkspaceSettings } from '../../../src/workspace/settings.ts';
import { hostileText } from './hostile.ts';
import { output, shells } from './shells.ts';

const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';

function record(
  settings: Partial<SettingsInput> = {},
  login: Partial<LoginUser> = {},
  gitKey?: string,
): WorkspaceRecord {
  return WorkspaceRecord.parse({
    schema: 1,
    revision: 1,
    name: 'brave-otter',
    createdBy: 'someone@example.org',
    createdAt: '2026-01-02T03:04:05.000Z',
    settings: WorkspaceSettings.parse({ image: 'debian:bookworm', ...settings }),
    hostKey: { privateKey: 'HOST PRIVATE', publicKey },
    authorizedKeys: [{ key: `${publicKey} one`, owner: 'someone@example.org' }],
    image: { reference: 'debian:bookworm', digest: '' },
    login: LoginUser.parse({ name: 'dev', uid: 1000, gid: 1000, home: '/home/dev', ...login }),
    ...(gitKey === undefined ? {} : { gitKey: { privateKey: gitKey, publicKey } }),
  });
}

function fileOf(made: WorkspaceRecord, path: string) {
  const file = bootFilesOf(made).find(file => file.path === path);
  assert.ok(file, `no file ${path}`);
  return file;
}

const hostileLine = hostileText.map(text => text.replaceAll(/[\r\n]/g, ''));

describe('the config of boot', () => {
  for (const shell of shells) {
    it(`says to ${shell.join(' ')} exactly what the record says, whatever that is`, () => {
      fc.assert(
        fc.property(hostileText, hostileLine, hostileText, (command, home, path) => {
          const made = record(
            {
              apps: [{ id: 'app', command: `x${command}`, port: 8080, readyPath: '/ok' }],
              env: [{ name: 'PATH', value: path }],
            },
            { home: `/${home}` },
          );
          const script = `${bootConfig(made)}printf '%s\\0' "$berth_home" "$berth_app_1_command" "$berth_path" "$berth_app_1_port" "$berth_app_count"`;
          assert.deepEqual(output(shell, script).split('\0'), [
            `/${home}`,
            `x${command}`,
            path && `${path}:/berth/run/bin`,
            '8080',
            '1',
            '',
          ]);
        }),
        { numRuns: 25 },
      );
    });
  }

  it('asks for https where the port of an app speaks it', () => {
    const made = record({
      apps: [{ id: 'desk', command: 'vnc', port: 6901 }],
      ports: [{ port: 6901, protocol: 'https' }],
    });
    assert.match(bootConfig(made), /^berth_app_1_scheme='https'$/m);
  });

  it('never holds a key or a token', () => {
    const made = record({ gitAccess: 'token', gitToken: 'TOKEN-VALUE' }, {}, 'GIT PRIVATE');
    assert.doesNotMatch(bootConfig(made), /TOKEN-VALUE|PRIVATE/);
  });
});

describe('the files of boot', () => {
  it('are secret where their content is', () => {
    const made = record({
      env: [{ name: 'S', value: 'x', secret: true }],
      gitAccess: 'token',
      gitToken: 't',
    });
    const modes = Object.fromEntries(bootFilesOf(made).map(({ path, mode }) => [path, mode.toString(8)]));
    assert.deepEqual(modes, {
      config: '600',
      env: '600',
      limits: '644',
      authorized_keys: '644',
      ssh_host_ed25519_key: '600',
      init: '700',
      gitconfig: '644',
      git_known_hosts: '644',
      git_key: '600',
      git_token: '600',
    });
  });

  it('tell the watchdog its limits in seconds, and the ports that it looks at as the kernel writes them', () => {
    const made = record({
      lifespanHours: 8,
      idleMinutes: 30,
      dailyStop: '19:00',
      ports: [{ port: 8888 }, { port: 80 }],
    });
    const now = Date.parse('2026-06-01T20:00:00Z');
    const file = bootFilesOf(made, now).find(({ path }) => path === bootInputs.limits);
    assert.match(
      file?.content ?? '',
      /^berth_lifespan='28800'\nberth_idle='1800'\nberth_warning='600'\nberth_daily='1780426800 1780513200 /,
    );
    assert.match(file?.content ?? '', /^berth_ports='22B8 0050'$/m);
    assert.match(file?.content ?? '', /^berth_daily_words='19:00 UTC'$/m);
  });

  it('let a session last no longer than a policy says, extended from inside too', () => {
    const made = { ...record({ lifespanHours: 8 }), capHours: 5 };
    const limits = fileOf(made, bootInputs.limits).content;
    assert.match(limits, /^berth_lifespan='18000'$/m);
    assert.match(limits, /^berth_longest='18000'$/m);
  });

  it('hold every key that may enter, once', () => {
    const made = record({ publicKeys: [`${publicKey} two`, `${publicKey} one`] });
    assert.equal(fileOf(made, bootInputs.authorizedKeys).content, `${publicKey} one\n${publicKey} two\n`);
  });

  it('empty what is no longer wanted, so that an older one does not stay', () => {
    const made = record({ gitAccess: 'none', gitToken: 'left-over' }, {}, 'GIT PRIVATE');
    for (const path of [bootInputs.init, bootInputs.gitKey, bootInputs.gitToken])
      assert.equal(fileOf(made, path).content, '');
  });

  it('end a private key with a newline, without which ssh does not read it', () => {
    const made = record({ gitAccess: 'key' }, {}, 'GIT PRIVATE');
    assert.equal(fileOf(made, bootInputs.gitKey).content, 'GIT PRIVATE\n');
    assert.equal(fileOf(made, bootInputs.hostKey).content, 'HOST PRIVATE\n');
  });

  it('hold an init script pasted on Windows without its carriage returns', () => {
    assert.equal(fileOf(record({ initScript: 'a\r\nb\r\n' }), bootInputs.init).content, 'a\nb\n');
  });
});
