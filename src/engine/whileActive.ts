import type { WorkspaceName } from '../workspace/name.ts';

/** What an engine is doing to a workspace and cannot say itself. */
export type Activity = 'stopping' | 'removing';

/** While it goes on, the workspace's state says so. */
export async function whileActive<T>(
  { activities }: { readonly activities: Map<WorkspaceName, Activity> },
  name: WorkspaceName,
  activity: Activity,
  action: () => Promise<T>,
): Promise<T> {
  activities.set(name, activity);
  try {
    return await action();
  } finally {
    activities.delete(name);
  }
}
