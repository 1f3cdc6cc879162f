import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { gitConfig, knownForges, repositoryFolder, tokenHosts } from '../../../src/boot/gitConfig.ts';
import { PublicKey } from '../../../src/workspace/settings.ts';
import { wellFormed } from './hostile.ts';

const none = {
  gitUserName: '',
  gitUserEmail: '',
  gitAccess: 'none',
  gitToken: undefined,
  repository: '',
  dotfiles: '',
} as const;

function read(text: string, key: string): string {
  const { stdout } = spawnSync('git', ['config', '--file', '-', '--null', key], { input: text });
  return stdout.toString('utf8').replace(/\0$/, '');
}

describe('the git config of a workspace', () => {
  it('gives git the name as it was typed', () => {
    const line = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
      .filter(text => /^\P{Cc}+$/u.test(text));
    fc.assert(
      fc.property(line, name => {
        assert.equal(read(gitConfig({ ...none, gitUserName: name }), 'user.name'), wellFormed(name));
      }),
      { numRuns: 30 },
    );
  });

  it('names no user where none is set, so that git asks', () => {
    assert.doesNotMatch(gitConfig(none), /\[user\]/);
  });

  it('uses Berth’s key only where one was asked for', () => {
    assert.match(read(gitConfig({ ...none, gitAccess: 'key' }), 'core.sshCommand'), /-i \/berth\/git_key/);
    assert.doesNotMatch(read(gitConfig(none), 'core.sshCommand'), /-i/);
  });

  it('gives the token to the hosts of the named repositories and to no other', () => {
    assert.deepEqual(
      tokenHosts({ repository: 'https://git.example.org:8443/a/b', dotfiles: 'git@github.com:x/y' }),
      ['git.example.org:8443'],
    );
    const text = gitConfig({
      ...none,
      gitAccess: 'token',
      gitToken: 'x',
      repository: 'https://gitlab.com/a/b',
    });
    assert.equal(read(text, 'credential.https://gitlab.com.username'), 'oauth2');
    assert.doesNotMatch(text, /github/);
    assert.doesNotMatch(gitConfig({ ...none, gitAccess: 'none', gitToken: 'x' }), /credential/);
  });
});

describe('the folder of a repository', () => {
  const table = [
    ['https://github.com/owner/project.git', 'project'],
    ['https://github.com/owner/project/', 'project'],
    ['git@github.com:owner/project.git', 'project'],
    ['git@host:project', 'project'],
    ['ssh://git@host:22/a/b.c', 'b.c'],
    ['https://host/a/b%20c', 'b-20c'],
    ['https://host/..', 'project'],
    ['https://host/a/.git', 'project'],
  ] as const;
  for (const [url, folder] of table) {
    it(`of ${url} is ${folder}`, () => assert.equal(repositoryFolder(url), folder));
  }
});

describe('the known forges', () => {
  it('are lines of a known_hosts file', () => {
    for (const line of knownForges.trim().split('\n'))
      assert.ok(PublicKey.safeParse(line.slice(line.indexOf(' ') + 1)).success, line);
  });
});
