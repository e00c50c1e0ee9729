import { originOf } from "../gateway/origins.ts";
import type { Option } from "./options.ts";

/** `--allow-origin ORIGIN`, once for each. */
export const originOption: Option<readonly string[]> = {
  placeholder: "ORIGIN",
  about: "lets pages of this origin connect, like https://example.org; again for another one",
  default: [],
  defaultText: "pages of this machine",
  valid: "origins like https://example.org or http://192.168.1.5:3000, without a path",
  read(text) {
    const origin = originOf(text);
    return origin === undefined ? undefined : [origin];
  },
  join: (before, after) => [...before, ...after],
};
