import { LivingWorld } from "./test/support/living-world.ts";
const lw=await LivingWorld.create({players:2,npcs:0.02,seed:3});
const out:string[]=[]; let m=0;
lw.onEvent(({type,event}:any)=>{ const e=event; const t=(m/60).toFixed(2);
 if(type.name==="StoryBeatEvent"&&e.player==="player-0"||type.name==="StoryBeatEvent"&&e.player==="") out.push(`${t} BEAT k${e.kind} ${e.storylet||"-"} ${e.subject} @${e.place} i=${e.intensity.toFixed(2)} ${e.player}`);
 if(type.name==="PlayerActedEvent"&&e.player==="player-0") out.push(`${t}    act v${e.verb} @${e.place} ${e.target} ok=${e.success} harm=${e.harm.toFixed(2)}`);
 if(type.name==="StoryPhaseEvent"&&e.player==="player-0") out.push(`${t} PHASE ${e.newPhase}`);
});
for(m=0;m<480;m++){ lw.live(1); if(m%20===0){const s=lw.world.cellAt("storyteller/main")!.state as any; const tr=s.tracks.find((x:any)=>x.player==="player-0"); if(tr) out.push(`${(m/60).toFixed(2)} == ${tr.region} phase ${tr.phase} int ${tr.intensity.toFixed(2)} err ${(tr.totals.error/tr.totals.minutes).toFixed(2)} pts ${tr.points?.toFixed?.(1)}`);} }
console.log(out.filter(l=>!/BEAT.* $/.test(l)||true).join("\n"));
