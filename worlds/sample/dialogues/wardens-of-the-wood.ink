// The wardens of the old forest hear an oath, or an argument about a tree.
-> fire

=== fire ===
Three wardens, one kettle. # speaker:guard
"Walk softly or sit down. Those are the two things one does here."
+ ["I would walk the deep paths." # accept:wardens-oath] -> oath
+ ["About the tree that fell."] -> tree
+ {not silence} ["Say nothing."] -> silence
+ ["I was only passing." # refuse:wardens-oath]
    "Everything passes. Mind the ferns."
    -> END

=== oath ===
"Then say after us. I take what is given."
* ["I take what is given."]
- "I leave what is needed."
* ["I leave what is needed."]
- "And I close the gate."
* ["And I close the gate." # swore]
    "There is no gate. But you would be surprised how many ask."
    -> END
* ["Which gate?" # swore # fact:asked-which-gate]
    All three smile. "That is the better answer."
    -> END

=== tree ===
"Older than the council, and it fell without asking anybody."
* ["The road must be clear." # accept:the-fallen-giant]
    "Then take the trunk and leave the crown. The wrens have signed a lease."
    -> END
* ["Let it lie." # let-it-lie # fact:giant-left-to-beetles]
    "The beetles will send a card."
    -> END
* ["Let me think about it."]
    "It has all the time there is."
    -> fire

=== silence ===
The kettle ticks. An owl says the one thing owls say.
"That," says the eldest, "was very well put." # fact:kept-silence
-> fire
