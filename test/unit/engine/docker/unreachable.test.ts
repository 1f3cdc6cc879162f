import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isConnectionFailure, unreachable } from '../../../../src/engine/docker/unreachable.ts';
import type { DockerEndpoint } from '../../../../src/engine/target.ts';
import { BerthError } from '../../../../src/workspace/error.ts';

const socket: DockerEndpoint = { type: 'unix', path: '/var/run/docker.sock' };
const podman: DockerEndpoint = { type: 'unix', path: '/run/podman/podman.sock' };
const tcp: DockerEndpoint = { type: 'tcp', host: 'box', port: 2376 };
const withClient: DockerEndpoint = { ...tcp, tls: { cert: '/cert.pem', verify: true } };
const withCode = (code: string) => Object.assign(new Error(code), { code });

describe('unreachable', () => {
  const rows: readonly [DockerEndpoint, string, RegExp][] = [
    [socket, 'ENOENT', /no such socket/],
    [socket, 'ECONNREFUSED', /nothing listens on it\. Start the engine/],
    [socket, 'EACCES', /docker group \(sudo usermod -aG docker \$USER\)/],
    [podman, 'EACCES', /you may not use it\. Ask/],
    [socket, 'ENOTSOCK', /not a socket/],
    [tcp, 'ECONNREFUSED', /nothing listens there/],
    [tcp, 'ENOTFOUND', /no machine of that name/],
    [tcp, 'ETIMEDOUT', /no answer in time/],
    [tcp, 'EHOSTUNREACH', /no way to that machine/],
    [tcp, 'ECONNRESET', /broke off/],
    [tcp, 'HPE_INVALID_CONSTANT', /not Docker/],
    [tcp, 'CERT_HAS_EXPIRED', /has expired/],
    [tcp, 'CERT_NOT_YET_VALID', /clock/],
    [tcp, 'DEPTH_ZERO_SELF_SIGNED_CERT', /not trusted/],
    [tcp, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', /not trusted/],
    [tcp, 'ERR_TLS_CERT_ALTNAME_INVALID', /another name/],
    [tcp, 'ERR_SSL_WRONG_VERSION_NUMBER', /does not speak TLS/],
    [tcp, 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /asks for a client certificate/],
    [tcp, 'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', /asks for a client certificate/],
    [withClient, 'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', /does not accept your client certificate/],
    [withClient, 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', /does not accept your client certificate/],
  ];
  for (const [endpoint, code, expected] of rows) {
    it(`says what ${code} on ${endpoint.type}:// means and keeps the cause`, () => {
      const cause = withCode(code);
      const error = unreachable(endpoint, cause);
      assert.match(error.message, expected);
      assert.equal(error.code, 'unreachable');
      assert.equal(error.cause, cause);
    });
  }

  it('looks into the failure of all addresses of a host', () => {
    const all = new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')]);
    assert.match(unreachable(tcp, all).message, /nothing listens there/);
  });

  it('leaves what speaks to the person already', () => {
    const error = new BerthError('Cannot read the CA', { code: 'unreachable' });
    assert.equal(unreachable(tcp, error), error);
  });
});

describe('isConnectionFailure', () => {
  it('tells a broken connection from an answer and from an abort', () => {
    assert.equal(isConnectionFailure(withCode('ECONNRESET')), true);
    assert.equal(isConnectionFailure(new Error('socket hang up')), true);
    assert.equal(
      isConnectionFailure(Object.assign(new Error('no such container'), { statusCode: 404 })),
      false,
    );
    assert.equal(isConnectionFailure(new DOMException('aborted', 'AbortError')), false);
    assert.equal(isConnectionFailure(null), false);
  });
});
