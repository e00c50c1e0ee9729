import { type Option, text } from "./options.ts";

/** Where the server is that a tool connects to. */
export const urlOption: Option<string> = {
  ...text("URL", "the server's address", "ws://127.0.0.1:8080"),
  valid: "addresses like ws://127.0.0.1:8080",
  read: (value) => (/^wss?:\/\/./.test(value) && URL.canParse(value) ? value : undefined),
};
