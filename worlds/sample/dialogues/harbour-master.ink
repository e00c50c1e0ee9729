// A sailor with a ring of keys: harbour master of the Grand Quay.
VAR asked_about_light = false
-> quay

=== quay ===
The harbour master counts masts, and you. # speaker:sailor
"Passage, cargo or complaint? I have three books."
- (books)
+ ["Cargo."] -> cargo
+ ["Complaint."] -> complaint
+ {not asked_about_light} ["That lighthouse is dark."]
    ~ asked_about_light = true
    -> light
+ {asked_about_light} ["About the lamp again."] -> light
+ ["Nothing, thank you."] -> END

=== cargo ===
"Salt goes up the mountain and cheese comes down. It is called trade. Ask the rakers."
-> quay.books

=== complaint ===
"The gulls, the smell, or the price of fish?"
* ["The gulls."] "They were here first. They tell me so each morning."
* ["The smell."] "What smell?"
* ["The price of fish."] "Catch one. They cost nothing, fresh."
+ ->
    "The book of complaints is full. Complain about that in the book of complaints."
- -> quay.books

=== light ===
"The Old Light. The lamp burns when the weather is fine, which is the wrong way about."
"It wants oil, glass, and somebody who is not afraid of stairs."
+ ["I will mend it." # accept:lamp-of-the-old-light]
    "Two hundred and twelve steps. Count them, and tell me if they are still all there."
    -> END
+ ["Let the gulls do it." # refuse:lamp-of-the-old-light]
    "They have applied. I turned them down."
    -> END
+ ["It burns again, you know." # requires:old-light-lit]
    "I know. Six boats came in last night, and every one of them waved."
    -> END
