import { useCompileCache } from "../compile-cache.ts";

useCompileCache();
await import("./server.ts");
