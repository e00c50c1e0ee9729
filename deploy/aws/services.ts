/** Parts of a world that `--services` can run apart: each has its own file in the schema. */
export const parts = [
  "clock",
  "weather",
  "world",
  "npc",
  "quest",
  "storyteller",
  "story",
  "traces",
  "language",
] as const;

export type Part = (typeof parts)[number];

/**
 * Where each of the 21 services runs. `every`: it is a face of the runtime, and every process has its own. `none`: this
 * version does not have it.
 */
export const services = {
  time_manager: "clock",
  weather_manager: "weather",
  world_state: "world",
  state_manager: "every",
  event_bus: "every",
  router: "every",
  settings: "every",
  orchestration: "every",
  storyteller: "storyteller",
  story_teller: "story",
  environmental_narrative: "traces",
  npc_behavior: "npc",
  quest_system: "quest",
  ai_integration: "none",
  model_management: "none",
  srl_rlvr_training: "none",
  language_system: "language",
  "capability-registry": "none",
  "ue-version-monitor": "none",
  performance_mode: "every",
  payment: "none",
} as const satisfies Record<string, Part | "every" | "none">;
