import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ordinaryUser, withUser } from '../../../../src/engine/kubernetes/podPlan.ts';

const debian =
  'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n';
const node = `${debian}node:x:1000:1000::/home/node:/bin/bash\nother:x:1001:1001::/home/other:/bin/sh\n`;

describe('who logs in where root is refused', () => {
  const table: [string, string, string | undefined, ReturnType<typeof ordinaryUser>][] = [
    ['the first ordinary user', node, undefined, { name: 'node', uid: 1000, gid: 1000, home: '/home/node' }],
    ['with a home of the settings', node, '/work/', { name: 'node', uid: 1000, gid: 1000, home: '/work/' }],
    [
      'one of ours where there is none',
      debian,
      undefined,
      { name: 'berth', uid: 1000, gid: 1000, home: '/home/berth' },
    ],
    [
      'one of ours in an image without users',
      '',
      undefined,
      { name: 'berth', uid: 1000, gid: 1000, home: '/home/berth' },
    ],
    [
      'one of ours where the ordinary one has no name',
      ':x:1000:1000::/x:/bin/sh\n#/bin/bash\n',
      undefined,
      { name: 'berth', uid: 1001, gid: 1001, home: '/home/berth' },
    ],
  ];
  for (const [what, passwd, home, expected] of table) {
    it(what, () => assert.deepEqual(ordinaryUser(passwd, home), expected));
  }
});

describe('an /etc/passwd with one user more', () => {
  const berth = { name: 'berth', uid: 1000, gid: 1000, home: '/home/berth' };

  it('has the image’s users, and its better shell for the new one', () => {
    assert.equal(
      withUser(`${debian}#/bin/bash\n`, berth),
      `${debian}berth:x:1000:1000::/home/berth:/bin/bash\n`,
    );
  });

  it('has the plain shell where the image has no better', () => {
    assert.equal(withUser(debian, berth), `${debian}berth:x:1000:1000::/home/berth:/bin/sh\n`);
  });

  it('is whole where the image’s is none, or without an end', () => {
    assert.equal(withUser('', berth), 'berth:x:1000:1000::/home/berth:/bin/sh\n');
    assert.equal(withUser('root:x:0:0::/root:/bin/sh', berth).split('\n').length, 3);
  });
});
