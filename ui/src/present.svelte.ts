// What is known of the present, told by the agent through the window's process.

import { Channel, follow } from "./bindings/commands";
import type { Catalogue, News, Reach, Snapshot } from "./bindings/types";
import { ticker } from "./ticker.svelte";

class Present {
  reach = $state.raw<Reach>({ is: "connecting" });
  snapshot = $state.raw<Snapshot | null>(null);
  catalogue = $state.raw<Catalogue | null>(null);

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
        break;
      case "catalogue":
        this.catalogue = news.value;
        break;
    }
    ticker.refresh();
  }
}

export const present = new Present();
