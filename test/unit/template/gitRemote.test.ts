import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rawFileAddress, remoteIn } from '../../../src/template/gitRemote.ts';

const config = (...urls: readonly string[]) =>
  [
    '[core]',
    '\tbare = false',
    ...urls.flatMap((url, index) => [`[remote "r${index}"]`, `\turl = ${url}`]),
  ].join('\n');

describe('the remote of a repository', () => {
  const table: readonly (readonly [string, string, string | undefined])[] = [
    [
      'is origin',
      `${config('https://a/x.git')}\n[remote "origin"]\n  url = "https://b/y.git"\n`,
      'https://b/y.git',
    ],
    [
      'is the first where there is no origin',
      config('https://a/x.git', 'https://b/y.git'),
      'https://a/x.git',
    ],
    ['may be by ssh', config('git@github.com:acme/dev.git'), 'git@github.com:acme/dev.git'],
    [
      'comes without a token',
      config('https://ghp_abc@github.com/acme/dev.git'),
      'https://github.com/acme/dev.git',
    ],
    ['comes without a password', config('https://me:pw@github.com/acme/dev'), 'https://github.com/acme/dev'],
    ['is no folder of this machine', config('/srv/git/dev.git'), undefined],
    ['is no file of this machine', config('file:///srv/git/dev.git'), undefined],
    ['is no option in disguise', config('--upload-pack=sh'), undefined],
    ['is no helper', config('ext::sh -c evil'), undefined],
    ['is none where there is none', '[core]\n\turl = https://a/x.git', undefined],
    ['is none of nothing', '', undefined],
  ];
  for (const [what, text, expected] of table) it(what, () => assert.equal(remoteIn(text), expected));

  const files: readonly (readonly [string, string | undefined])[] = [
    ['https://github.com/acme/dev.git', 'https://raw.githubusercontent.com/acme/dev/HEAD/.berth/a%20b.json'],
    ['git@github.com:acme/dev.git', 'https://raw.githubusercontent.com/acme/dev/HEAD/.berth/a%20b.json'],
    ['ssh://git@gitlab.com/acme/sub/dev', 'https://gitlab.com/acme/sub/dev/-/raw/HEAD/.berth/a%20b.json'],
    ['https://git.example.org/acme/dev', undefined],
  ];
  for (const [remote, expected] of files)
    it(`gives out a file of ${remote}`, () =>
      assert.equal(rawFileAddress(remote, '.berth/a b.json'), expected));
});
