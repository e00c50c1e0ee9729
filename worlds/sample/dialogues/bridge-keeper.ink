// The keeper of the old bridge keeps accounts. They go back some way.
VAR offers = 0
-> bridge

=== bridge ===
"Halt. Toll." The keeper's coat is older than the bridge. # speaker:trader
+ ["How much?"] -> account
+ ["Settle it for everybody." # accept:toll-of-the-old-bridge] -> settle
+ ["I will swim." # refuse:toll-of-the-old-bridge]
    "The river charges more."
    -> END

=== account ===
"Two coins, a hundred and ninety years, six of them leap years. With the goats."
* ["The goats?"]
    "They crossed. I counted."
    -> account
* ["That is more than the bridge cost."]
    "I know. I keep those accounts, too."
    -> bridge
+ -> bridge

=== settle ===
"For everybody! Then make me an offer that a keeper can write down."
- (offer)
+ {offers < 1} ["A song a week, at the middle of the bridge."]
    ~ offers = offers + 1
    "Nearly. I am on my own in the evenings, you see, and it is only nearly."
    -> offer
+ {offers < 1} ["A loaf, warm, every morning."]
    ~ offers = offers + 1
    "With a crust? Nearly. Very nearly."
    -> offer
* {offers > 0} ["A bench, and somebody to sit on it with you." # toll-settled # fact:bridge-bench]
    The keeper shuts the book. "Paid," says the keeper. "In full. Mind the third plank."
    -> END
+ ["I will think."]
    "Two coins, meanwhile."
    -> END
