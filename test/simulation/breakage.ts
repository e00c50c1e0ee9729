/**
 * A part of the server that is broken on purpose, to show that simulations find it: `gate` releases at once what is to
 * wait for the disk, `recording` leaves frames out of the journal, `inbox` forgets keys in a restart, `resend` hands
 * nothing over again after a worker was lost, and `muting` shows frames again that were shown.
 */
export type Breakage = "gate" | "recording" | "inbox" | "resend" | "muting";
