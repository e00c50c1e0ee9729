// An evening at the lantern camp.
-> camp

=== camp ===
{Tea is poured from a great height.|Your glass is filled before it is empty.|Somebody has moved over to make room for you.} # speaker:caravaner
+ ["Why so many lanterns?"] -> why
+ ["How can I help?" # accept:lanterns-for-the-moot] -> help
+ ["The lanterns are up." # requires:lanterns-hung] -> thanks
+ ["Goodnight." # refuse:lanterns-for-the-moot]
    "May your shadow keep up with you."
    -> END

=== why ===
"The first caravan lost the seventh cart. So they hung up a lantern, and waited."
"The second night, two. And so on."
* ["Did it come?"]
    "That is what the moot is for. Each year we ask who is missing, and we wait a little."
    -> camp
* ["And it never came."]
    "Oh, it came. It is only that nobody remembers how many carts there were."
    -> camp
+ ->
    "You know the story now. You could tell it yourself." # fact:knows-seventh-cart
    -> camp

=== help ===
"Glass from the glassworks, oil from the oasis, and a pair of hands that do not mind ladders."
-> END

=== thanks ===
"From the dunes it looks as if the sky had come down to drink." # fact:moot-welcomes
-> END
