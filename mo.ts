import { runMonth } from "./test/living-world/month.ts";
const t=performance.now(); const r=await runMonth({days:Number(process.argv[2]??2),workers:Number(process.argv[3]??1)});
const {traces:tr,people:p,events,...rest}=r;
console.log(Math.round(performance.now()-t),"ms", JSON.stringify({...rest,complaints:rest.complaints.slice(0,5),brokenPhases:rest.brokenPhases.slice(0,5)},null,1));
console.log([...events].map(([a,b])=>a+"="+b).join(" "));
console.log("traces",tr.left,tr.significant,tr.share,tr.contradictions.length,tr.contradictions.slice(0,5),tr.untraced.slice(0,10),tr.discovered,tr.stories);
console.log("people storm",p.shelteringInStorms,p.stormLooks,"calm",p.shelteringInCalm,"night",p.sleepingAtNight,"morning",p.workingInTheMorning);
