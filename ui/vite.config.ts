import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  clearScreen: false,
  build: {
    // The oldest engines that the windows run in: WebKitGTK 2.38, WebView2, and macOS 13's WebKit.
    target: ["safari16", "chrome111"],
    // A `data:` address would be refused by the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ["index.html", "prompt.html"] },
  },
  test: { include: ["src/**/*.test.ts"] },
});
