import type { Option } from "./options.ts";

/** `--topics TOPIC,…`: none means all. */
export const topicsOption: Option<readonly string[]> = {
  placeholder: "TOPIC,…",
  about: "of what to tell, like weather/north-marsh,time",
  default: [],
  defaultText: "everything",
  valid: "topics with commas between them",
  read(value) {
    const list = value.split(",").map((topic) => topic.trim());
    return list.includes("") ? undefined : list;
  },
};
