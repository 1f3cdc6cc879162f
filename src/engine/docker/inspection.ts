/** Everything that the engine says of a workspace, for people to read; secrets are left out. */
import type Dockerode from 'dockerode';
import type { VolumeInspectInfo } from 'dockerode';
import { unlessGone } from './errors.ts';
import type { Parts } from './parts.ts';
import type { VolumeReport } from './reports.ts';

export async function inspectParts(docker: Dockerode, parts: Parts): Promise<unknown> {
  const volume = async (report: VolumeReport | undefined) => {
    const info = report && (await unlessGone(docker.getVolume(report.name).inspect()));
    return info && withoutPasswords(info);
  };
  const [container, home, record, ...data] = await Promise.all([
    parts.container && unlessGone(docker.getContainer(parts.container.id).inspect()),
    volume(parts.home),
    volume(parts.record),
    ...parts.data.map(volume),
  ]);
  return { container, home, record, data };
}

/** Pure. CIFS has its password among the options; of other drivers' options only the names are known to be no secret. */
export function withoutPasswords(volume: VolumeInspectInfo): unknown {
  const hidden = '***';
  const isShare = volume.Driver === 'local' && /^(?:nfs4?|cifs)$/.test(volume.Options?.type ?? '');
  const options = Object.entries(volume.Options ?? {}).map(([name, value]) => [
    name,
    isShare ? value.replace(/((?:pass(?:word)?2?|cred(?:entials)?)=)[^,]*/gi, `$1${hidden}`) : hidden,
  ]);
  return { ...volume, Options: volume.Options && Object.fromEntries(options) };
}
