import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { guestConfig, guestProblem } from '../../../src/adopt/guestSshd.ts';
import { installCommand } from '../../../src/adopt/install.ts';
import { bestKey } from '../../../src/adopt/serverKeys.ts';
import { parseSurvey, type Survey, surveyOf } from '../../../src/adopt/survey.ts';
import { fingerprintOf, isSameKey } from '../../../src/ssh/publicKey.ts';
import { folder } from './samples.ts';

const place = { name: 'theirs', id: 'c0ffee' };
const root: Survey = {
  uid: 0,
  user: { name: 'root', home: '/root', shell: '/bin/bash' },
  sshd: '/usr/sbin/sshd',
  listens: false,
  manager: 'apt-get',
  hostKeys: [],
  isLocked: false,
  hasPam: true,
  env: [],
};

describe('the look into a container', () => {
  it('reads what the script says', () => {
    const text = [
      'uid=1000',
      'user=dev:1000:A Developer:/home/dev:/bin/bash',
      'sshd=/usr/sbin/sshd',
      'listens=22',
      'manager=apk',
      'key=ssh-ed25519 AAAA root@box',
      'pam=1',
      'environ',
      'PATH=/bin\0EMPTY=\0LINES=a\nb=c\0not a name=x\0',
    ].join('\n');
    assert.deepEqual(parseSurvey(text), {
      uid: 1000,
      user: { name: 'dev', home: '/home/dev', shell: '/bin/bash' },
      sshd: '/usr/sbin/sshd',
      listens: true,
      manager: 'apk',
      hostKeys: ['ssh-ed25519 AAAA root@box'],
      isLocked: false,
      hasPam: true,
      env: [
        { name: 'PATH', value: '/bin', secret: false },
        { name: 'EMPTY', value: '', secret: false },
        { name: 'LINES', value: 'a\nb=c', secret: false },
      ],
    });
  });

  it('knows no user where the number has no name, or one that ssh could not be told', () => {
    assert.equal(parseSurvey('uid=54321\nuser=\nenviron\n')?.user, undefined);
    assert.equal(parseSurvey('uid=1\nuser=a b:1::/home/x:/bin/sh\nenviron\n')?.user, undefined);
    assert.equal(parseSurvey('uid=1\nuser=a:1::/home/\rx:/bin/sh\nenviron\n')?.user, undefined);
  });

  it('takes nothing for a survey that did not come to its end', () => {
    assert.equal(parseSurvey('uid=0\nuser=root:0::/root:/bin/sh\n'), undefined);
    assert.equal(parseSurvey('uid=\nenviron\n'), undefined);
    assert.equal(parseSurvey(''), undefined);
  });

  it('is a program of sh that tells of this machine as it is', async () => {
    const survey = await surveyOf(
      {
        ...nothing,
        exec: async (_place, [program = '', ...argv]) => ({
          exitCode: 0,
          stdout: execFileSync(program, argv, {
            encoding: 'utf8',
            env: { PATH: process.env.PATH, SEEN: 'yes' },
          }),
          stderr: '',
        }),
      },
      place,
    );
    assert.equal(survey.uid, process.getuid?.());
    assert.ok(survey.env.some(({ name, value }) => name === 'SEEN' && value === 'yes'));
  });
});

const nothing = {
  candidates: async () => [],
  look: async () => ({ kind: 'gone' }) as const,
  open: () => Promise.reject(new Error('no')),
  dial: () => Promise.reject(new Error('no')),
};

describe('sshd in a container', () => {
  for (const [title, change, words] of [
    ['can be had', {}, undefined],
    ['not where its user has no name', { user: undefined, uid: 7 }, /user 7, who has no name/],
    [
      'not where its user may not log in',
      { user: { name: 'www', home: '/', shell: '/sbin/nologin' } },
      /whose shell is \/sbin\/nologin/,
    ],
    ['not where its user is locked and there is no PAM', { isLocked: true, hasPam: false }, /is locked/],
    ['where its user is locked, through PAM', { isLocked: true }, undefined],
    ['not where there is none', { sshd: undefined }, /There is no sshd/],
  ] as const) {
    it(title, () => {
      const problem = guestProblem({ ...root, ...change }, place);
      if (words === undefined) assert.equal(problem, undefined);
      else assert.match(problem ?? '', words);
    });
  }

  it('takes keys of this one user only, with the container’s variables', () => {
    const env = [
      { name: 'A', value: 'one "two"', secret: false },
      { name: 'HOME', value: '/elsewhere', secret: false },
      { name: 'B', value: 'x\ny', secret: false },
      { name: 'C', value: '3', secret: false },
    ];
    const lines = guestConfig({ ...root, env }, folder).split('\n');
    assert.ok(lines.includes('AllowUsers root'));
    assert.ok(lines.includes('PasswordAuthentication no'));
    assert.ok(lines.includes(`AuthorizedKeysFile ${folder}/authorized_keys`));
    assert.equal(lines.at(-1), 'SetEnv "A=one \\"two\\"" "C=3"');
    assert.ok(guestConfig({ ...root, isLocked: true }, folder).includes('UsePAM yes'));
  });
});

describe('the host key of an ssh server', () => {
  const ed = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOqDlafKsmiuNffEhKGGkpQxv3HKkTYnE8TK0VI5ZQjo';
  it('is the best that it shows', () => {
    const printed = `# 127.0.0.1:1 SSH-2.0-x\n[127.0.0.1]:1 ssh-rsa AAAA\n[127.0.0.1]:1 ${ed}\n`;
    assert.equal(bestKey(printed), ed);
    assert.equal(bestKey('[127.0.0.1]:1 ssh-dss AAAA\nnonsense\n'), undefined);
  });

  it('is the same whatever its comment, and has ssh’s fingerprint', () => {
    assert.ok(isSameKey(ed, `${ed} root@box`));
    assert.ok(!isSameKey(ed, ed.replace('Qjo', 'Qjp')));
    const told = execFileSync('ssh-keygen', ['-lf', '-'], { input: ed, encoding: 'utf8' });
    assert.equal(told.split(' ')[1], fingerprintOf(ed));
  });
});

it('openssh-server is installed by the package managers that Berth knows', () => {
  for (const manager of ['apt-get', 'apk', 'dnf', 'microdnf', 'yum', 'zypper', 'pacman']) {
    assert.ok(installCommand(manager)?.includes('openssh'));
  }
  assert.equal(installCommand('emerge'), undefined);
});
