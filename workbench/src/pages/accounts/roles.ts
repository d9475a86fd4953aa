import type { Role } from "../../session";

export const ROLES: readonly Role[] = ["viewer", "clinician", "physicist", "researcher", "administrator"];

/** Return roles with one more or one less, in the order in which they are listed. */
export function withRole(roles: readonly Role[], role: Role, on: boolean): Role[] {
  return ROLES.filter((each) => (each === role ? on : roles.includes(each)));
}

/** Tell whether two sets of roles are the same. */
export function sameRoles(one: readonly Role[], other: readonly Role[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each));
}

/** How many pages there are, at least one. */
export function pageCount(total: number, perPage: number): number {
  return Math.max(1, Math.ceil(total / perPage));
}
