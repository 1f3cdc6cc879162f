import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pullProblem, pullQuery } from '../../../../src/engine/docker/pull.ts';
import { parseReference } from '../../../../src/image/reference.ts';
import type { ErrorCode } from '../../../../src/workspace/error.ts';

describe('pullQuery', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const rows: readonly [string, string, string][] = [
    ['debian', 'docker.io/library/debian', 'latest'],
    ['ghcr.io/acme/dev:1', 'ghcr.io/acme/dev', '1'],
    [`localhost:5000/dev:1@${digest}`, 'localhost:5000/dev', digest],
  ];
  for (const [reference, fromImage, tag] of rows) {
    it(`asks for one image of ${reference}`, () => {
      assert.deepEqual(pullQuery(parseReference(reference)), { fromImage, tag });
    });
  }
});

describe('pullProblem', () => {
  const rows: readonly [string, ErrorCode, RegExp][] = [
    [
      "(HTTP code 404) unexpected - pull access denied for nope, repository does not exist or may require 'docker login': denied: requested access to the resource is denied ",
      'pull-refused',
      /no such image, or it is private/,
    ],
    [
      '(HTTP code 500) server error - Get "http://r/v2/x/manifests/1": no basic auth credentials',
      'pull-refused',
      /refused the login/,
    ],
    ['unauthorized: authentication required', 'pull-refused', /refused the login/],
    [
      'initializing source docker://r/x:1: reading manifest 1 in r/x: unauthorized: authentication required',
      'pull-refused',
      /refused the login/,
    ],
    ['manifest for r/x:2 not found: manifest unknown: manifest unknown', 'not-found', /no such image or tag/],
    ['reading manifest 2 in r/x: manifest unknown: manifest unknown', 'not-found', /no such image or tag/],
    ['name unknown: repository name not known to registry', 'not-found', /no such image or tag/],
    ['no matching manifest for linux/arm64/v8 in the manifest list entries', 'unsupported', /platform/],
    [
      'image with reference r/x:1 was found but does not match the specified platform: wanted linux/arm64, actual: linux/amd64',
      'unsupported',
      /platform/,
    ],
    [
      'choosing an image from manifest list docker://r/x: no image found in image index for architecture arm64, variant "v8", OS linux',
      'unsupported',
      /platform/,
    ],
    ['toomanyrequests: You have reached your pull rate limit.', 'pull-refused', /without an account/],
    [
      'write /var/lib/docker/tmp/GetImageBlob1: no space left on device',
      'no-space',
      /disk of the target is full/,
    ],
    [
      'Get "https://r/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
      'unreachable',
      /cannot reach r/,
    ],
    ['Get "https://r/v2/": dial tcp: lookup r: no such host', 'unreachable', /cannot reach r/],
    [
      'Get "https://r/v2/": net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
      'unreachable',
      /cannot reach r/,
    ],
    [
      'Get "https://r/v2/": x509: certificate signed by unknown authority',
      'unreachable',
      /does not trust the certificate/,
    ],
    ['http: server gave HTTP response to HTTPS client', 'unreachable', /plain HTTP/],
    ['something new', 'failed', /something new/],
  ];
  for (const [words, code, expected] of rows) {
    it(`reads: ${words.slice(0, 70)}`, () => {
      const error = pullProblem('r/x:1', 'r', new Error(words));
      assert.equal(error.code, code);
      assert.match(error.message, /^Cannot pull r\/x:1: /);
      assert.match(error.message, expected);
    });
  }
});
