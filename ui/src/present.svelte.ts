// What is known of the present, told by the agent through the window's process.

import { Channel, follow } from "./bindings/commands";
import type { Ended, Failure, News, Outline, Reach, Snapshot } from "./bindings/types";
import { ticker } from "./ticker.svelte";

class Present {
  reach = $state.raw<Reach>({ is: "connecting" });
  snapshot = $state.raw<Snapshot | null>(null);
  /** What is kept of the roles here: few of them. The list asks for what it shows. */
  outline = $state.raw<Outline | null>(null);
  /** The last step of a longer work that was asked for here. */
  step = $state.raw<string | null>(null);
  /** The last sign-in that was asked for here and ended. */
  ended = $state.raw<Ended | null>(null);
  /** What failed that nothing on the page waits for. */
  trouble = $state.raw<Failure | null>(null);

  /** Follows for as long as the page lives. */
  follow(): void {
    const channel = new Channel<News>();
    channel.onmessage = (news) => this.#take(news);
    follow(channel).catch((failure) => {
      this.reach = { is: "lost", failure };
    });
  }

  #take(news: News): void {
    switch (news.kind) {
      case "reach":
        this.reach = news.value;
        break;
      case "snapshot":
        this.snapshot = news.value;
        ticker.setOffset(news.value.clock_offset);
        break;
      case "outline":
        this.outline = news.value;
        break;
      case "progress":
        this.step = news.value;
        break;
      case "signed-in":
        this.ended = news.value;
        break;
      case "trouble":
        this.trouble = news.value;
        break;
    }
    ticker.refresh();
  }
}

export const present = new Present();
