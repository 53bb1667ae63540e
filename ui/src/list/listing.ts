// The whole list as the window shows it: the rows above, a heading, and as many roles as the search finds. A role
// that isn't here yet has its place all the same.

import { foundRow, type Heading, type Marks, type RoleRow, type Row } from "./rows";
import type { Role } from "../bindings/types";

/** The roles that the search found, as far as they are here. */
export interface Found {
  total: number;
  at(position: number): Role | null;
  find(roleId: string): number | null;
}

export class Listing {
  readonly length: number;
  /** How many rows stand above the first found role, headings among them. */
  readonly above: number;
  readonly #head: readonly Row[];
  readonly #found: Found;
  readonly #marks: Marks;

  constructor(head: readonly Row[], found: Found, marks: Marks) {
    const heading: Heading = { kind: "heading", key: "heading:Roles", text: "Roles" };
    this.#head = found.total > 0 ? [...head, heading] : head;
    this.#found = found;
    this.#marks = marks;
    this.above = this.#head.length;
    this.length = this.above + found.total;
  }

  /** Whether something can be chosen. */
  get isEmpty(): boolean {
    return this.length === 0;
  }

  isHeading(index: number): boolean {
    return this.#head[index]?.kind === "heading";
  }

  /** The row at an index; null where it isn't here yet. */
  at(index: number): Row | null {
    const head = this.#head[index];
    if (head !== undefined) return head;
    const position = index - this.above;
    const role = this.#found.at(position);
    if (role === null) return null;
    return foundRow(role, this.#found.at(position - 1), position === 0, this.#marks);
  }

  /** The role at an index; null for a heading, and where it isn't here yet. */
  role(index: number): RoleRow | null {
    const row = this.at(index);
    return row?.kind === "role" ? row : null;
  }

  /** The first row that can be chosen; -1: none. */
  first(): number {
    const inHead = this.#head.findIndex((row) => row.kind === "role");
    if (inHead >= 0) return inHead;
    return this.#found.total > 0 ? this.above : -1;
  }

  /** Where the row with this key stands, else another one of the same role; null: that isn't known. */
  find(key: string, roleId: string): number | null {
    const same = this.#head.findIndex((row) => row.key === key);
    if (same >= 0) return same;
    if (!key.startsWith("role:")) {
      const other = this.#head.findIndex((row) => row.kind === "role" && row.roleId === roleId);
      if (other >= 0) return other;
    }
    const position = this.#found.find(roleId);
    return position === null ? null : this.above + position;
  }

  /** How many rows can be chosen, and which of them stands at an index, counted from 1. */
  count(): number {
    return this.#head.filter((row) => row.kind === "role").length + this.#found.total;
  }

  number(index: number): number {
    const headings = this.#head.slice(0, index).filter((row) => row.kind === "heading").length;
    return index - headings + 1;
  }
}
