import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  kindOfChallenge,
  kindOfHost,
  kindRules,
  type RegistryKind,
} from '../../../src/image/registryKinds.ts';

describe('kindOfHost', () => {
  const hosts: readonly (readonly [string, RegistryKind | undefined])[] = [
    ['docker.io', 'docker-hub'],
    ['ghcr.io', 'ghcr'],
    ['registry.gitlab.com', 'gitlab'],
    ['quay.io', 'quay'],
    ['123456789012.dkr.ecr.eu-central-1.amazonaws.com', 'ecr'],
    ['123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'ecr'],
    ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'ecr'],
    ['europe-west3-docker.pkg.dev', 'gar'],
    ['gcr.io', 'gar'],
    ['eu.gcr.io', 'gar'],
    ['acme.azurecr.io', 'acr'],
    ['registry.example.org', undefined],
    ['127.0.0.1:5000', undefined],
    ['notgcr.io', undefined],
    ['azurecr.io.example.org', undefined],
    ['ecr.amazonaws.com.example.org', undefined],
  ];
  for (const [host, kind] of hosts)
    it(`takes ${host} for ${kind}`, () => assert.equal(kindOfHost(host), kind));
});

describe('kindOfChallenge', () => {
  const challenges: readonly (readonly [string, RegistryKind | undefined])[] = [
    ['Bearer realm="https://h.example.org/service/token",service="harbor-registry"', 'harbor'],
    ['Bearer realm="https://git.example.org/jwt/auth",service="container_registry",scope="x"', 'gitlab'],
    ['Bearer realm="https://q.example.org/v2/auth",service="q.example.org"', 'quay'],
    ['Basic realm="Registry"', undefined],
    ['Basic realm="x", Bearer service="harbor-registry",realm="https://h/service/token"', 'harbor'],
    ['', undefined],
  ];
  for (const [header, kind] of challenges) {
    it(`takes ${header.slice(0, 60)} for ${kind}`, () => assert.equal(kindOfChallenge(header), kind));
  }
});

describe('kindRules', () => {
  it('name the command that logs in where a password is of no use', () => {
    const [ecr, gar, acr] = [kindRules.ecr, kindRules.gar, kindRules.acr].map(rules => rules.loginCommand);
    const host = '1.dkr.ecr.eu-central-1.amazonaws.com';
    assert.equal(
      ecr?.(host),
      `aws ecr get-login-password --region eu-central-1 | docker login --username AWS --password-stdin ${host}`,
    );
    assert.equal(
      gar?.('europe-west3-docker.pkg.dev'),
      'gcloud auth configure-docker europe-west3-docker.pkg.dev',
    );
    assert.equal(acr?.('acme.azurecr.io'), 'az acr login --name acme');
    assert.equal(kindRules.harbor.loginCommand, undefined);
  });

  it('have a list only where there is one to ask', () => {
    for (const [kind, { listing, api }] of Object.entries(kindRules)) {
      assert.equal(listing === 'own', api?.repositories !== undefined, kind);
    }
  });
});
