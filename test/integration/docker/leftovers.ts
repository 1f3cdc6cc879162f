/** What an engine still has of a workspace, looked for by name and by label, past Berth's own eyes. */
import type Dockerode from 'dockerode';

export async function leftoversOf(docker: Dockerode, name: string): Promise<string[]> {
  const [labelled, named, { Volumes: volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters: { label: [`workspace.berth/name=${name}`] } }),
    docker.listContainers({ all: true, filters: { name: [`berth-${name}`] } }),
    docker.listVolumes(),
  ]);
  return [
    ...new Set([...labelled, ...named].map(({ Names, Id }) => Names?.[0] ?? Id)),
    ...(volumes ?? []).map(({ Name }) => Name).filter(volume => volume.startsWith(`berth-${name}-`)),
  ];
}
