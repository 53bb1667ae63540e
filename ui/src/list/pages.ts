// The roles that a search finds, held as far as they are looked at: the agent has them all, and gives some at a
// time. What is known stays in view until its successor is there, so that nothing flickers.

import type { Page, Role, Search } from "../bindings/types";

/** How many roles are asked for at a time. */
export const CHUNK = 50;

/** How many chunks are kept: far more than a window shows, and little beside a hundred thousand roles. */
const KEPT = 24;

/** How many questions are under way at a time. */
const AT_ONCE = 2;

interface Chunk {
  revision: number;
  roles: readonly Role[];
}

/** What one question was for. */
interface Question {
  query: string;
  /** The newest revision that was known then. */
  revision: number;
  chunk: number;
}

export class Pages {
  /** What is in view answers this query; null before the first answer. */
  query: string | null = null;
  /** How many roles it finds. */
  total = 0;

  readonly #ask: (wish: Search) => Promise<Page>;
  readonly #changed: () => void;
  #chunks = new Map<number, Chunk>();
  #revision = -1;
  #wantedQuery = "";
  #wantedRevision = -1;
  #from = 0;
  #end = CHUNK;
  #underWay: Question[] = [];
  #failed = false;
  #settled: (() => void)[] = [];

  /** `changed` is told after each answer that changes what is known. */
  constructor(ask: (wish: Search) => Promise<Page>, changed: () => void) {
    this.#ask = ask;
    this.#changed = changed;
  }

  /** Looks for this from now on, in a catalogue of this revision at least. */
  want(query: string, revision: number): void {
    if (query === this.#wantedQuery && revision === this.#wantedRevision && !this.#failed) return;
    if (query !== this.#wantedQuery) [this.#from, this.#end] = [0, CHUNK];
    if (revision < this.#wantedRevision) this.#beginAnew(revision);
    this.#wantedQuery = query;
    this.#wantedRevision = revision;
    this.#failed = false;
    this.#askOn();
  }

  /** Says which positions are in view: the first, and the one behind the last. */
  look(from: number, end: number): void {
    if (this.query !== this.#wantedQuery) return;
    [this.#from, this.#end] = [Math.max(0, from), Math.max(0, end)];
    this.#askOn();
  }

  /** The role at a position, if it is known. */
  at(position: number): Role | null {
    return this.#chunks.get(Math.floor(position / CHUNK))?.roles[position % CHUNK] ?? null;
  }

  /** Where a role stands, if that is known. */
  find(roleId: string): number | null {
    for (const [index, { roles }] of this.#chunks) {
      const at = roles.findIndex((role) => role.id === roleId);
      if (at >= 0) return index * CHUNK + at;
    }
    return null;
  }

  /** Whether every role that was found is known. */
  isWhole(): boolean {
    return this.query !== null && this.#chunks.size === Math.max(1, Math.ceil(this.total / CHUNK));
  }

  /** Ends when what is in view answers what was asked for last, or can't be asked. */
  async settled(): Promise<void> {
    if (this.#isSettled()) return;
    await new Promise<void>((settled) => this.#settled.push(settled));
  }

  #isSettled(): boolean {
    return this.#failed || (this.query === this.#wantedQuery && this.#revision >= 0);
  }

  #askOn(): void {
    while (this.#underWay.length < AT_ONCE && !this.#failed) {
      const question = this.#next();
      if (question === null) break;
      this.#underWay.push(question);
      void this.#askFor(question);
    }
  }

  /** What is missing most; null: nothing, or it is under way. */
  #next(): Question | null {
    if (this.#wantedRevision < 0) return null;
    const revision = Math.max(this.#wantedRevision, this.#revision);
    if (this.query !== this.#wantedQuery) {
      // One answer at a time: who types fast shall not wait for the answers to what stands there no more.
      if (this.#underWay.some((it) => it.query === this.#wantedQuery)) return null;
      return this.#underWay.length > 0 && this.query !== null ? null : this.#question(0, revision);
    }
    const last = Math.min(this.#end, Math.max(this.total, 1));
    for (let chunk = Math.floor(this.#from / CHUNK); chunk * CHUNK < last; chunk += 1) {
      if ((this.#chunks.get(chunk)?.revision ?? -1) >= revision) continue;
      const isUnderWay = this.#underWay.some(
        (it) => it.chunk === chunk && it.query === this.#wantedQuery && it.revision >= revision,
      );
      if (!isUnderWay) return this.#question(chunk, revision);
    }
    return null;
  }

  #question(chunk: number, revision: number): Question {
    return { query: this.#wantedQuery, revision, chunk };
  }

  async #askFor(question: Question): Promise<void> {
    const { query, chunk } = question;
    let page: Page | null = null;
    try {
      page = await this.#ask({ query, from: chunk * CHUNK, count: CHUNK });
    } catch {
      // The page says elsewhere that the agent can't be reached; it is asked again when it has news.
      this.#failed = true;
    }
    this.#underWay = this.#underWay.filter((it) => it !== question);
    if (page !== null) this.#take(question, page);
    this.#askOn();
    if (this.#isSettled()) for (const settled of this.#settled.splice(0)) settled();
  }

  #take({ query, chunk, revision }: Question, page: Page): void {
    if (query !== this.#wantedQuery) return;
    if (page.revision < revision) this.#beginAnew(page.revision);
    // An answer that another one has overtaken.
    if (page.revision < this.#revision) return;
    if (query !== this.query) this.#chunks.clear();
    this.query = query;
    this.total = page.total;
    this.#revision = page.revision;
    this.#chunks.set(chunk, { revision: page.revision, roles: page.roles });
    this.#forget();
    this.#changed();
  }

  /** An agent that was started anew counts from the beginning; what its forerunner told is shown until it answers. */
  #beginAnew(revision: number): void {
    this.#revision = -1;
    this.#wantedRevision = revision;
    for (const chunk of this.#chunks.values()) chunk.revision = -1;
  }

  /** Drops chunks behind the end, and those farthest from what is in view. */
  #forget(): void {
    const middle = (this.#from + this.#end) / 2 / CHUNK;
    for (const chunk of this.#chunks.keys()) {
      if (chunk > 0 && chunk * CHUNK >= this.total) this.#chunks.delete(chunk);
    }
    const far = [...this.#chunks.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle));
    for (const chunk of far.slice(0, Math.max(0, far.length - KEPT))) this.#chunks.delete(chunk);
  }
}
