// Anybody, at any inn, after the plates are cleared.
-> tales

=== tales ===
A chair scrapes. Somebody has a story and would like to be asked. # speaker:innkeeper
* ["Tell us of the goose who would be mayor."] -> goose
* ["Tell us of the cloud that was afraid of heights."] -> cloud
* ["Tell us a short one."] -> short
* -> over
+ ["Another night."] -> over

=== goose ===
"She had the voice for it, and she bit the other candidate. They say it was a fair vote."
"She banned bread. No, she banned the banning of bread. It was a golden age, if you liked bread." # fact:heard-goose
-> tales

=== cloud ===
"So it lay down on the marsh, and people called it fog, and it was happy."
"When it is very quiet you can hear it look up, and shudder." # fact:heard-cloud
-> tales

=== short ===
"There was once a bridge. They crossed it." # fact:heard-short
-> tales

=== over ===
The fire settles, and so does everybody.
-> END
