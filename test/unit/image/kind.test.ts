import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ImageTraits, insistsOnFirst, kindOf, recommendationOf } from '../../../src/image/kind.ts';
import type { ImageKind } from '../../../src/workspace/settings.ts';

describe('the kind of an image', () => {
  const rows: readonly (readonly [string, Omit<ImageTraits, 'reference'>, ImageKind])[] = [
    ['debian:bookworm', {}, 'ssh'],
    ['ghcr.io/acme/dev:1', { exposedPorts: [3000] }, 'ssh'],
    ['quay.io/jupyter/scipy-notebook:latest', {}, 'jupyter'],
    ['jupyter/datascience-notebook', {}, 'jupyter'],
    ['rocker/rstudio:4.4', {}, 'rstudio'],
    ['docker.io/rocker/tidyverse', {}, 'rstudio'],
    ['rocker/r-ver:4.4', {}, 'ssh'],
    ['kasmweb/ubuntu-jammy-desktop:1.16.0', {}, 'desktop'],
    ['docker.io/kasmweb/firefox:1.16.0', {}, 'desktop'],
    ['lscr.io/linuxserver/webtop:latest', {}, 'desktop'],
    ['public.cr.seqera.io/platform/data-studio-jupyter:4.2.5-0.8', {}, 'jupyter'],
    ['public.cr.seqera.io/platform/data-studio-rstudio:4.4', {}, 'rstudio'],
    ['public.cr.seqera.io/platform/data-studio-vscode:1.93', {}, 'studio'],
    ['public.cr.seqera.io/platform/data-studio-xpra', {}, 'studio'],
    ['acme/x', { entrypoint: ['/usr/bin/connect-client', '--entrypoint'], exposedPorts: [8888] }, 'studio'],
    ['acme/x', { entrypoint: ['/opt/not-connect-client'] }, 'ssh'],
    ['acme/x', { labels: { 'berth.kind': 'studio' } }, 'studio'],
    ['acme/notebooks', { exposedPorts: [8888] }, 'jupyter'],
    ['acme/r', { exposedPorts: [8787] }, 'rstudio'],
    ['acme/gui', { exposedPorts: [22, 6901] }, 'desktop'],
    ['jupyter/base-notebook', { labels: { 'berth.kind': 'ssh' } }, 'ssh'],
    ['acme/x', { labels: { 'berth.kind': 'rstudio' }, exposedPorts: [8888] }, 'rstudio'],
    ['acme/x', { labels: { 'berth.kind': 'spaceship' } }, 'ssh'],
  ];
  for (const [reference, traits, kind] of rows) {
    it(`of ${reference} ${JSON.stringify(traits)} is ${kind}`, () =>
      assert.equal(kindOf({ reference, ...traits }), kind));
  }
});

describe('an image insists on PID 1', () => {
  for (const [entrypoint, command, insists] of [
    [['/init'], [], true],
    [['/init'], ['/start.sh'], true],
    [[], ['/init'], true],
    [[], ['/sbin/init'], true],
    [['/usr/sbin/init'], [], true],
    [['/lib/systemd/systemd', '--system'], [], true],
    [[], ['/usr/lib/systemd/systemd'], true],
    [['/entrypoint.sh'], ['/init'], false],
    [['/bin/sh'], ['-c', '/init'], false],
    [[], ['bash'], false],
    [[], [], false],
  ] as const) {
    it(`${JSON.stringify([entrypoint, command])}: ${insists}`, () =>
      assert.equal(insistsOnFirst({ entrypoint, command }), insists));
  }
});

describe('what an image recommends', () => {
  it('is read from its labels', () => {
    const labels = { 'berth.cpus': '1.5', 'berth.memory-mib': '4096', 'berth.disk-gib': '40' };
    assert.deepEqual(recommendationOf(labels), { cpus: 1.5, memoryMiB: 4096, diskGiB: 40 });
  });
  it('is nothing where the labels are no positive numbers', () => {
    assert.deepEqual(
      recommendationOf({ 'berth.cpus': 'many', 'berth.memory-mib': '-1', 'berth.disk-gib': '' }),
      {},
    );
  });
});
