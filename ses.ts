import { runSession } from "./test/living-world/session.ts";
const n=Number(process.argv[2]??20), from=Number(process.argv[3]??1);
const mean=(l:number[])=>l.reduce((a,b)=>a+b,0)/l.length;
const all:any={}; const t=performance.now();
for (const lookAhead of [false,true]) { const rs=[]; for (let seed=from;seed<from+n;seed++) rs.push(await runSession({seed,lookAhead}));
 all[String(lookAhead)]=rs; console.log(lookAhead,"score",mean(rs.flatMap(r=>r.scores)).toFixed(4),"err",mean(rs.flatMap(r=>r.pacingErrors)).toFixed(4),"worst",Math.max(...rs.flatMap(r=>r.pacingErrors)).toFixed(3),"starved",mean(rs.flatMap(r=>r.starvedShares)).toFixed(4),"over",mean(rs.flatMap(r=>r.overloadShares)).toFixed(4),"beats",mean(rs.flatMap(r=>r.beats)).toFixed(2),Math.min(...rs.flatMap(r=>r.beats)),"la",mean(rs.map(r=>r.lookAheads)).toFixed(1),"double",rs.reduce((a,r)=>a+r.doubleRewards,0),"dead",rs.reduce((a,r)=>a+r.deadLetters,0),"quests",mean(rs.map(r=>r.questsOffered)).toFixed(1),mean(rs.map(r=>r.questsCompleted)).toFixed(2),mean(rs.map(r=>r.generated)).toFixed(1), Math.round(performance.now()-t),"ms"); }
const d=all["true"].map((r:any,i:number)=>mean(r.scores)-mean(all["false"][i].scores)); const m=mean(d); console.log("gain",m.toFixed(4),"±",(1.96*Math.sqrt(mean(d.map((x:number)=>(x-m)**2))/d.length)).toFixed(4));
