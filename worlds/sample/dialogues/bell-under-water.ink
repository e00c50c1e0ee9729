// The shrine keeper of the north marsh, and the bell that rings under the Sunken Hall.
-> greeting

=== greeting ===
The keeper trims a wick without looking up. # speaker:shrine-keeper
"You hear it too, I suppose. Everybody says they do not."
+ ["What do people say it is?"]
    -> rumours
+ ["I will find out who rings it." # accept:the-drowned-bell]
    -> promise
+ ["I have been there. I found the bell." # requires:drowned-bell-found]
    -> found
+ ["I have other roads today." # refuse:the-drowned-bell]
    "Then walk the dry ones."
    -> END

=== rumours ===
"The fishers say it is a pike with a collar. The peat cutters say it is the fishers."
{rumours == 1: "My teacher said it was the hall, asking whether anybody is home."|"I have told you all I know. Twice is plenty."}
-> greeting

=== promise ===
"Go when the fog is down. And ask in two villages, never in one."
"In one they agree with each other."
-> END

=== found ===
"Green as a frog, and whole. Well."
"It could hang here, where it is heard. Or it could stay where it was put."
* ["Let it hang here." # told-keeper # fact:bell-to-be-raised]
    "Then we want rope, and timber, and backs. Come again when you have slept."
    -> END
* ["Let it ring for the fish." # told-keeper # fact:bell-left-in-peace]
    "They have had it longest. So be it, for now."
    -> END
* ["Help me raise it." # accept:ring-it-again # told-keeper]
    "I have been waiting forty years for somebody to say that."
    -> END
