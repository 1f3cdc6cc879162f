import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { loginUser } from '../../../../src/engine/loginUser.ts';
import { LoginUser } from '../../../../src/workspace/record.ts';

const passwd = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1::/usr/sbin:/usr/sbin/nologin
dev:x:1000:1001:Dev,,,:/home/developer:/bin/bash
bare:x:70:70:::/bin/sh
slash:x:71:71::/:/bin/sh
`;
const rows: [string, { user?: string; home?: string }, [string, number, number, string]][] = [
  ['', {}, ['root', 0, 0, '/root']],
  ['root', {}, ['root', 0, 0, '/root']],
  ['0', {}, ['root', 0, 0, '/root']],
  ['0:0', {}, ['root', 0, 0, '/root']],
  ['dev', {}, ['dev', 1000, 1001, '/home/developer']],
  ['dev:staff', {}, ['dev', 1000, 1001, '/home/developer']],
  ['1000', {}, ['dev', 1000, 1001, '/home/developer']],
  ['1000:1000', {}, ['dev', 1000, 1001, '/home/developer']],
  ['bare', {}, ['bare', 70, 70, '/home/bare']],
  ['slash', {}, ['slash', 71, 71, '/home/slash']],
  ['4242', {}, ['user4242', 4242, 4242, '/home/user4242']],
  ['dev', { user: 'root' }, ['root', 0, 0, '/root']],
  ['', { user: 'ann' }, ['ann', 1001, 1001, '/home/ann']],
  ['', { user: 'dev', home: '/work/./x' }, ['dev', 1000, 1001, '/work/x']],
  ['', { home: '/data' }, ['root', 0, 0, '/data']],
];

describe('loginUser', () => {
  for (const [imageUser, settings, [name, uid, gid, home]] of rows) {
    it(`USER '${imageUser}' with ${JSON.stringify(settings)} is ${name}, ${uid}:${gid}, ${home}`, () => {
      assert.deepEqual(loginUser(imageUser, settings, passwd), { name, uid, gid, home });
    });
  }

  it('whatever /etc/passwd holds, somebody can log in', () => {
    const users = fc.stringMatching(/^[a-z0-9]{1,8}(:[a-z0-9]{1,4})?$/);
    const lines = fc.array(
      fc.array(fc.oneof(fc.string(), fc.nat().map(String)), { maxLength: 8 }).map(fields => fields.join(':')),
    );
    fc.assert(
      fc.property(
        users,
        lines,
        (user, text) => LoginUser.safeParse(loginUser(user, {}, text.join('\n'))).success,
      ),
    );
  });
});
