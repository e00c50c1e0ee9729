VAR coins = 0
-> gate

=== gate ===
{"Who is it?"|"You again."} # speaker:fisher
+ [Sell fish. # sold]
    ~ coins = coins + 1
    -> paid
+ [Take the quest. # accept:fish-supper] -> END
* [Open the gate. # requires:!gate-shut # fact:gate-open]
    It creaks.
    -> END

=== paid ===
{coins > 1: "Enough!" -> END}
"One coin."
-> gate
