// The troll on the Iron Stair. It does not mind losing; it minds not being asked back.
-> stair

=== stair ===
The troll sits across three steps and hums. # speaker:hill-troll
"Nobody goes up without an answer. Nobody goes down without a question."
+ ["Ask me." # accept:riddle-at-the-stair] -> first
+ ["I will come back." # refuse:riddle-at-the-stair]
    "They all say that. Some even do."
    -> END

=== first ===
"What has a bed and never sleeps, a mouth and never eats?"
* ["A river."] -> second
* ["My uncle."]
    The troll laughs until pebbles fall. "Wrong. But I should like to meet him."
    -> again
* ["A volcano."]
    "It eats. I have seen it." 
    -> again

=== second ===
"What gets bigger the more you take away?"
* ["A hole."] -> won
* ["A debt."]
    "Hm. No. But true, up here."
    -> again
* ["A troll's appetite."]
    "Rude. And true. And wrong."
    -> again

=== again ===
"Sit. Think. The mountain is not going anywhere."
+ ["Another try."]
    "The first one, then. I like the first one."
    * * ["A river, I say."] -> second
    + + ["I do not know."]
        "Good. That is where answers grow. Go home and water it."
        -> END
+ ["Enough riddles."]
    "It is never enough riddles."
    -> END

=== won ===
The troll slides one step to the left. It is a big step. # fact:troll-answered
"A hole. Yes. I sit in one, most days."
* ["Thank you for the stair." # answered]
    "Bring me a riddle, when you come down. Any will do. I have heard both."
    -> END
* ["One for you: what goes up and never comes down?" # answered # fact:troll-has-riddle]
    The troll opens its mouth, and closes it. "Go. Go! I must think."
    -> END
