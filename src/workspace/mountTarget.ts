/** Where a mount appears in the workspace: one rule for the engine, the form and the views. Pure. */
import type { Mount } from './settings.ts';

/** Where data mounts without a path of their own appear. */
const dataFolder = '/workspace/data';

/** The path; else the name under the data folder; else a name made of what is mounted. */
export function mountTarget(mount: Mount): string {
  return mount.path ?? `${dataFolder}/${mount.name ?? derivedName(mount)}`;
}

function derivedName(mount: Mount): string {
  const source = mount.type === 'driver' ? mount.driver : mount.source;
  const last = source.replace(/\/+$/, '').split('/').at(-1) ?? '';
  const slug = last
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return slug === '' ? mount.type : slug;
}
