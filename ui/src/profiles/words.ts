// What a change of the profiles for other tools comes to, in words.

import type { ProfilesPlanned } from "../bindings/types";
import { count } from "../words/text";

/** How many profiles are new, different, gone and as before. */
export function plannedWords(planned: ProfilesPlanned): string {
  const { added, changed, removed, unchanged } = planned;
  const parts = [
    ...(added.length > 0 ? [`${count(added.length, "profile", "profiles")} new`] : []),
    ...(changed.length > 0 ? [`${count(changed.length, "profile", "profiles")} different`] : []),
    ...(removed.length > 0 ? [`${count(removed.length, "profile", "profiles")} removed`] : []),
    ...(unchanged.length > 0 ? [`${count(unchanged.length, "profile", "profiles")} as before`] : []),
  ];
  return parts.length === 0 ? "No profile is concerned." : `${parts.join(", ")}.`;
}

/** Whether a file would change. */
export function changesSomething({ added, changed, removed }: ProfilesPlanned): boolean {
  return added.length + changed.length + removed.length > 0;
}
