import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { engineError, engineFault } from '../../../../src/engine/docker/errors.ts';
import { faultOf } from '../../../../src/engine/docker/faults.ts';
import { BerthError, type ErrorCode } from '../../../../src/workspace/error.ts';

/** As Docker 20.10 to 28 and Podman 4 say it. */
const words: [string, ErrorCode, RegExp][] = [
  ['write /var/lib/docker/tmp/x: no space left on device', 'no-space', /disk/],
  ['Bind for 127.0.0.1:32768 failed: port is already allocated', 'port-taken', /port/],
  [
    'cannot listen on the TCP port: listen tcp4 127.0.0.1:38489: bind: address already in use',
    'port-taken',
    /port/,
  ],
  [
    'invalid mount config for type "bind": bind source path does not exist: /no/such',
    'invalid',
    /\/no\/such/,
  ],
  ['statfs /no/such: no such file or directory', 'invalid', /\/no\/such/],
  ['exec: "/bin/sh": stat /bin/sh: no such file or directory: unknown', 'unsupported', /shell/],
  [
    'crun: executable file `/bin/sh` not found: No such file or directory: OCI runtime attempted to invoke a command that was not found',
    'unsupported',
    /shell|first process/,
  ],
  ['exec /bin/sh: exec format error', 'unsupported', /platform/],
  ['exec: "/init": stat /init: no such file or directory: unknown', 'unsupported', /first process/],
  ['No such image: debian:none', 'not-found', /image/],
  ['could not select device driver "" with capabilities: [[gpu]]', 'unsupported', /GPU/],
  ['Unknown runtime specified runsc', 'unsupported', /runsc/],
  ['unknown or invalid runtime name: runsc', 'unsupported', /runsc/],
  ['Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available', 'no-capacity', /2\.00/],
  ['failed to mount local volume: mount :/x:/var/lib/docker/volumes/y: no such device', 'failed', /volume/],
  ['error looking up volume plugin nobody: plugin "nobody" not found', 'invalid', /nobody/],
];

describe('faultOf', () => {
  for (const [text, code, said] of words) {
    it(`'${text.slice(0, 60)}' is ${code}`, () => {
      const fault = faultOf(text);
      assert.equal(fault?.code, code);
      assert.match(fault.words, said);
    });
  }
  it('any text is taken, in time that does not explode', () => {
    fc.assert(fc.property(fc.string({ maxLength: 2000 }), text => void faultOf(text)));
    const startedAt = performance.now();
    for (const text of ['exec: ', 'statfs ', 'exec', 'plugin ']) faultOf(text.repeat(20_000));
    assert.ok(performance.now() - startedAt < 10_000);
  });
});

describe('engineError', () => {
  const http = (statusCode: number, message: string) =>
    Object.assign(new Error(`(HTTP code ${statusCode}) unexpected - ${message} `), { statusCode });
  const rows: [string, unknown, ErrorCode][] = [
    ['a conflict', http(409, 'name is in use'), 'conflict'],
    ['a missing thing', http(404, 'No such container: x'), 'not-found'],
    ['a bad parameter', http(400, 'nonsense'), 'invalid'],
    ['the engine’s own fault', http(500, 'panic'), 'failed'],
    ['known words in any status', http(500, 'no space left on device'), 'no-space'],
    [
      'a broken connection',
      Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
      'unreachable',
    ],
    ['an abort', Object.assign(new Error('aborted'), { name: 'AbortError' }), 'cancelled'],
    ['anything thrown', 'odd', 'failed'],
  ];
  for (const [what, cause, code] of rows) {
    it(`${what} is ${code}, says what was tried, and keeps its cause`, () => {
      const error = engineError(cause, 'Cannot start “web”');
      assert.equal(error.code, code);
      assert.match(error.message, /^Cannot start “web”: /);
      assert.ok(!error.message.includes('HTTP code'));
      assert.equal(error.cause, cause);
    });
  }
  it('a BerthError stays as it is', () => {
    const error = new BerthError('told already', { code: 'stale' });
    assert.equal(engineError(error, 'x'), error);
  });
  it('whatever fails after the signal aborted was cancelled', () => {
    assert.equal(engineError(new Error('stream ended'), 'x', AbortSignal.abort()).code, 'cancelled');
  });
});

describe('engineFault', () => {
  const apt = 'Could not connect to deb.debian.org:80: Cannot assign requested address';
  const refusal = new Error(`(HTTP code 500) server error - ${apt}`);

  it('is read out of what the engine says, also under words of ours', () => {
    assert.equal(engineFault(refusal)?.code, 'port-taken');
    assert.equal(engineFault(new BerthError('Cannot start', { cause: refusal }))?.code, 'port-taken');
  });

  it('is never read out of what boot, or a state, says: no container is removed for that', () => {
    const boot = new BerthError(`“web” did not get ready: ${apt} (step sshd)`, { code: 'boot-failed' });
    assert.equal(engineFault(boot), undefined);
    assert.equal(engineFault(new BerthError('Cannot start “web”', { cause: boot })), undefined);
  });
});
