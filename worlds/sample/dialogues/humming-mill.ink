// The miller of the great mill. The flour comes out in tune.
-> mill

=== mill ===
The miller has wool in both ears. # speaker:miller
"It began on Tuesday. In D."
+ ["Tell me from the beginning." # listened # accept:the-mill-that-hums] -> story
+ ["It is a nice tune."]
    {"Nice!"|"You may come and sleep here, then."|The miller only looks at you.}
    -> mill
+ ["Not my mill." # refuse:the-mill-that-hums]
    "Not my tune, either."
    -> END

=== story ===
"The wheel turns, the stone turns, and the flour sings. The baker says the loaves rise at the chorus."
* ["Have you looked under the stone?"]
    "I have looked at it. From the door."
* ["Does it take requests?"]
    "It knows two. I have counted every grain of both."
- "Look under the stone. And if it is a bramble, coax it. They bruise."
-> END
