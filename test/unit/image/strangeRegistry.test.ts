import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { strangeRegistry } from '../../../src/image/strangeRegistry.ts';

const known = {
  registries: ['docker.io', 'r.example.org:5000'],
  images: ['ghcr.io/acme/dev:1', 'not an image'],
};

const rows: readonly (readonly [string, string | undefined])[] = [
  ['debian', undefined],
  ['index.docker.io/library/debian', undefined],
  ['acme/dev', undefined],
  ['r.example.org:5000/a', undefined],
  ['ghcr.io/other/thing', undefined],
  ['r.example.org/a', 'r.example.org'],
  ['ghcr.io.example.org/a', 'ghcr.io.example.org'],
  ['localhost:80/a', 'localhost:80'],
  ['169.254.169.254/latest', '169.254.169.254'],
  ['not an image', undefined],
];

describe('the registry of an image is strange', () => {
  for (const [image, expected] of rows) {
    it(`${image}: ${expected ?? 'no'}`, () => assert.equal(strangeRegistry(image, known), expected));
  }
});
