// The main list: what is searched for, the rows that there are, and which of them is chosen.

import { searchRoles } from "../bindings/commands";
import { present } from "../present.svelte";
import { Listing } from "./listing";
import { Pages } from "./pages";
import { buildHead, marksOf, type RoleRow } from "./rows";

/** What was chosen: a row, with what was known of it; or a place whose row isn't here yet. */
type Chosen = { row: RoleRow } | { index: number };

class List {
  /** What stands in the search field. */
  query = $state("");
  /** What the rows in view answer; null before the first answer. */
  shownQuery = $state<string | null>(null);

  #answers = $state(0);
  #chosen = $state.raw<Chosen | null>(null);
  readonly #pages = new Pages(searchRoles, () => this.#onAnswer());
  readonly #marks = $derived(marksOf(present.snapshot));
  readonly #head = $derived(buildHead(present.snapshot, present.outline, this.shownQuery ?? ""));

  readonly listing = $derived.by(() => {
    void this.#answers;
    return new Listing(this.#head, this.#pages, this.#marks);
  });

  /** Where the chosen row stands; null where that isn't known, -1 where there is none. */
  readonly index = $derived.by(() => {
    const { listing } = this;
    const chosen = this.#chosen;
    if (chosen === null) return listing.first();
    if ("index" in chosen) return Math.min(chosen.index, listing.length - 1);
    const index = listing.find(chosen.row.key, chosen.row.roleId);
    // What isn't found although all roles are here is gone.
    return index === null && this.#pages.isWhole() ? listing.first() : index;
  });

  /** The chosen row; what was known of it last while it isn't here. */
  readonly selected = $derived.by((): RoleRow | null => {
    const { index, listing } = this;
    if (index !== null) return listing.role(index);
    const chosen = this.#chosen;
    if (chosen === null || "index" in chosen) return null;
    const { row } = chosen;
    const session = this.#marks.sessionOf.get(row.roleId) ?? null;
    return { ...row, key: `role:${row.roleId}`, session, favourite: this.#marks.starred.has(row.roleId) };
  });

  /** Changes when a person chose something else; not when a row only moved. */
  readonly choice = $derived.by(() => {
    const chosen = this.#chosen;
    if (chosen === null) return `first of ${this.shownQuery}`;
    return "index" in chosen ? `at ${chosen.index}` : chosen.row.key;
  });

  /** Sees to it that the rows follow what is typed and what the agent publishes, for as long as the page lives. */
  follow(): void {
    $effect(() => {
      const outline = present.outline;
      if (outline !== null) this.#pages.want(this.query.trim(), outline.revision);
    });
    // A place that was gone to becomes its row as soon as that is here.
    $effect(() => {
      const chosen = this.#chosen;
      if (chosen !== null && "index" in chosen && this.selected !== null) this.choose(this.selected);
    });
  }

  choose(row: RoleRow): void {
    this.#chosen = { row };
  }

  /** Chooses the row at an index, whether or not it is here yet. */
  goTo(index: number): void {
    const row = this.listing.role(index);
    this.#chosen = row === null ? { index } : { row };
  }

  /** Says which rows are in view. */
  look(from: number, end: number): void {
    this.#pages.look(from - this.listing.above, end - this.listing.above);
  }

  /** Ends when the rows answer what is typed, so that who types and presses Enter at once gets what was meant. */
  settled(): Promise<void> {
    return this.#pages.settled();
  }

  #onAnswer(): void {
    if (this.#pages.query !== this.shownQuery) {
      this.shownQuery = this.#pages.query;
      this.#chosen = null;
    }
    this.#answers += 1;
  }
}

export const list = new List();
