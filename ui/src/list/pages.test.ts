import { expect, test } from "vitest";
import type { Page, Search } from "../bindings/types";
import { CHUNK, Pages } from "./pages";
import { role } from "./samples";

/** An agent whose answers come when the test says so. */
class Asked {
  asked: Search[] = [];
  changes = 0;
  readonly pages = new Pages(
    (wish) =>
      new Promise((answer, refuse) => {
        this.asked.push(wish);
        this.#open.push({ wish, answer, refuse });
      }),
    () => (this.changes += 1),
  );
  #open: { wish: Search; answer: (page: Page) => void; refuse: (why: unknown) => void }[] = [];

  async answer(revision: number, total: number, which = 0) {
    const [{ wish, answer } = raise()] = this.#open.splice(which, 1);
    const names = Array.from({ length: Math.max(0, Math.min(wish.count, total - wish.from)) });
    const roles = names.map((_, at) => role(`${wish.query}${wish.from + at}@${revision}`, "1"));
    answer({ revision, total, from: wish.from, roles });
    await new Promise((done) => setTimeout(done));
  }

  async refuse() {
    const [{ refuse } = raise()] = this.#open.splice(0, 1);
    refuse(new Error("the agent is gone"));
    await new Promise((done) => setTimeout(done));
  }

  queries() {
    return this.asked.map((wish) => `${wish.query}:${wish.from}`);
  }
}

function raise(): never {
  throw new Error("nothing was asked");
}

test("nothing is asked before there is a catalogue, then the first rows", async () => {
  const agent = new Asked();
  agent.pages.look(0, 20);
  expect(agent.asked).toEqual([]);
  agent.pages.want("", 1);
  expect(agent.asked).toEqual([{ query: "", from: 0, count: CHUNK }]);
  await agent.answer(1, 120);
  expect([agent.pages.total, agent.pages.at(3)?.name, agent.pages.at(60)]).toEqual([120, "3@1", null]);
});

test("only what is looked at is asked for, each once", async () => {
  const agent = new Asked();
  agent.pages.want("", 1);
  await agent.answer(1, 100_000);
  agent.pages.look(49_990, 50_010);
  agent.pages.look(49_990, 50_010);
  await agent.answer(1, 100_000);
  await agent.answer(1, 100_000);
  agent.pages.look(49_990, 50_010);
  expect(agent.queries()).toEqual([":0", ":49950", ":50000"]);
  expect(agent.pages.find("profile:50001@1")).toBe(50_001);
});

test("while the answer is on its way the rows of before stay, and only the last text is asked for", async () => {
  const agent = new Asked();
  agent.pages.want("", 1);
  await agent.answer(1, 3);
  for (const typed of ["p", "pr", "pro"]) agent.pages.want(typed, 1);
  expect([agent.pages.query, agent.pages.at(0)?.name]).toEqual(["", "0@1"]);
  await agent.answer(1, 2);
  expect(agent.pages.query).toBe("");
  await agent.answer(1, 1);
  expect([agent.pages.query, agent.pages.total, agent.pages.at(0)?.name]).toEqual(["pro", 1, "pro0@1"]);
  expect(agent.queries()).toEqual([":0", "p:0", "pro:0"]);
});

test("who waits for what was typed is told when it is there", async () => {
  const agent = new Asked();
  agent.pages.want("", 1);
  await agent.answer(1, 3);
  agent.pages.want("x", 1);
  let query: string | null = null;
  const settled = agent.pages.settled().then(() => (query = agent.pages.query));
  expect(query).toBeNull();
  await agent.answer(1, 1);
  await settled;
  expect(query).toBe("x");
});

test("a newer catalogue is asked for again where one looks; the rows stay meanwhile", async () => {
  const agent = new Asked();
  agent.pages.want("", 1);
  await agent.answer(1, 200);
  agent.pages.look(40, 60);
  await agent.answer(1, 200);
  agent.pages.want("", 2);
  expect(agent.pages.at(45)?.name).toBe("45@1");
  await agent.answer(2, 300);
  expect([agent.pages.at(45)?.name, agent.pages.at(55)?.name]).toEqual(["45@2", "55@1"]);
  await agent.answer(2, 300);
  expect([agent.pages.at(55)?.name, agent.pages.total]).toEqual(["55@2", 300]);
});

test("an answer that was overtaken changes nothing", async () => {
  const agent = new Asked();
  agent.pages.want("", 1);
  await agent.answer(1, 200);
  agent.pages.look(40, 60);
  agent.pages.want("", 2);
  await agent.answer(2, 300, 1);
  await agent.answer(1, 200);
  expect([agent.pages.total, agent.pages.at(45)?.name]).toEqual([300, "45@2"]);
  await agent.answer(2, 300);
  expect(agent.pages.at(55)?.name).toBe("55@2");
});

test("an agent that was started anew counts from the beginning", async () => {
  const agent = new Asked();
  agent.pages.want("", 40);
  await agent.answer(40, 10);
  agent.pages.want("", 1);
  expect(agent.pages.at(0)?.name).toBe("0@40");
  await agent.answer(1, 10);
  expect([agent.pages.at(0)?.name, agent.asked.length]).toEqual(["0@1", 2]);
});

test("an agent that is gone is asked again when it has news, and not before", async () => {
  const agent = new Asked();
  agent.pages.want("", 1);
  await agent.answer(1, 10);
  agent.pages.want("x", 1);
  await agent.refuse();
  await agent.pages.settled();
  expect([agent.pages.query, agent.asked.length]).toEqual(["", 2]);
  agent.pages.want("x", 1);
  await agent.answer(1, 4);
  expect(agent.pages.total).toBe(4);
});

test("few roles are held, however far one scrolls", async () => {
  const agent = new Asked();
  agent.pages.want("", 1);
  await agent.answer(1, 100_000);
  for (let from = 0; from < 4000; from += CHUNK) {
    agent.pages.look(from, from + CHUNK);
    if (from > 0) await agent.answer(1, 100_000);
  }
  const held = Array.from({ length: 4000 }, (_, at) => agent.pages.at(at)).filter((it) => it !== null);
  expect(held.length).toBeLessThanOrEqual(24 * CHUNK);
  expect(agent.pages.at(3990)).not.toBeNull();
});

test("all roles are known only when each of them was told", async () => {
  const agent = new Asked();
  expect(agent.pages.isWhole()).toBe(false);
  agent.pages.want("", 1);
  await agent.answer(1, 60);
  expect(agent.pages.isWhole()).toBe(false);
  agent.pages.look(40, 60);
  await agent.answer(1, 60);
  expect(agent.pages.isWhole()).toBe(true);
});
